//! Numbers: how the trace, the dump and handles tell things apart.
//!
//! Invariant: they are given in the order of creation, each kind from 1, and
//! never again, unlike the keys of the slabs.

use crate::state::LoopState;
use crate::sync::Kind;
use std::cell::Cell;
use std::fmt;

/// A task's number: 0 is `block_on`'s own future, others count from 1.
///
/// Numbers are never used twice in one loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(u64);

impl TaskId {
    /// The task of this number.
    pub(crate) fn new(number: u64) -> Self {
        TaskId(number)
    }

    /// The number alone.
    pub(crate) fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The last number given to each kind, 0 before the first.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    /// Tasks. Task 0 is not among them: it is the first `block_on`'s future.
    pub(crate) tasks: Cell<u64>,
    /// Timers.
    pub(crate) timers: Cell<u64>,
    /// Sources.
    pub(crate) sources: Cell<u64>,
    /// What tasks synchronize by, each kind at its own index.
    pub(crate) objects: [Cell<u64>; Kind::COUNT],
    /// Jobs of the pool for blocking calls.
    pub(crate) jobs: Cell<u64>,
}

impl Numbers {
    /// The next number of a kind.
    pub(crate) fn next(counter: &Cell<u64>) -> u64 {
        counter.set(counter.get() + 1);
        counter.get()
    }
}

impl LoopState {
    /// The number of the poll that the running task is in, which no other poll
    /// has, not even one of another loop; 0 outside of any task.
    #[inline]
    pub(crate) fn running_poll(&self) -> u64 {
        match self.running_task() {
            Some(_) => self.poll_number(self.polls.get()),
            None => 0,
        }
    }

    /// The number of this loop's `poll`th poll among those of all loops.
    ///
    /// So of two loops that use the same object each finds its own waiters there.
    /// careful: it holds for 65,536 loops of 2^48 polls; beyond that a dump may
    /// show a wait that is another loop's.
    #[inline]
    pub(crate) fn poll_number(&self, poll: u64) -> u64 {
        poll ^ (self.number << 48)
    }
}
