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

use crate::control::{Control, Request, current};
use crate::explore::{Access, Operation};
use crate::place::Place;
use crate::scheduler::Preemption;
use crate::trace::record;

/// Names a place at which the thread can be stopped: takes one tick in
/// [`Preemption::Checkpoint`], nothing in the other modes and outside.
///
/// To be put into a loop that computes and calls nothing else of ours.
#[track_caller]
pub fn checkpoint() {
    let at = Place::caller();
    if let Some(thread) = current() {
        thread.checkpoint(Operation::local(Access::Local), at);
        if thread.run.conductor.is_none() && thread.run.mode == Preemption::Checkpoint {
            record!(thread.run, "checkpoint", at Some(at), [thread.id]);
        }
    }
}

/// Offers the CPU: the thread is runnable again at once, and runs when the
/// policy says so. Outside a scheduler it asks the operating system instead.
#[track_caller]
pub fn yield_now() {
    let at = Place::caller();
    match current() {
        None => std::thread::yield_now(),
        Some(thread) => {
            thread.unwind_if_doomed();
            thread.wait_for_room(at);
            thread.ask(Request::Yield, Some(at)); // takes its tick there
            thread.unwind_if_doomed();
        }
    }
}

impl Control {
    /// Waits, without a CPU, until the records of a step find room in the tray.
    pub(crate) fn wait_for_room(&self, at: Place) {
        if let Some(tray) = self.run.trace.tray()
            && tray.is_nearly_full()
        {
            self.enter_call(Some("trace"), at);
            tray.wait_for_room();
            self.context.leave_call();
        }
    }

    /// The calling thread is about to do `operation`, which others can notice, at
    /// the learner's line `at`.
    pub(crate) fn checkpoint(&self, operation: Operation<'_>, at: Place) {
        self.unwind_if_doomed();
        if let Some(conductor) = &self.run.conductor {
            conductor.announce(self, operation, Some(at));
            self.unwind_if_doomed();
            return;
        }
        if self.run.mode == Preemption::Checkpoint {
            if !self.run.step_alone() {
                self.ask(Request::Step, Some(at));
                self.unwind_if_doomed();
            }
        } else {
            self.wait_for_room(at);
        }
    }

    /// An end of a channel, which `operation` drops, was the last one of its side.
    pub(crate) fn note_closed(&self, operation: &Operation<'_>) {
        if let Some(conductor) = &self.run.conductor {
            conductor.closed(self, operation);
        }
    }

    /// The calling thread is about to do `operation`, of which a conductor alone
    /// wants to know: for a dispatcher it is part of the step before. In a
    /// destructor, so it never unwinds.
    pub(crate) fn note(&self, operation: Operation<'_>, at: Option<Place>) {
        if let Some(conductor) = &self.run.conductor {
            conductor.announce(self, operation, at);
        }
    }
}
