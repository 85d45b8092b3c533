//! What a policy may know about a thread: a snapshot of numbers.
//!
//! The driver (the dispatcher, or a simulation) owns the truth and passes a
//! fresh snapshot with every call. A policy copies what it needs, usually the
//! [`ThreadId`] alone.
//!
//! Invariants: (1) nothing here is a handle: a policy can neither run nor stop
//! a thread, it can only answer. (2) `id` and `arrival` never change; any other
//! change is told by `Policy::changed`, save what `ready` and `stopped` bring
//! with them: `cpu_time`, what is left of `burst`, the next `deadline`.
//!
//! Book: chapter 2.

use crate::time::Time;
use std::fmt;
use std::time::Duration;

/// A thread's number: 0 is the code that called `run`, the others count from 1
/// in the order of spawning and are never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ThreadId(pub u32);

impl fmt::Display for ThreadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A virtual CPU's number, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CpuId(pub u32);

impl fmt::Display for CpuId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A snapshot of one thread, as the driver knows it now.
///
/// Policies read it. Tests and drivers of your own make one with
/// [`Attributes::new`] and set the fields that matter.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attributes {
    /// Which thread.
    pub id: ThreadId,
    /// When it was spawned.
    pub arrival: Time,
    /// CPU time that it has had so far, the stay that ends now included.
    pub cpu_time: Duration,
    /// How long it will run before it next blocks or finishes, declared or
    /// predicted. None in a program that nobody can foresee, which is most.
    pub burst: Option<Duration>,
    /// Its importance; the larger number runs first. 0 unless set. What is lent
    /// to it is in it: see [`Mutex::inheriting`](crate::sync::Mutex::inheriting).
    pub priority: i32,
    /// Its share of the CPU in relation to others': tickets in a lottery,
    /// weight in a fair policy. 1 unless set.
    pub weight: u32,
    /// How often it must do its work, for periodic threads.
    pub period: Option<Duration>,
    /// By when its present work must be done, for threads that have a deadline.
    pub deadline: Option<Time>,
    /// The only CPU that it may run on; None where any will do.
    pub affinity: Option<CpuId>,
}

impl Attributes {
    /// Whether it may run on `cpu`.
    pub fn may_run_on(&self, cpu: CpuId) -> bool {
        self.affinity.is_none_or(|only| only == cpu)
    }

    /// A thread that arrived at `arrival`, has not run yet, and is as ordinary
    /// as can be.
    pub const fn new(id: ThreadId, arrival: Time) -> Attributes {
        Attributes {
            id,
            arrival,
            cpu_time: Duration::ZERO,
            burst: None,
            priority: 0,
            weight: 1,
            period: None,
            deadline: None,
            affinity: None,
        }
    }
}
