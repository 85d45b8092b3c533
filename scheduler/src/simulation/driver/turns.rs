//! Whose turn does not come: rule 6, where a limit was set.
//!
//! Invariants: (1) the entries are in the order of their instants, so the first
//! that still holds is the job that has been runnable longest; (2) an entry that
//! does not hold any more is dropped when it comes to the front, so the costs of
//! each are constant.
//!
//! Mirror: `dispatcher::checks`, the same for real threads.

use super::{State, Unit};
use crate::policy::Rule;
use crate::time::Time;
use std::collections::VecDeque;
use std::time::Duration;

/// Who became runnable when, as long as that may matter.
#[derive(Debug)]
pub(super) struct Turns {
    /// How long a job may be runnable without running.
    limit: Duration,
    /// The instant at which a job, known by its index, became runnable.
    since: VecDeque<(Time, usize)>,
}

impl Turns {
    /// Nobody is runnable.
    pub(super) fn new(limit: Duration) -> Turns {
        Turns {
            limit,
            since: VecDeque::new(),
        }
    }

    /// The job at `index` is runnable from `now` on.
    pub(super) fn begin(&mut self, now: Time, index: usize) {
        self.since.push_back((now, index));
    }

    /// When the job that has been runnable longest will have been for too long.
    pub(super) fn starves_at(&mut self, units: &[Unit<'_>]) -> Option<Time> {
        while let Some(&(since, index)) = self.since.front() {
            let unit = &units[index];
            if unit.state == State::Runnable && unit.since == since {
                return Some(since + self.limit);
            }
            self.since.pop_front(); // (2)
        }
        None
    }

    /// Checks, after the picks of `now`, that nobody has been for too long.
    pub(super) fn check(&mut self, units: &[Unit<'_>], now: Time) -> Result<(), Rule> {
        match self.starves_at(units) {
            Some(instant) if instant <= now => Err(Rule::Starved {
                thread: units[self.since[0].1].attributes.id,
                since: self.since[0].0,
                limit: self.limit,
            }), // rule 6
            _ => Ok(()),
        }
    }
}
