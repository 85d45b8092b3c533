//! The convoy: short jobs behind a long one, first come first served and in turns.
//!
//! Run it: `cargo run --example 14_convoy_threads`, and with `-- --real`
//! Step both twins: `cargo run -- step 14`
//!
//! Predict: a job of 30 ms is there first, and then three of 2 ms. With quanta
//! of 3 ms in place of none, whose end comes later, and what about the average?
//!   a) nobody's, and the average falls
//!   b) the long one's, and the average falls
//!   c) everybody's, and the average rises: switching costs
//! Answer: b. The short ones pass. The long one pays 6 ms, which is their work,
//! and the three gain more than 20 each.
//!
//! Change: the short jobs, from 2 ms to 30. Now all are alike, and taking turns
//! makes all late: nobody is done before the others nearly are.
//!
//! Book: chapter 14. Twin: `14_convoy_tasks.rs`.

use scheduler::policy::{FirstComeFirstServed, Policy, RoundRobin};
use scheduler::{Builder, Preemption, Scheduler, now, work};
use std::time::Duration;

// ANCHOR: job
/// Computes for so long, and says when it is done.
fn job(name: &str, milliseconds: u64) -> u128 {
    work(Duration::from_millis(milliseconds)); // in one piece, or not: the policy says
    println!("  {name}: {} ms", now().as_millis());
    now().as_millis()
}
// ANCHOR_END: job

/// Runs all jobs, and says when they are done on average.
fn run(preemption: Preemption, policy: impl Policy + 'static) {
    let outcome = Scheduler::new(preemption, policy).run(|| {
        // ANCHOR: convoy
        let jobs = [("long", 30), ("short 1", 2), ("short 2", 2), ("short 3", 2)];
        let jobs = jobs.map(|(name, milliseconds)| {
            Builder::new()
                .name(name)
                .spawn(move || job(name, milliseconds))
        });
        let ends = jobs.map(|job| job.join().expect("no job panics"));
        println!("  on average: {} ms", ends.iter().sum::<u128>() / 4);
        // ANCHOR_END: convoy
    });
    outcome.expect("nobody waits for ever");
}

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let preemption = if real {
        Preemption::Signal
    } else {
        Preemption::Checkpoint
    };
    println!("first come, first served");
    run(preemption, FirstComeFirstServed::new());
    println!("round robin, quanta of 3 ms");
    run(preemption, RoundRobin::new(Duration::from_millis(3)));
}

// Prints:
// first come, first served
//   long: 35 ms
//   short 1: 37 ms
//   short 2: 39 ms
//   short 3: 41 ms
//   on average: 38 ms
// round robin, quanta of 3 ms
//   short 1: 8 ms
//   short 2: 15 ms
//   short 3: 17 ms
//   long: 41 ms
//   on average: 20 ms
