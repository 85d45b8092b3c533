//! A crash: one of three threads comes to a bad end.
//!
//! Run it: `cargo run --example 34_crash_threads`, and with `-- --real`
//! Step all three: `cargo run -- step 34`
//!
//! Predict: the second one panics. Who is affected?
//!   a) nobody else
//!   b) all of them: they share memory
//! Answer: a. A panic unwinds the thread's own stack, and ends there. But what it
//! left half done in shared memory stays half done, and a crash of another kind
//! ends them all.
//!
//! Change: the `assert!` to `if n == 2 { std::process::abort() }`, which is what a
//! crash in C code comes to. The program is gone, and all the others with it.
//!
//! Book: chapter 22. Twin: `34_crash_tasks.rs`; third: `34_crash_processes.rs`.

use scheduler::{Preemption, Scheduler, policy::RoundRobin, spawn};
use std::panic;
use std::time::Duration;

// ANCHOR: crash
/// Works, but for the second one.
fn work(n: u32) -> u32 {
    assert!(n != 2, "2 does not work");
    n * 10
}
// ANCHOR_END: crash

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let preemption = if real {
        Preemption::Signal
    } else {
        Preemption::Checkpoint
    };
    let scheduler = Scheduler::new(preemption, RoundRobin::new(Duration::from_millis(3)));
    panic::set_hook(Box::new(|_| ())); // main tells it
    let outcome = scheduler.run(|| {
        for (n, thread) in [1, 2, 3].map(|n| (n, spawn(move || work(n)))) {
            match thread.join() {
                Ok(result) => println!("thread {n}: {result}"),
                Err(_) => println!("thread {n}: it panicked"),
            }
        }
    });
    outcome.expect("nobody waits for ever");
}

// Prints:
// thread 1: 10
// thread 2: it panicked
// thread 3: 30
