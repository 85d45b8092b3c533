//! Isolation: two tasks add to a variable of the program. Who sees it?
//!
//! Run it: `cargo run --example 33_isolation_tasks`, and with `-- --real`
//! Step all three: `cargo run -- step 33`
//!
//! Predict: each adds 1 three times. What does main find afterwards?
//!   a) 6
//!   b) 0: each has a variable of its own
//! Answer: a. There is one program with one memory, and all tasks are in it.
//!
//! Change: `static` to `thread_local!`. It is 6 all the same: all tasks are on
//! one thread.
//!
//! Book: chapter 22. Twin: `33_isolation_threads.rs`; third: `33_isolation_processes.rs`.

use runtime::{Clock, EventLoop, spawn, yield_now};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

// ANCHOR: add
/// A variable of the program.
static COUNTER: AtomicU32 = AtomicU32::new(0);

/// Adds 1 three times: what it finds then.
async fn add() -> u32 {
    for _ in 0..3 {
        COUNTER.fetch_add(1, Relaxed);
        yield_now().await;
    }
    COUNTER.load(Relaxed)
}
// ANCHOR_END: add

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let clock = if real { Clock::Real } else { Clock::Virtual };
    EventLoop::new(clock).block_on(async {
        let tasks = [1, 2].map(|n| (n, spawn(add())));
        for (n, task) in tasks {
            println!("task {n} finds {}", task.await.expect("no task panics"));
        }
        println!("main finds {}", COUNTER.load(Relaxed));
    });
}

// Prints:
// task 1 finds 6
// task 2 finds 6
// main finds 6
