//! The clock: what time it is for a thread.
//!
//! The time since the scheduler started: that which passes, or in checkpoint
//! mode a virtual one, in which each checkpoint takes a tick.
//!
//! Book: chapter 6. Mirror: `runtime::clock`.

use crate::control::current;
use std::time::Duration;

/// The time since the scheduler of the calling thread started, on its own clock.
///
/// # Panics
///
/// If no scheduler runs the calling thread, or it is inside
/// [`blocking`](crate::blocking()).
#[track_caller]
pub fn now() -> Duration {
    let Some(thread) = current() else {
        panic!(
            "now() was called by a thread that no scheduler runs, or inside `blocking`: \
             call it in a thread that `Scheduler::run` or `spawn` started"
        )
    };
    Duration::from_nanos(thread.run.now().as_nanos())
}
