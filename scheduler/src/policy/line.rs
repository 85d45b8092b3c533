//! Runnable threads in a line: who came first is at the head.
//!
//! What the policies that look at nothing but the order have in common.
//!
//! Invariants: (1) taking from the head for a CPU passes over those that may not
//! run there, and leaves them where they are; (2) so while nobody is bound to a
//! CPU it is a plain queue, at the cost of one.
//!
//! Book: chapter 2. Mirror: `runtime::ready_queue`.

use super::{Attributes, CpuId, ThreadId};
use std::collections::VecDeque;

/// Runnable threads in the order of their places.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    /// The threads, each with the only CPU that it may run on.
    threads: VecDeque<(ThreadId, Option<CpuId>)>,
}

impl Line {
    /// To the tail.
    pub(super) fn push_back(&mut self, thread: &Attributes) {
        self.threads.push_back((thread.id, thread.affinity));
    }

    /// To the head.
    pub(super) fn push_front(&mut self, thread: &Attributes) {
        self.threads.push_front((thread.id, thread.affinity));
    }

    /// Behind the head, or to the head of an empty line.
    pub(super) fn push_second(&mut self, thread: &Attributes) {
        let second = self.threads.len().min(1);
        self.threads.insert(second, (thread.id, thread.affinity));
    }

    /// Takes out the first that may run on `cpu` (1).
    pub(super) fn pop_front(&mut self, cpu: CpuId) -> Option<ThreadId> {
        let may_run = |(_, only): &(ThreadId, Option<CpuId>)| only.is_none_or(|only| only == cpu);
        let taken = if self.threads.front().is_some_and(may_run) {
            self.threads.pop_front() // (2)
        } else {
            let index = self.threads.iter().position(may_run)?;
            self.threads.remove(index)
        };
        taken.map(|(thread, _)| thread)
    }

    /// The head.
    pub(super) fn front(&self) -> Option<ThreadId> {
        self.threads.front().map(|(thread, _)| *thread)
    }

    /// Everybody of `other`, in order, to the tail.
    pub(super) fn append(&mut self, other: &mut Line) {
        self.threads.append(&mut other.threads);
    }

    /// The threads, the head first.
    pub(super) fn threads(&self) -> impl Iterator<Item = ThreadId> {
        self.threads.iter().map(|(thread, _)| *thread)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{bound, thread};
    use super::*;

    #[test]
    fn who_may_not_run_there_is_passed_over_and_keeps_its_place() {
        let mut line = Line::default();
        line.push_back(&bound(1, 1));
        line.push_back(&thread(2));
        line.push_back(&bound(3, 1));
        line.push_front(&bound(4, 0));
        line.push_second(&thread(5));
        assert_eq!(line.front(), Some(ThreadId(4)));
        let mut pop = |cpu| line.pop_front(CpuId(cpu)).map(|id| id.0);
        assert_eq!(pop(1), Some(5));
        assert_eq!(pop(1), Some(1));
        assert_eq!(pop(0), Some(4));
        assert_eq!(pop(0), Some(2));
        assert_eq!(pop(0), None);
        assert_eq!(pop(1), Some(3));
        assert_eq!(pop(1), None);
    }
}
