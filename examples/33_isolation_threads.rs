//! Isolation: two threads add to a variable of the program. Who sees it?
//!
//! Run it: `cargo run --example 33_isolation_threads`, and with `-- --real`
//! Step all three: `cargo run -- step 33`
//!
//! Predict: each adds 1 three times. What does main find afterwards?
//!   a) 6
//!   b) 0: each has a variable of its own
//! Answer: a. A thread has its own stack, and shares all other memory.
//!
//! Change: `fetch_add(1)` to a `load` and a `store`, and run it with `--real`
//! and a loop of a million: updates get lost, as in chapter 18.
//!
//! Book: chapter 22. Twin: `33_isolation_tasks.rs`; third: `33_isolation_processes.rs`.

use scheduler::{Preemption, Scheduler, policy::RoundRobin, spawn, yield_now};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

// ANCHOR: add
/// A variable of the program.
static COUNTER: AtomicU32 = AtomicU32::new(0);

/// Adds 1 three times: what it finds then.
fn add() -> u32 {
    for _ in 0..3 {
        COUNTER.fetch_add(1, Relaxed);
        yield_now();
    }
    COUNTER.load(Relaxed)
}
// ANCHOR_END: add

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let preemption = if real {
        Preemption::Signal
    } else {
        Preemption::Checkpoint
    };
    let scheduler = Scheduler::new(preemption, RoundRobin::new(Duration::from_millis(3)));
    let outcome = scheduler.run(|| {
        let threads = [1, 2].map(|n| (n, spawn(add)));
        for (n, thread) in threads {
            println!(
                "thread {n} finds {}",
                thread.join().expect("it does not panic")
            );
        }
        println!("main finds {}", COUNTER.load(Relaxed));
    });
    outcome.expect("nobody waits for ever");
}

// Prints:
// thread 1 finds 6
// thread 2 finds 6
// main finds 6
