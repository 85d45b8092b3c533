//! A local: one name, and for every thread a value of its own.
//!
//! Run it: `cargo run --example 11_local_threads`
//! Step both twins: `cargo run -- step 11`
//!
//! Predict: two threads add to COUNT three times each, one 1 and the other 10,
//! and can be stopped between reading it and writing it. Is anything lost?
//!   a) perhaps: a stale copy can be written back
//!   b) nothing
//! Answer: b. Nobody else can reach a thread's own value, so a copy of it is
//! never stale. There is nothing to protect.
//!
//! Change: in place of `Local` a `LazyLock<Shared<u32>>`, with `load` and `store`,
//! and no `yield_now()`. A slice ends between the two, and an addition is lost.
//!
//! Book: chapter 11. Twin: `11_local_tasks.rs`.

use scheduler::{Builder, Local, Preemption, Scheduler, policy::RoundRobin, yield_now};
use std::time::Duration;

// ANCHOR: local
/// Every thread that uses it begins with 0.
static COUNT: Local<u32> = Local::new("count", || 0);

/// Adds `step` to the running thread's count three times.
fn add(name: &str, step: u32) {
    for _ in 0..3 {
        COUNT.set(COUNT.get() + step);
        yield_now(); // the other thread adds to its own
    }
    println!("{name}: {}", COUNT.get());
}
// ANCHOR_END: local

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
        let threads = [("ones", 1), ("tens", 10)]
            .map(|(name, step)| Builder::new().name(name).spawn(move || add(name, step)));
        for thread in threads {
            thread.join().expect("no thread panics");
        }
        println!("main: {}", COUNT.get());
    });
    outcome.expect("nobody waits for ever");
}

// Prints:
// ones: 3
// tens: 30
// main: 0
