//! Runnable threads in the order of a key: who has the smallest is first.
//!
//! Many policies differ in nothing but the number by which they sort: a burst, a
//! deadline, a period, a pass. What they have in common is here.
//!
//! Invariants: (1) a thread is in it at most once; (2) of equal keys the thread
//! with the lower number is first; (3) taking the first for a CPU passes over
//! those that may not run there. Costs: O(log threads), [`Sorted::rekey`] and
//! each thread that is passed over O(threads).
//!
//! Book: chapter 15.

use super::{Attributes, CpuId, ThreadId};
use std::collections::BTreeMap;

/// Runnable threads, sorted.
#[derive(Debug)]
pub(super) struct Sorted<K> {
    /// The threads, each behind its key, with the only CPU that it may run on.
    threads: BTreeMap<(K, ThreadId), Option<CpuId>>,
}

impl<K> Default for Sorted<K> {
    fn default() -> Sorted<K> {
        Sorted {
            threads: BTreeMap::new(),
        }
    }
}

impl<K: Ord + Copy> Sorted<K> {
    /// Puts `thread` where `key` says.
    pub(super) fn insert(&mut self, key: K, thread: &Attributes) {
        self.threads.insert((key, thread.id), thread.affinity);
    }

    /// Takes out the first that may run on `cpu`, with its key (3).
    pub(super) fn pop(&mut self, cpu: CpuId) -> Option<(K, ThreadId)> {
        let may_run = |only: Option<CpuId>| only.is_none_or(|only| only == cpu);
        let first = self.threads.first_entry()?;
        if may_run(*first.get()) {
            return Some(first.remove_entry().0);
        }
        let found = self.threads.iter().find(|(_, only)| may_run(**only));
        let key = *found?.0;
        self.threads.remove(&key);
        Some(key)
    }

    /// Puts `thread` where its new key says, if it is here at all.
    pub(super) fn rekey(&mut self, key: K, thread: &Attributes) {
        let old = self
            .threads
            .keys()
            .find(|(_, id)| *id == thread.id)
            .copied();
        if let Some(old) = old {
            self.threads.remove(&old); // invariant 1
            self.insert(key, thread);
        }
    }

    /// Everybody with its key, the first first.
    pub(super) fn iter(&self) -> impl Iterator<Item = (K, ThreadId)> {
        self.threads.keys().copied()
    }

    /// Whether nobody is here.
    pub(super) fn is_empty(&self) -> bool {
        self.threads.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bound, thread};
    use super::*;

    #[test]
    fn the_smallest_key_is_first_and_of_equals_the_lower_number() {
        let mut sorted = Sorted::default();
        for (key, number) in [(5, 1), (3, 4), (3, 2)] {
            sorted.insert(key, &thread(number));
        }
        let order: Vec<_> = std::iter::from_fn(|| sorted.pop(CpuId(0))).collect();
        assert_eq!(
            order,
            [(3, ThreadId(2)), (3, ThreadId(4)), (5, ThreadId(1))]
        );
    }

    #[test]
    fn a_new_key_moves_who_is_here_and_brings_nobody_in() {
        let mut sorted = Sorted::default();
        sorted.insert(5, &thread(1));
        sorted.insert(3, &thread(2));
        sorted.rekey(1, &thread(1));
        sorted.rekey(0, &thread(9));
        let order: Vec<_> = std::iter::from_fn(|| sorted.pop(CpuId(0))).collect();
        assert_eq!(order, [(1, ThreadId(1)), (3, ThreadId(2))]);
        assert!(sorted.is_empty());
    }

    #[test]
    fn who_may_not_run_there_is_passed_over() {
        let mut sorted = Sorted::default();
        for (key, thread) in [(1, bound(1, 1)), (2, bound(2, 1)), (3, thread(3))] {
            sorted.insert(key, &thread);
        }
        assert_eq!(sorted.pop(CpuId(0)), Some((3, ThreadId(3))));
        assert_eq!(sorted.pop(CpuId(0)), None);
        assert_eq!(sorted.pop(CpuId(1)), Some((1, ThreadId(1))));
        assert!(!sorted.is_empty());
    }
}
