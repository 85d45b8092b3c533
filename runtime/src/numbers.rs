//! Numbers: how the trace, the dump and handles tell things apart.
//!
//! Invariant: they are given in the order of creation, each kind from 1, and
//! never again, unlike the keys of the slabs.

use crate::state::LoopState;
use crate::sync::Kind;
use std::cell::Cell;

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
    /// A number for this loop's `poll`th poll that no poll of another loop has.
    ///
    /// Of two loops that use the same object each finds its own waiters there.
    /// careful: it holds for 65,536 loops of 2^48 polls; beyond that a dump may
    /// show a wait that is another loop's.
    #[inline]
    pub(crate) fn poll_number(&self, poll: u64) -> u64 {
        poll ^ (self.number << 48)
    }
}
