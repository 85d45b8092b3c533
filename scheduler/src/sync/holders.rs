//! Who holds the permits of a read-write lock or a semaphore, for whoever asks
//! why nobody can go on.
//!
//! Invariants: (1) nothing is allocated: holders are noted where a section must
//! be left at once; (2) so of many only the first few are known, and the number
//! of the others.
//!
//! Book: chapter 16.

use super::lock::Holder;

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

    /// One who got permits as the thread of `holder` has given them back.
    pub(super) fn remove(&mut self, holder: &Holder) {
        let is_it =
            |place: &&mut Option<Holder>| place.is_some_and(|known| known.is_thread_of(holder));
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

impl FromIterator<Holder> for Holders {
    fn from_iter<I: IntoIterator<Item = Holder>>(all: I) -> Holders {
        let mut holders = Holders::default();
        all.into_iter().for_each(|holder| holders.add(holder));
        holders
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Place;
    use crate::policy::ThreadId;

    /// Thread `number`, as a holder.
    fn holder(number: u32) -> Holder {
        Holder::of_run(0, ThreadId(number), Place::caller())
    }

    #[test]
    fn of_many_holders_the_first_are_known_and_the_others_counted() {
        let mut holders = Holders::default();
        for number in 0..10 {
            holders.add(holder(number));
        }
        assert_eq!((holders.known().count(), holders.others()), (ROOM, 2));
        holders.remove(&holder(9)); // not known by name
        holders.remove(&holder(3));
        assert_eq!((holders.known().count(), holders.others()), (7, 1));
        assert!(
            holders
                .known()
                .all(|known| known.thread != Some(ThreadId(3)))
        );
    }

    #[test]
    fn threads_of_one_number_in_two_runs_are_told_apart() {
        let mut holders = Holders::default();
        let other_run = Holder::of_run(1, ThreadId(3), Place::caller());
        holders.add(holder(3));
        holders.add(other_run);
        holders.remove(&other_run);
        let left: Vec<_> = holders.known().map(|known| known.thread_in(0)).collect();
        assert_eq!(left, [Some(ThreadId(3))]);
    }
}
