//! Snapshots: what makes every step of a long trace a short fold.
//!
//! While events arrive the state is folded forward, and a copy is kept now and
//! then. The state at a step is the nearest copy before it, folded on.
//!
//! Invariant: [`Snapshots::state_at`] equals a fold from the first event.

use std::sync::Arc;

use super::State;
use crate::trace::{Side, Target};

/// At least so many events lie between two snapshots: folding them takes
/// about a millisecond, which nobody feels.
const SPACING: usize = 2048;

/// So many complaints are listed: whoever has read the first ten thousand
/// knows that the trace makes no sense.
const MOST_COMPLAINTS: usize = 10_000;

/// Copies of the state, and the state after the last event.
#[derive(Clone, Debug)]
pub(crate) struct Snapshots {
    /// The copies, oldest first.
    copies: Vec<State>,
    /// The state after the last event.
    last: State,
    /// The first steps at which a record contradicted the state, and how.
    complaints: Vec<(usize, Arc<str>)>,
}

impl Snapshots {
    /// No copy yet, and the state before any event.
    pub(crate) const fn new(target: Target) -> Self {
        Self {
            copies: Vec::new(),
            last: State::new(target),
            complaints: Vec::new(),
        }
    }

    /// Folds the events that have arrived since the last call.
    pub(crate) fn extend(&mut self, side: &Side) {
        while let Some(event) = side.event(self.last.step) {
            self.last.apply(&event);
            if let Some(complaint) = &self.last.complaint
                && self.complaints.len() < MOST_COMPLAINTS
            {
                self.complaints
                    .push((self.last.step, Arc::clone(complaint)));
            }
            let newest = self.copies.last().map_or(0, |copy| copy.step);
            if self.last.step - newest >= SPACING.max(self.last.weight()) {
                self.copies.push(self.last.clone());
            }
        }
    }

    /// The state after the first `step` events of `side`.
    pub(crate) fn state_at(&self, side: &Side, step: usize) -> State {
        if step == self.last.step {
            return self.last.clone();
        }
        let after = self.copies.partition_point(|copy| copy.step <= step);
        let mut state = match after.checked_sub(1) {
            Some(index) => self.copies[index].clone(),
            None => State::new(side.target),
        };
        state.advance(side, step);
        state
    }

    /// The state after the last event.
    pub(crate) const fn last(&self) -> &State {
        &self.last
    }

    /// The steps at which a record contradicted the state, and how.
    pub(crate) fn complaints(&self) -> &[(usize, Arc<str>)] {
        &self.complaints
    }
}

impl State {
    /// Folds on to a later step of the side that it belongs to.
    pub fn advance(&mut self, side: &Side, step: usize) {
        while self.step < step {
            let Some(event) = side.event(self.step) else {
                break;
            };
            self.apply(&event);
        }
    }

    /// About how many small things a copy of this state has to copy.
    fn weight(&self) -> usize {
        self.drivers
            .iter()
            .map(|driver| {
                let tables = driver.units.len() + driver.timers.len() + driver.jobs.len();
                driver.queue.len() + driver.lines.len() + tables / 8
            })
            .sum()
    }
}
