//! A local: one name, and for every task a value of its own.
//!
//! Run it: `cargo run --example 11_local_tasks`
//! Step both twins: `cargo run -- step 11`
//!
//! Predict: two tasks add to COUNT three times each, one 1 and the other 10.
//! What does the main task find in COUNT afterwards?
//!   a) 33
//!   b) 0
//! Answer: b. Each of the two has added to its own. The main task never has.
//!
//! Change: `Local` to a `thread_local!` with a `Cell`. All tasks run on one OS
//! thread, so all of them share it: 33.
//!
//! Book: chapter 11. Twin: `11_local_threads.rs`.

use runtime::{Builder, Clock, EventLoop, Local, yield_now};

// ANCHOR: local
/// Every task that uses it begins with 0.
static COUNT: Local<u32> = Local::new("count", || 0);

/// Adds `step` to the running task's count three times.
async fn add(name: &str, step: u32) {
    for _ in 0..3 {
        COUNT.set(COUNT.get() + step);
        yield_now().await; // the other task adds to its own
    }
    println!("{name}: {}", COUNT.get());
}
// ANCHOR_END: local

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let clock = if real { Clock::Real } else { Clock::Virtual };
    let mut event_loop = EventLoop::new(clock);
    event_loop.block_on(async {
        let tasks = [("ones", 1), ("tens", 10)]
            .map(|(name, step)| Builder::new().name(name).spawn(add(name, step)));
        for task in tasks {
            task.await.expect("no task panics");
        }
        println!("main: {}", COUNT.get());
    });
}

// Prints:
// ones: 3
// tens: 30
// main: 0
