//! Numbers of objects: what the trace calls them, and how a search knows them.
//!
//! Invariants: (1) an object has one number in each run that meets it, from 1 in the
//! order of creation; one that was made outside is numbered when it is met first;
//! (2) under a conductor it also has a *birth*, which does not depend on who was first:
//! the thread that made it, and how many that had made before.
//!
//! Mirror: none; tasks number their objects in one order.

use crate::control::{Control, current};
use crate::run::{Counts, Run};
use crate::trace::Kind;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// The number of an object in the trace, from 1 in the order of creation in its
/// run. An object that was made outside gets one when a run first meets it.
#[derive(Debug)]
pub(crate) struct Number {
    /// The run's number plus 1, and the object's, as halves; 0 before the first.
    packed: AtomicU64,
    /// Under a conductor, who made it: see [`Number::birth`]. 0 elsewhere.
    birth: u64,
}

/// An object that is made now.
impl Default for Number {
    fn default() -> Number {
        let maker = current().and_then(|thread| Some((thread.run.conductor.clone()?, thread)));
        Number {
            packed: AtomicU64::new(0),
            birth: maker.map_or(0, |(conductor, thread)| {
                let made = u64::from(conductor.birth(&thread)) & 0xFF_FFFF;
                ((u64::from(thread.run.number) + 1) << 32) | (u64::from(thread.id.0) << 24) | made
            }),
        }
    }
}

impl Number {
    /// The object's number in `run`, and whether it was drawn only now.
    pub(crate) fn get(&self, run: &Run, counter: impl Fn(&Counts) -> &AtomicU32) -> (u32, bool) {
        let run_half = u64::from(run.number) + 1;
        let known = self.packed.load(Ordering::Relaxed);
        if known >> 32 == run_half {
            return (low_half(known), false);
        }
        let drawn = counter(&run.counts).fetch_add(1, Ordering::Relaxed) + 1;
        let packed = run_half << 32 | u64::from(drawn);
        match self
            .packed
            .compare_exchange(known, packed, Ordering::Relaxed, Ordering::Relaxed)
        {
            Ok(_) => (drawn, true),
            Err(other) => (low_half(other), false), // another thread met it first
        }
    }

    /// The number in the run of `thread`, of an object of this kind.
    pub(crate) fn of(&self, kind: Kind, thread: &Control) -> u32 {
        self.get(&thread.run, |counts| match kind {
            Kind::Mutex => &counts.mutexes,
            Kind::RwLock => &counts.rwlocks,
            Kind::Semaphore => &counts.semaphores,
            Kind::Condvar => &counts.condvars,
            Kind::Barrier => &counts.barriers,
            Kind::Once => &counts.onces,
            Kind::Channel => &counts.channels,
            Kind::Shared => &counts.shareds,
            Kind::Thread | Kind::Unpark => &counts.threads,
        })
        .0
    }

    /// By which thread of run number `run` it was made, and as its so manyth object;
    /// None if it was made elsewhere.
    pub(crate) fn birth(&self, run: u32) -> Option<(u32, u32)> {
        let is_of_run = self.birth >> 32 == u64::from(run) + 1;
        let half = low_half(self.birth);
        is_of_run.then_some((half >> 24, half & 0xFF_FFFF))
    }

    /// The number in the run that met the object last; 0 if none has.
    pub(crate) fn latest(&self) -> u32 {
        low_half(self.packed.load(Ordering::Relaxed))
    }
}

/// The lower 32 bits.
fn low_half(packed: u64) -> u32 {
    u32::try_from(packed & u64::from(u32::MAX)).expect("32 bits are left")
}
