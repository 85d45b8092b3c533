//! Work: a thread computes for so long, and calls nothing that blocks.
//!
//! The stand-in for a computation. The CPU can be taken from it at any moment,
//! and what it computes is the thread's own time: while it is preempted the
//! rest of the work waits with it.
//!
//! Invariants: (1) in checkpoint mode it is as many checkpoints as whole ticks
//! fit into the duration, at each of which control may move; (2) in the other
//! modes it ends once the thread itself has used so much CPU time since it
//! began, however often it was preempted.
//!
//! Book: chapter 8. Mirror: `runtime::work`, which nothing interrupts.

use crate::checkpoint::checkpoint;
use crate::control::current;
use crate::preempt::clock;
use crate::scheduler::Preemption;
use std::hint::black_box;
use std::time::Duration;

/// Computes for `duration` of the thread's own time.
///
/// Outside a scheduler, and inside a blocking call, it does so as well.
// ANCHOR: work
#[track_caller]
pub fn work(duration: Duration) {
    let thread = current();
    match &thread {
        Some(thread) if thread.run.mode == Preemption::Checkpoint => {
            let ticks = duration.as_nanos() / thread.run.tick.as_nanos(); // (1)
            for _ in 0..ticks {
                checkpoint();
            }
        }
        _ => burn(duration, || {
            if let Some(thread) = &thread {
                thread.unwind_if_doomed();
            }
        }),
    }
}
// ANCHOR_END: work

/// Keeps the thread busy until it has used `duration` of CPU time (2); calls
/// `look_up` now and then.
fn burn(duration: Duration, look_up: impl Fn()) {
    let began = clock::thread_now();
    while Duration::from_nanos(clock::thread_now() - began) < duration {
        look_up();
        for step in 0..1_000 {
            black_box(step); // between two looks at the clock, something to compute
        }
    }
}
