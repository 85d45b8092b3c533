//! Priorities: the most important thread goes first, and the others may starve.
//!
//! Run it: `cargo run --example 06_classes_threads`
//! Step both twins: `cargo run -- step 06`
//!
//! Predict: three threads offer the processor 41 times each, at three fixed
//! priorities. When does the least important run for the first time?
//!   a) when the two others are finished
//!   b) at once, in its turn
//!   c) when it has been passed over too often
//! Answer: a. A fixed priority is a promise without a limit: as long as somebody
//! more important is runnable, that one runs.
//!
//! Change: the policy, to one that ages:
//! `StaticPriority::new().aging(std::time::Duration::from_millis(5))`. Then the
//! background runs early, and again before the others are finished.
//!
//! Book: chapter 7. Twin: `06_classes_tasks.rs`.

use scheduler::{Builder, Preemption, Scheduler, policy::StaticPriority, yield_now};

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let preemption = if real {
        Preemption::Signal
    } else {
        Preemption::Checkpoint
    };
    let scheduler = Scheduler::new(preemption, StaticPriority::new());
    let outcome = scheduler.run(|| {
        // ANCHOR: classes
        // main has 0, so that it starts all three before any of them runs.
        let priorities = [("background", -3), ("normal", -2), ("urgent", -1)];
        let threads = priorities.map(|(name, priority)| {
            Builder::new().name(name).priority(priority).spawn(move || {
                for n in 0..=40 {
                    if n % 10 == 0 {
                        println!("{name}: {n}");
                    }
                    yield_now(); // the policy chooses, this one included
                }
            })
        });
        // ANCHOR_END: classes
        for thread in threads {
            thread.join().expect("no thread panics");
        }
    });
    outcome.expect("nobody waits for ever");
}

// Prints:
// urgent: 0
// urgent: 10
// urgent: 20
// urgent: 30
// urgent: 40
// normal: 0
// normal: 10
// normal: 20
// normal: 30
// normal: 40
// background: 0
// background: 10
// background: 20
// background: 30
// background: 40
