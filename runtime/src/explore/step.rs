//! A step: a task is polled, or a timer that is due fires.
//!
//! Between two steps a search may choose. Two neighbouring steps that do not depend on
//! each other come to the same in either order. As rules:
//!
//! 1. two timers that fire do not depend on each other: each makes one task ready, or
//!    finds it ready;
//! 2. a timer that fires and a task that is polled depend on each other if it is that
//!    task that the timer wakes, or if the poll gave the timer up;
//! 3. everything else does: what a poll reads and writes, in a `Cell` or wherever, is
//!    not seen, so any two polls may share something. So does a timer that calls a
//!    waker which is not the loop's own.
//!
//! Invariant: a rule says "not" only where no program can tell.
//!
//! Left out: programs that look at the [dump](crate::dump()) or the
//! [statistics](crate::stats()), which tell more than a task can know otherwise.
//!
//! Book: chapter 20. Mirror: `scheduler::explore::operation`.

use crate::trace::{Line, Place};
use std::fmt;

/// Who takes a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Who {
    /// The task of this number is polled.
    Task(u64),
    /// The timer of this number fires.
    Timer(u64),
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Who::Task(number) => write!(f, "task {number}"),
            Who::Timer(number) => write!(f, "timer {number}"),
        }
    }
}

/// Somebody who could take the next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Offer {
    /// Who.
    pub(super) who: Who,
    /// Where a task stands; nothing of a timer.
    pub(super) at: Option<Place>,
}

impl fmt::Display for Offer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.who.fmt(f)?;
        match self.at {
            Some(at) => write!(f, " at {}", Line(at.file(), at.line())),
            None => Ok(()),
        }
    }
}

/// What a step touched that others can see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Touch {
    /// A poll: whatever it liked, and of the timers that were due these.
    Poll {
        /// The task.
        task: u64,
        /// The timers that it gave up, or took over.
        timers: Vec<u64>,
    },
    /// A timer that woke one task, and did nothing else.
    Fire {
        /// The timer.
        timer: u64,
        /// The task.
        task: u64,
    },
    /// Whatever it liked.
    Anything,
}

impl Touch {
    // ANCHOR: depends
    /// Whether the two steps may come to something else in the other order.
    pub(super) fn depends_on(&self, other: &Touch) -> bool {
        match (self, other) {
            (Touch::Fire { .. }, Touch::Fire { .. }) => false, // rule 1
            (
                Touch::Fire { timer, task },
                Touch::Poll {
                    task: polled,
                    timers,
                },
            )
            | (
                Touch::Poll {
                    task: polled,
                    timers,
                },
                Touch::Fire { timer, task },
            ) => {
                task == polled || timers.contains(timer) // rule 2
            }
            _ => true, // rule 3
        }
    }
    // ANCHOR_END: depends
}
