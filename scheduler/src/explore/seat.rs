//! A thread's seat: what the conductor knows of it.
//!
//! Mirror: `crate::thread`, which the dispatcher knows.

use super::memory::{Atomic, Seen};
use crate::control::{Control, On};
use crate::place::Place;
use crate::preempt::futex::Gate;
use crate::time::Time;
use crate::trace::Object;
use std::sync::Arc;

/// One thread of the execution.
pub(super) struct Seat {
    /// The thread.
    pub(super) control: Arc<Control>,
    /// Where its OS thread waits for its turn.
    pub(super) gate: Arc<Gate>,
    /// The line of what it will do.
    pub(super) at: Option<Place>,
    /// The object of what it will do, for people.
    pub(super) target: Shown,
    /// What it waits for while that is not possible.
    pub(super) on: Option<On>,
    /// What memory has to know of what it will do.
    pub(super) atomic: Option<Atomic>,
    /// What memory has done in its last step, if it was asked.
    pub(super) seen: Option<Seen>,
    /// Until when it waits or sleeps.
    pub(super) until: Option<Time>,
    /// The time of its last wait for a condition was over.
    pub(super) is_late: bool,
    /// Somebody woke it, and it has not gone on since.
    pub(super) is_woken: bool,
    /// The object in whose queue it was last.
    pub(super) queued_at: u32,
    /// Whether its body is over.
    pub(super) life: Life,
    /// How many objects it has made.
    pub(super) made: u32,
}

/// An object as the trace writes it: `mutex:2`, or a thread.
pub(super) type Shown = Option<Object>;

/// Whether a thread is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    /// It is not.
    Alive,
    /// It is not: the run is doomed, and it waits in a destructor.
    WaitsInEarnest,
    /// It is.
    Over,
}

impl Seat {
    /// A new thread, whose OS thread waits at `gate`.
    pub(super) fn new(control: Arc<Control>, gate: Arc<Gate>) -> Seat {
        Seat {
            at: Some(control.spawned_at),
            control,
            gate,
            target: None,
            on: None,
            atomic: None,
            seen: None,
            until: None,
            is_late: false,
            is_woken: false,
            queued_at: 0,
            life: Life::Alive,
            made: 0,
        }
    }

    /// Whether its body is over.
    pub(super) fn is_over(&self) -> bool {
        self.life == Life::Over
    }

    /// What it waits for in a destructor, if it does, has come.
    pub(super) fn no_longer_waits(&mut self) {
        if self.life == Life::WaitsInEarnest {
            self.life = Life::Alive;
        }
    }
}
