//! Calls that block, on OS threads of their own, so that the loop need not wait.
//!
//! A task that reads a file, looks up a name or computes for long keeps every
//! other task waiting. [`spawn`] hands the call to a pool of OS threads instead
//! and gives a [`Job`], which the task awaits like anything else.
//!
//! Invariants: (1) outside of this module the runtime never starts a thread, and
//! here only when a call needs one: threads that are idle for long end; (2) a
//! call that has begun cannot be taken back: whoever drops its job gives up the
//! result, and not the call; (3) a call's panic ends that call alone and reaches
//! whoever awaits the job; (4) the pool's threads write no trace and wake no
//! task: they report to the loop, which does both.
//!
//! In virtual time the loop learns of an end only when no task is ready, and
//! time does not jump while a call is out: with one call at a time every run has
//! the same trace.
//!
//! Left out: taking back a call that is still queued; more than one pool.
//!
//! Book: chapter 8. Mirror: every call of a thread, which the OS sets aside.

mod job;
mod jobs;
mod limits;
mod operation;
mod pool;
mod series;

use crate::context;
use std::any::Any;
use std::panic::Location;

pub use job::{Job, JobError};
pub(crate) use jobs::Jobs;
pub use limits::Limits;
pub use operation::Operation;
use pool::Run;
pub use series::Action;
pub(crate) use series::{Done, Series};

/// Has a thread of the pool call `function`. The call begins at once if there
/// is a thread for it, and else in its turn, whether or not the job is awaited.
///
/// In there is no event loop: `function` cannot spawn tasks or await.
///
/// ```
/// use runtime::{Clock, EventLoop, blocking};
///
/// let sum = EventLoop::new(Clock::Virtual).block_on(async {
///     blocking::spawn(|| (1..=100).sum::<u32>()).await
/// });
/// assert_eq!(sum.expect("the call does not panic"), 5050);
/// ```
///
/// # Panics
///
/// If it is called outside of an event loop.
#[track_caller]
pub fn spawn<T: Send + 'static>(function: impl FnOnce() -> T + Send + 'static) -> Job<T> {
    let state = context::expect_current("blocking::spawn()");
    let run = Box::new(move || Box::new(function()) as Box<dyn Any + Send>);
    let number = state.hand_over(Kind::Work, run, Location::caller());
    Job::new(state, number)
}

/// What a call waits for, and so what the loop may do without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// For this machine: it ends by itself, and has effects that should not be lost.
    Work,
    /// For an answer from elsewhere, of which nobody knows anything once the loop is over.
    Query,
    /// For somebody to type something, who perhaps never will.
    Input,
}

impl Kind {
    /// Whether virtual time stands still while it is out.
    fn holds_time(self) -> bool {
        self != Kind::Input
    }

    /// Whether the loop's drop waits for it.
    fn holds_end(self) -> bool {
        self == Kind::Work
    }
}
