//! The lost update among tasks: not without an `.await` in between.
//!
//! Run it: `cargo run --example 22_lost_update_tasks`
//! Step both twins: `cargo run -- step 22`
//!
//! Predict: each of two tasks looks at the total and writes one more. First with no
//! `.await` between the two, and then with one. What is the total?
//!   a) 2 and 2: tasks do not race
//!   b) 2 and 1
//!   c) 1 and 1
//! Answer: b. Control moves only at an `.await`. What lies between two of them nobody
//! can get into, under no order of the tasks. With an `.await` inside, it is a thread's
//! load and store again, and it fails at every run and not now and then.
//!
//! Change: `yield_now()` to `sleep` of the same length for both. As long as there is an
//! `.await`, what it waits for does not matter.
//!
//! Book: chapter 18. Twin: `22_lost_update_threads.rs`.

use runtime::{Clock, EventLoop, spawn, yield_now};
use std::{cell::Cell, rc::Rc};

// ANCHOR: add
/// Adds 1, and gives way before or between.
async fn add(total: Rc<Cell<u32>>, between: bool) {
    if !between {
        yield_now().await;
    }
    let seen = total.get();
    if between {
        yield_now().await; // the other one looks, too
    }
    total.set(seen + 1);
}
// ANCHOR_END: add

/// Two tasks add 1 to one total.
async fn two(between: bool) -> u32 {
    let total = Rc::new(Cell::new(0));
    let adders = [(); 2].map(|()| spawn(add(Rc::clone(&total), between)));
    for adder in adders {
        adder.await.expect("an adder does not panic");
    }
    total.get()
}

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let clock = if real { Clock::Real } else { Clock::Virtual };
    EventLoop::new(clock).block_on(async {
        println!("no await between: total {}", two(false).await);
        println!("an await between: total {}", two(true).await);
    });
}

// Prints:
// no await between: total 2
// an await between: total 1
