//! Sleeping: a thread gives its CPU up until an instant.
//!
//! Invariants: (1) a thread never wakes early; (2) in checkpoint mode no real
//! time passes.
//!
//! Book: chapter 6. Mirror: `runtime::sleep`.

use crate::control::{Request, current};
use crate::explore::{Access, Operation};
use crate::place::Place;
use std::time::Duration;

// ANCHOR: sleep
/// Sleeps for `duration` on the scheduler's clock. Others run meanwhile, and
/// when it is over the thread has to wait for a CPU like any other.
///
/// Outside a scheduler it is [`std::thread::sleep`].
#[track_caller]
pub fn sleep(duration: Duration) {
    let at = Place::caller();
    let Some(thread) = current() else {
        std::thread::sleep(duration);
        return;
    };
    thread.checkpoint(Operation::local(Access::Sleep), at);
    let until = thread.run.now() + duration;
    thread.ask(Request::Sleep(until), Some(at));
    thread.unwind_if_doomed();
}
// ANCHOR_END: sleep
