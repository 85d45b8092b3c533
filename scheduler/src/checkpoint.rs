//! Checkpoints: the only places at which control moves in checkpoint mode.
//!
//! Every operation on something that threads share is one: it takes a tick of
//! virtual time, after which the thread's quantum may be over.
//!
//! Invariants: (1) the tick, and a preemption there, come *before* the
//! operation's effect: a thread that was stopped at a line has not done what
//! the line says; (2) in the other modes a checkpoint costs one compare.
//!
//! Book: chapter 2. Mirror: an `.await` in `runtime`.

use crate::control::{Control, Place, Request, current};
use crate::scheduler::Preemption;
use crate::trace::record;
use std::panic::Location;

/// Names a place at which the thread can be stopped: takes one tick in
/// [`Preemption::Checkpoint`], nothing in the other modes and outside.
///
/// To be put into a loop that computes and calls nothing else of ours.
#[track_caller]
pub fn checkpoint() {
    let at = Location::caller();
    if let Some(thread) = current() {
        thread.checkpoint(at);
        if thread.run.mode == Preemption::Checkpoint {
            record!(thread.run, "checkpoint", at Some(at), [thread.id]);
        }
    }
}

/// Offers the CPU: the thread is runnable again at once, and runs when the
/// policy says so. Outside a scheduler it asks the operating system instead.
#[track_caller]
pub fn yield_now() {
    let at = Location::caller();
    match current() {
        None => std::thread::yield_now(),
        Some(thread) => {
            thread.unwind_if_doomed();
            thread.ask(Request::Yield, Some(at)); // takes its tick there
            thread.unwind_if_doomed();
        }
    }
}

impl Control {
    /// The calling thread is about to do something that others can notice, at
    /// the learner's line `at`.
    pub(crate) fn checkpoint(&self, at: Place) {
        self.unwind_if_doomed();
        if self.run.mode == Preemption::Checkpoint {
            if !self.run.step_alone() {
                self.ask(Request::Step, Some(at));
                self.unwind_if_doomed();
            }
        } else if let Some(tray) = self.run.trace.tray()
            && tray.is_nearly_full()
        {
            // The records of this step shall find room.
            self.enter_call(Some("trace"), at);
            tray.wait_for_room();
            self.context.leave_call();
        }
    }
}
