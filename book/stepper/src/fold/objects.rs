//! The objects that units use: timers, sources, channels, locks, variables, and
//! the calls that a pool of threads runs for them.

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

/// A channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Channel {
    /// How many values are inside.
    pub len: u64,
    /// How many fit; `None`: as many as there is memory for.
    pub cap: Option<u64>,
    /// The values inside, oldest first, as far as the records named them.
    pub values: Vec<Arc<str>>,
    /// How often `closed` was said of it.
    pub closed: u32,
}

impl Channel {
    /// How full it is: `2 of 3`; `2` where any number fits.
    pub fn fill(&self) -> String {
        match self.cap {
            Some(cap) => format!("{} of {cap}", self.len),
            None => self.len.to_string(),
        }
    }
}

/// How a lock is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// By one alone: a mutex, or a lock for reading and writing that is written.
    Write,
    /// Together with other readers.
    Read,
}

impl How {
    /// `reading` or `writing`.
    pub const fn verb(self) -> &'static str {
        match self {
            Self::Write => "writing",
            Self::Read => "reading",
        }
    }
}

/// Whoever holds a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Who.
    pub unit: UnitId,
    /// How.
    pub how: How,
    /// Where it was locked.
    pub at: Option<PlaceId>,
}

/// A mutex, or a lock for one writer or several readers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    /// Who holds it, longest first: one, unless all of them read.
    pub holders: Vec<Holder>,
}

impl Lock {
    /// Who holds it alone, or holds it longest.
    pub fn owner(&self) -> Option<UnitId> {
        Some(self.holders.first()?.unit)
    }
}

/// A semaphore.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Semaphore {
    /// How many permits can be had now.
    pub left: u64,
    /// Who has taken how many permits and not given them back, longest first.
    pub held: Vec<(UnitId, u64)>,
}

/// Something to be notified of: a condition variable, too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notify {
    /// How often somebody has notified.
    pub times: u64,
}

/// A barrier.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Barrier {
    /// How many have arrived since it opened last.
    pub count: u64,
    /// How many it takes to open it.
    pub of: u64,
    /// How often it has opened.
    pub opened: u64,
}

/// A call that blocks, handed to the pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Who handed it over.
    pub unit: Option<UnitId>,
    /// How far it is.
    pub state: JobState,
}

/// How far a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// It waits for a thread of the pool.
    Queued,
    /// A thread of the pool runs it.
    Running {
        /// The thread's number in the pool, or 0 if the record names none.
        thread: u32,
    },
    /// It went to a worker process, and waits there.
    Sent {
        /// The worker's number.
        worker: u32,
    },
    /// A worker process says that it has begun.
    Begun {
        /// The worker's number.
        worker: u32,
    },
    /// It is over.
    Over,
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
