//! The lines of those who wait, one for each thing that several may wait for.
//!
//! A thread is in a line from `blocked` to `runnable`. A task stays in its place
//! while it is polled, since the real list keeps it too, unless the poll ends
//! without it waiting there again.
//!
//! Invariant: a line that nobody is in is not kept, so that a snapshot copies
//! no more than there are waiters.

use std::collections::BTreeMap;

use super::UnitId;
use crate::trace::Reference;

/// Those who wait, by what they wait for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// The lines, longest waiter first.
    lines: BTreeMap<Reference, Vec<UnitId>>,
    /// The thing that was last let go of or given to: a unit that is woken now
    /// is woken by that, and leaves its line.
    used: Option<Reference>,
}

impl Lines {
    /// Those who wait for a thing, longest first.
    pub fn of(&self, on: Reference) -> &[UnitId] {
        self.lines.get(&on).map_or(&[], Vec::as_slice)
    }

    /// How many wait, all lines together.
    pub(super) fn len(&self) -> usize {
        self.lines.values().map(Vec::len).sum()
    }

    /// To the end of a line, unless the unit is in it.
    pub(super) fn join(&mut self, on: Reference, unit: UnitId) {
        if !on.thing.has_line() {
            return;
        }
        let line = self.lines.entry(on).or_default();
        if !line.contains(&unit) {
            line.push(unit);
        }
    }

    /// Out of a line, if the unit is in it.
    pub(super) fn leave(&mut self, on: Reference, unit: UnitId) {
        if let Some(line) = self.lines.get_mut(&on) {
            line.retain(|&waiter| waiter != unit);
            if line.is_empty() {
                self.lines.remove(&on);
            }
        }
    }

    /// A thing was let go of or given to: the wakes that follow are its doing.
    pub(super) fn used(&mut self, on: Option<Reference>) {
        self.used = on;
    }

    /// A unit is woken: it leaves the line of the thing that was just used.
    pub(super) fn woken(&mut self, unit: UnitId) {
        if let Some(on) = self.used {
            self.leave(on, unit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;
    use crate::{
        fold::UnitId,
        trace::{Reference, Thing},
    };

    /// Mutex 1.
    const MUTEX: Reference = Reference {
        thing: Thing::Mutex,
        number: 1,
    };

    fn unit(number: u32) -> UnitId {
        UnitId { driver: 0, number }
    }

    #[test]
    fn whoever_waits_again_keeps_the_place_and_whoever_was_woken_loses_it() {
        let mut lines = Lines::default();
        for number in [3, 1, 2, 3] {
            lines.join(MUTEX, unit(number));
        }
        assert_eq!(lines.of(MUTEX), [3, 1, 2].map(unit));
        lines.woken(unit(3)); // by a timer: nothing was let go of
        assert_eq!(lines.of(MUTEX), [3, 1, 2].map(unit));
        lines.used(Some(MUTEX));
        lines.woken(unit(3));
        lines.join(MUTEX, unit(3));
        assert_eq!(lines.of(MUTEX), [1, 2, 3].map(unit));
    }

    #[test]
    fn a_line_that_nobody_is_in_costs_nothing() {
        let mut lines = Lines::default();
        lines.join(MUTEX, unit(1));
        lines.leave(MUTEX, unit(1));
        assert_eq!(lines, Lines::default());
    }

    #[test]
    fn a_timer_has_no_line() {
        let mut lines = Lines::default();
        let (thing, number) = (Thing::Timer, 1);
        lines.join(Reference { thing, number }, unit(1));
        assert_eq!(lines.len(), 0);
    }
}
