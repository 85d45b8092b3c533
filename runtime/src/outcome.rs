//! The outcome: what came of a task that is over.
//!
//! It waits in the task's slot until its handle takes it; nobody's is dropped at
//! once, inside of the task, so that a panic of its destructor is the task's.
//!
//! Book: chapter 2. Mirror: `scheduler::join_handle`.

use crate::foreign::{Panic, message};
use crate::state::LoopState;
use crate::trace::{self, Text, nanoseconds, record};
use std::any::Any;
use std::time::Duration;

/// What came of a task.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Its output.
    Value(Box<dyn Any>),
    /// It panicked, while it was polled or dropped.
    Panicked(Panic),
    /// It was aborted, or its loop was dropped.
    Cancelled,
}

impl Outcome {
    /// Stands where a value was that nobody wanted. It allocates nothing.
    pub(crate) fn nothing() -> Self {
        Outcome::Value(Box::new(()))
    }
}

impl LoopState {
    /// Tells the trace how a task ended, whose last poll ran for so long.
    pub(crate) fn record_outcome(&self, key: usize, outcome: &Outcome, ran: Duration) {
        if !trace::enabled() {
            return;
        }
        let (id, place, by) = {
            let task = &self.tasks.borrow()[key];
            (task.id, Some(task.stands_at), task.aborted())
        };
        let ran = nanoseconds(ran);
        match outcome {
            Outcome::Value(_) => record!(self, "completed"; task = id, ran = ran),
            Outcome::Panicked(panic) => {
                let message = Text(message(panic));
                record!(self, "panicked" at place; task = id, ran = ran, message = message);
            }
            Outcome::Cancelled => {
                record!(self, "cancelled" at place; task = id, ran = ran; by = by);
            }
        }
    }
}
