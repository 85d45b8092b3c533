//! The objects that units use: timers, sources, channels, mutexes, variables.

use std::sync::Arc;

use super::UnitId;
use crate::trace::PlaceId;

/// A timer that has been armed and is neither fired nor dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timer {
    /// When it is due (ns).
    pub deadline: u64,
    /// Whom it will wake.
    pub unit: Option<UnitId>,
    /// The step that armed it.
    pub armed: usize,
}

/// A source of readiness that the OS has been asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// `listener`, `stream`, ..
    pub kind: Arc<str>,
    /// What is asked: `readable`, `writable`, or both.
    pub interest: Arc<str>,
    /// Its own address, if it has one.
    pub local: Option<Arc<str>>,
    /// The other end's address, if it has one.
    pub peer: Option<Arc<str>>,
    /// Bytes taken from it and given to it, so far.
    pub transferred: u64,
    /// What the OS answered last: readable, writable, closed.
    pub readiness: [bool; 3],
}

/// A bounded channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Channel {
    /// How many values are inside.
    pub len: u64,
    /// How many fit.
    pub cap: u64,
    /// The values inside, oldest first, as far as the records named them.
    pub values: Vec<Arc<str>>,
    /// How often `closed` was said of it.
    pub closed: u32,
}

/// A mutex.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mutex {
    /// Who holds it.
    pub owner: Option<UnitId>,
    /// Where it was locked.
    pub at: Option<PlaceId>,
    /// Who waits for it, longest first.
    pub waiters: Vec<UnitId>,
}

/// A variable that is meant to be raced on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// Its name.
    pub name: Arc<str>,
    /// The value that was last read or written.
    pub value: Arc<str>,
    /// How often it has been written.
    pub stores: u64,
    /// Who wrote it last.
    pub writer: Option<UnitId>,
}
