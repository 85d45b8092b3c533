//! A lock among tasks: a flag is enough, and its order does not matter.
//!
//! Run it: `cargo run --example 24_peterson_tasks`
//! Step both twins: `cargo run -- step 24`
//!
//! Predict: a task looks whether somebody is inside, and if nobody is, sets a flag and
//! goes in; it gives way while it is there. There is one flag, no turn, no atomic. Can
//! two be inside at once?
//!   a) yes, as for threads: looking and setting are two steps
//!   b) no
//! Answer: b. Looking and setting are two steps of one task, and nobody moves between
//! them. All that Peterson's lock does for threads is one `while` here.
//!
//! Change: a `yield_now().await` between the `while` and `busy.set(true)`. The second
//! one sees an open door, too, and the assertion fails.
//!
//! Book: chapter 19. Twin: `24_peterson_threads.rs`.

use runtime::{Clock, EventLoop, spawn, yield_now};
use std::{cell::Cell, rc::Rc};

/// Whether somebody is inside, and how many are.
type Door = (Cell<bool>, Cell<u32>);

/// Waits until the door is open, and goes through.
async fn pass(name: &str, door: Rc<Door>) {
    let (busy, inside) = &*door;
    while busy.get() {
        yield_now().await;
    }
    busy.set(true);
    inside.set(inside.get() + 1);
    yield_now().await; // gives way, inside
    assert!(inside.get() == 1, "two are inside");
    println!("{name} is through");
    inside.set(inside.get() - 1);
    busy.set(false);
}

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let clock = if real { Clock::Real } else { Clock::Virtual };
    EventLoop::new(clock).block_on(async {
        let door = Rc::new(Door::default());
        let tasks = ["one", "two"].map(|name| spawn(pass(name, Rc::clone(&door))));
        for task in tasks {
            task.await.expect("nobody meets anybody inside");
        }
    });
}

// Prints:
// one is through
// two is through
