//! Who holds the permits of a read-write lock or a semaphore, for whoever asks
//! why nobody can go on.
//!
//! Invariants: (1) nothing is allocated: holders are noted where a section must
//! be left at once; (2) so of many only the first few are known, and the number
//! of the others.
//!
//! Book: chapter 16.

use super::lock::Holder;
use crate::policy::ThreadId;

/// So many holders are known by name.
const ROOM: usize = 8;

/// The holders of some permits.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Holders {
    /// Those that found room, in no order.
    known: [Option<Holder>; ROOM],
    /// How many did not (2).
    others: usize,
}

impl Holders {
    /// `holder` has permits from now on.
    pub(super) fn add(&mut self, holder: Holder) {
        match self.known.iter_mut().find(|place| place.is_none()) {
            Some(place) => *place = Some(holder),
            None => self.others += 1,
        }
    }

    /// One who got permits as `thread` has given them back.
    pub(super) fn remove(&mut self, thread: Option<ThreadId>) {
        let is_it = |place: &&mut Option<Holder>| place.is_some_and(|known| known.thread == thread);
        match self.known.iter_mut().find(is_it) {
            Some(place) => *place = None,
            None => self.others = self.others.saturating_sub(1),
        }
    }

    /// Those that are known.
    pub(crate) fn known(&self) -> impl Iterator<Item = Holder> {
        self.known.into_iter().flatten()
    }

    /// How many are not.
    pub(crate) fn others(&self) -> usize {
        self.others
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Place;

    /// Thread `number`, as a holder.
    fn holder(number: u32) -> Holder {
        Holder {
            thread: Some(ThreadId(number)),
            at: Place::caller(),
        }
    }

    #[test]
    fn of_many_holders_the_first_are_known_and_the_others_counted() {
        let mut holders = Holders::default();
        for number in 0..10 {
            holders.add(holder(number));
        }
        assert_eq!((holders.known().count(), holders.others()), (ROOM, 2));
        holders.remove(Some(ThreadId(9))); // not known by name
        holders.remove(Some(ThreadId(3)));
        assert_eq!((holders.known().count(), holders.others()), (7, 1));
        assert!(
            holders
                .known()
                .all(|known| known.thread != Some(ThreadId(3)))
        );
    }
}
