//! A crash: one of three tasks comes to a bad end.
//!
//! Run it: `cargo run --example 34_crash_tasks`, and with `-- --real`
//! Step all three: `cargo run -- step 34`
//!
//! Predict: the second one panics. Who is affected?
//!   a) nobody else
//!   b) the loop, and so all of them
//! Answer: a. A panic unwinds the task's own stack, and the loop catches it. But
//! that is all it can catch.
//!
//! Change: the `assert!` to `if n == 2 { std::process::abort() }`, which is what a
//! crash in C code comes to. The program is gone, and all the others with it.
//!
//! Book: chapter 22. Twin: `34_crash_threads.rs`; third: `34_crash_processes.rs`.

use runtime::{Clock, EventLoop, spawn, yield_now};
use std::panic;

// ANCHOR: crash
/// Works, but for the second one.
async fn work(n: u32) -> u32 {
    yield_now().await;
    assert!(n != 2, "2 does not work");
    n * 10
}
// ANCHOR_END: crash

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let clock = if real { Clock::Real } else { Clock::Virtual };
    panic::set_hook(Box::new(|_| ())); // main tells it
    EventLoop::new(clock).block_on(async {
        for (n, task) in [1, 2, 3].map(|n| (n, spawn(work(n)))) {
            match task.await {
                Ok(result) => println!("task {n}: {result}"),
                Err(_) => println!("task {n}: it panicked"),
            }
        }
    });
}

// Prints:
// task 1: 10
// task 2: it panicked
// task 3: 30
