//! What is done to an atomic, and what comes of it.
//!
//! "The one order" is that of rule 4 of [memory](super).
//!
//! Book: chapter 21. Mirror: none.

use std::sync::atomic::Ordering;

/// An access of an atomic, as the announcing thread knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Atomic {
    /// What is done.
    pub(crate) deed: Deed,
    /// What the atomic was worth before its first access.
    pub(crate) initial: u64,
}

/// What is done to an atomic. Values are bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// It is read.
    Load(Ordering),
    /// This is written.
    Store(u64, Ordering),
    /// It is read, and something else written.
    Update(Ordering),
    /// The same, if it is worth `expected`; else it is read with the second ordering.
    Exchange(u64, Ordering, Ordering),
    /// The thread's own accesses are ordered.
    Fence(Ordering),
}

/// What came of an access.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// What a load has read, in bits.
    pub(crate) value: u64,
    /// The so manyth store, of those done until now, has written it; 0 is none.
    pub(crate) from: u32,
    /// How many stores are newer than the one that was read, or written.
    pub(crate) newer: u32,
}

/// Whether a read with this ordering comes after the releasing write that it sees.
pub(super) fn acquires(ordering: Ordering) -> bool {
    !matches!(ordering, Ordering::Relaxed | Ordering::Release)
}

/// Whether a write with this ordering comes before the acquiring read that sees it.
pub(super) fn releases(ordering: Ordering) -> bool {
    !matches!(ordering, Ordering::Relaxed | Ordering::Acquire)
}

impl Deed {
    /// Whether it is in the one order.
    pub(in crate::explore) fn is_ranked(self) -> bool {
        let (Deed::Load(how)
        | Deed::Store(_, how)
        | Deed::Update(how)
        | Deed::Fence(how)
        | Deed::Exchange(_, how, _)) = self;
        // An exchange that may fail with that ordering, too: then the fence's rules are
        // followed by it either way, which orders more dependence, and no more memory.
        let or_fails = matches!(self, Deed::Exchange(_, _, Ordering::SeqCst));
        how == Ordering::SeqCst || or_fails
    }
}
