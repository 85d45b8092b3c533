//! Two counters as tasks: each runs until its own `.await`, never less.
//!
//! Run it: `cargo run --example 01_two_counters_tasks`
//! Step both twins: `cargo run -- step 01`
//!
//! Predict: ping and pong each add 1 to the same total, three times. What is
//! the total at the end?
//!   a) 6, always
//!   b) 3 to 6: now and then an addition is lost
//!   c) 3: each overwrites the other
//! Answer: a. A task is interrupted only where it says `.await`, and there is
//! no `.await` between reading the total and writing it back.
//!
//! Change: move `yield_now().await` up, between `get` and `set`. Now the other
//! task reads the same old total, and the answer is c: tasks race too, but only
//! at the places where they give way.
//!
//! Book: chapters 1 and 2. Twin: `01_two_counters_threads.rs`.

use runtime::{Builder, Clock, EventLoop, yield_now};
use std::{cell::Cell, rc::Rc};

// ANCHOR: count
/// Adds 1 to the total three times, and gives way after each.
async fn count(name: &str, total: Rc<Cell<u32>>) {
    for n in 1..=3 {
        let seen = total.get();
        println!("{name} {n}");
        total.set(seen + 1);
        yield_now().await; // to the tail of the ready queue: the other one is next
    }
}
// ANCHOR_END: count

fn main() {
    env_logger::init();
    let real = sidestep::real();
    // ANCHOR: main
    let clock = if real { Clock::Real } else { Clock::Virtual };
    let mut event_loop = EventLoop::new(clock);
    event_loop.block_on(async {
        let total = Rc::new(Cell::new(0));
        let counters = ["ping", "pong"].map(|name| {
            let total = total.clone();
            Builder::new().name(name).spawn(count(name, total)) // queued, not yet polled
        });
        for counter in counters {
            counter.await.expect("a counter does not panic"); // main waits: the loop polls ping
        }
        println!("total {}", total.get());
    });
    // ANCHOR_END: main
}

// Prints:
// ping 1
// pong 1
// ping 2
// pong 2
// ping 3
// pong 3
// total 6
