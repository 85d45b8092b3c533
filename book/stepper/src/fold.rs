//! The fold: the state of a loop or a scheduler as a function of its events.
//!
//! [`State::apply`] takes one event and changes what it says, no more. The
//! stepper asks neither half anything else, so every queue, wait, timer, source
//! and lock on the screen comes from here.
//!
//! Invariants: (1) pure: the same events give the same state, whoever folds
//! them and from whichever snapshot; (2) an event that contradicts the state
//! is a [`State::complaint`], not a panic, and the fold goes on with what the
//! event says; (3) an unknown event changes nothing but the step and the time.
//!
//! Left out: the program's output, which the side keeps beside its events.

mod account;
mod apply;
mod driver;
mod lanes;
mod life;
mod lines;
mod locks;
mod objects;
mod pool;
mod queue;
mod snapshots;
mod sync;
mod table;
mod tasks;
mod threads;
mod unit;
mod used;
mod workers;

pub use driver::{Driver, Phase, Settings};
pub use lanes::{Lane, Mark, Run, lanes, lanes_of};
pub use lines::Lines;
pub use objects::{
    Barrier, Channel, Holder, How, Job, JobState, Lock, Notify, Semaphore, Shared, Source, Timer,
};
pub use queue::{Class, Queue};
pub(crate) use snapshots::Snapshots;
pub use table::Table;
pub use unit::{End, Load, Unit, UnitId, UnitState, Wait};

use std::sync::Arc;

use crate::trace::Target;

/// The state of one side after its first `step` events.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Which half it is.
    pub target: Target,
    /// How many events it is made from.
    pub step: usize,
    /// Every loop or scheduler that has written a record, by its number.
    pub drivers: Vec<Driver>,
    /// What of the last event does not fit the state before it.
    pub complaint: Option<Arc<str>>,
    /// The units that the last event changed.
    pub changed: Vec<UnitId>,
    /// The position in `drivers` of the one that took the last step.
    current: usize,
}

impl State {
    /// The state before any event.
    pub const fn new(target: Target) -> Self {
        Self {
            target,
            step: 0,
            drivers: Vec::new(),
            complaint: None,
            changed: Vec::new(),
            current: 0,
        }
    }

    /// The loop or scheduler that took the last step: the one to show.
    pub fn driver(&self) -> Option<&Driver> {
        self.drivers.get(self.current)
    }

    /// The loop or scheduler of a number.
    pub fn driver_of(&self, number: u32) -> Option<&Driver> {
        self.drivers.iter().find(|driver| driver.number == number)
    }

    /// A unit of any driver.
    pub fn unit(&self, id: UnitId) -> Option<&Unit> {
        self.driver_of(id.driver)?.units.get(id.number)
    }

    /// ns since the present driver started, on its clock.
    pub fn time(&self) -> u64 {
        self.driver().map_or(0, |driver| driver.time)
    }
}
