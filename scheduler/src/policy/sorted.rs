//! Runnable threads in the order of a key: who has the smallest is first.
//!
//! Many policies differ in nothing but the number by which they sort: a burst, a
//! deadline, a period, a pass. What they have in common is here.
//!
//! Invariants: (1) a thread is in it at most once; (2) of equal keys the thread
//! with the lower number is first. Costs: O(log threads), [`Sorted::rekey`]
//! O(threads).
//!
//! Book: chapter 15.

use super::ThreadId;
use std::collections::BTreeSet;

/// Runnable threads, sorted.
#[derive(Debug)]
pub(super) struct Sorted<K> {
    /// The threads, each behind its key.
    threads: BTreeSet<(K, ThreadId)>,
}

impl<K> Default for Sorted<K> {
    fn default() -> Sorted<K> {
        Sorted {
            threads: BTreeSet::new(),
        }
    }
}

impl<K: Ord + Copy> Sorted<K> {
    /// Puts `thread` where `key` says.
    pub(super) fn insert(&mut self, key: K, thread: ThreadId) {
        self.threads.insert((key, thread));
    }

    /// Takes out the first, with its key.
    pub(super) fn pop(&mut self) -> Option<(K, ThreadId)> {
        self.threads.pop_first()
    }

    /// Puts `thread` where its new key says, if it is here at all.
    pub(super) fn rekey(&mut self, key: K, thread: ThreadId) {
        let old = self.threads.iter().find(|(_, id)| *id == thread).copied();
        if let Some(old) = old {
            self.threads.remove(&old); // invariant 1
            self.threads.insert((key, thread));
        }
    }

    /// Whether nobody is here.
    pub(super) fn is_empty(&self) -> bool {
        self.threads.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_key_is_first_and_of_equals_the_lower_number() {
        let mut sorted = Sorted::default();
        for (key, number) in [(5, 1), (3, 4), (3, 2)] {
            sorted.insert(key, ThreadId(number));
        }
        let order: Vec<_> = std::iter::from_fn(|| sorted.pop()).collect();
        assert_eq!(
            order,
            [(3, ThreadId(2)), (3, ThreadId(4)), (5, ThreadId(1))]
        );
    }

    #[test]
    fn a_new_key_moves_who_is_here_and_brings_nobody_in() {
        let mut sorted = Sorted::default();
        sorted.insert(5, ThreadId(1));
        sorted.insert(3, ThreadId(2));
        sorted.rekey(1, ThreadId(1));
        sorted.rekey(0, ThreadId(9));
        let order: Vec<_> = std::iter::from_fn(|| sorted.pop()).collect();
        assert_eq!(order, [(1, ThreadId(1)), (3, ThreadId(2))]);
        assert!(sorted.is_empty());
    }
}
