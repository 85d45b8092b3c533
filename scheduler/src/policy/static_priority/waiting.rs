//! Threads that wait, by their level, and among equals by their place.
//!
//! The numbers of the rules are those of the module above.
//!
//! Invariant: places at the head are below all that were given out, places at the
//! tail above.
//!
//! Book: chapter 15.

use crate::policy::sorted::Sorted;
use crate::policy::{Attributes, CpuId, Queue, ThreadId};
use std::cmp::Reverse;

/// The runnable threads.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// By level, the highest first, then by place.
    threads: Sorted<(Reverse<i64>, i64)>,
    /// The place that was given out last at the head.
    head: i64,
    /// The place that was given out last at the tail.
    tail: i64,
}

impl Waiting {
    /// Behind the others of `level` (rule 2).
    pub(super) fn push_back(&mut self, level: i64, thread: &Attributes) {
        self.tail += 1;
        self.threads.insert((Reverse(level), self.tail), thread);
    }

    /// Before the others of `level` (rule 2).
    pub(super) fn push_front(&mut self, level: i64, thread: &Attributes) {
        self.head -= 1;
        self.threads.insert((Reverse(level), self.head), thread);
    }

    /// Behind the others of its new level, if `thread` waits at all.
    pub(super) fn change(&mut self, level: i64, thread: &Attributes) {
        self.tail += 1;
        self.threads.rekey((Reverse(level), self.tail), thread);
    }

    /// Takes out the first of the highest level that may run on `cpu` (rule 1).
    pub(super) fn pop(&mut self, cpu: CpuId) -> Option<ThreadId> {
        self.threads.pop(cpu).map(|(_, thread)| thread)
    }

    /// Whether nobody waits.
    pub(super) fn is_empty(&self) -> bool {
        self.threads.is_empty()
    }

    /// Everybody with its level, as a picture.
    pub(super) fn shown(&self) -> Queue {
        let by_level = |((Reverse(level), _), id)| (id, format!("level {level}"));
        Queue::only(self.threads.iter().map(by_level))
    }
}
