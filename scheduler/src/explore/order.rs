//! What happens before what, and the data races that follow.
//!
//! Every thread has a vector clock: how many steps of each thread are known to come
//! before its next one. Synchronization hands clocks on: who unlocks leaves its
//! clock with the mutex, who locks takes it. Two accesses of a shared variable, one
//! of them a store, of which neither is known to come before the other are a race.
//!
//! Source: F. Mattern, "Virtual Time and Global States of Distributed Systems",
//! 1989; C. Flanagan and S. N. Freund, "`FastTrack`: Efficient and Precise Dynamic
//! Race Detection", PLDI 2009, whose epochs these are. As rules:
//!
//! 1. a step of a thread comes before its later ones;
//! 2. to spawn comes before all that the thread does, and that before a join;
//! 3. to give (unlock, release, send, notify, unpark) comes before the taking that
//!    follows on the same object;
//! 4. an access races with the last store, and a store with every load since it,
//!    unless that is known to come before.
//!
//! Invariants: (1) an access of a variable orders nothing; (2) of the loads since
//! the last store, each thread's latest is kept.
//!
//! Left out: what atomics order, which depends on the store that was read: see
//! [`memory`](super::memory).
//!
//! Book: chapter 18.

use super::operation::{Access, Op};
use crate::place::Place;
use std::collections::HashMap;

/// How many steps of each thread come before.
pub(super) type Clock = Vec<u32>;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Order {
    /// What each thread knows, its own steps included.
    threads: Vec<Clock>,
    /// What was left with each object, by name.
    objects: HashMap<u32, Clock>,
    /// What is known of each shared variable, by name.
    variables: HashMap<u32, Variable>,
}

/// The accesses of a variable that can still race.
#[derive(Debug, Default)]
struct Variable {
    /// The last store.
    store: Option<Touch>,
    /// The loads since then, one for each thread.
    loads: Vec<Touch>,
}

/// One access: who, its so manyth step, and at which line.
#[derive(Clone, Copy, Debug)]
struct Touch {
    /// Who.
    thread: u32,
    /// Its so manyth step.
    step: u32,
    /// At which line.
    at: Place,
}

/// Two accesses of a shared variable that nothing orders, one of which stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Race {
    /// Who came first, in this execution.
    pub(crate) first: u32,
    /// Where.
    pub(crate) first_at: Place,
    /// Where the second stands.
    pub(crate) second_at: Place,
}

impl Order {
    /// A new execution.
    pub(crate) fn reset(&mut self) {
        self.threads.clear();
        self.objects.clear();
        self.variables.clear();
    }

    /// What `thread` knows, to be read.
    pub(super) fn known(&self, thread: u32) -> &[u32] {
        self.threads.get(thread as usize).map_or(&[], Vec::as_slice)
    }

    /// The clock of `thread`.
    pub(super) fn of(&mut self, thread: u32) -> &mut Clock {
        let index = thread as usize;
        if self.threads.len() <= index {
            self.threads.resize_with(index + 1, Clock::new);
        }
        &mut self.threads[index]
    }

    /// `parent` starts `child`, or wakes it: what it has done comes before (2).
    pub(crate) fn spawned(&mut self, parent: u32, child: u32) {
        let known = self.of(parent).clone();
        join(self.of(child), &known);
    }

    /// `thread` does `op` at line `at`. The race that this is, if it is one.
    pub(crate) fn step(&mut self, thread: u32, op: Op, at: Option<Place>) -> Option<Race> {
        let step = {
            let clock = self.of(thread);
            *entry(clock, thread) += 1; // (1)
            clock[thread as usize]
        };
        if op.object == 0 {
            return None;
        }
        if matches!(op.access, Access::Load | Access::Store) {
            let now = Touch {
                thread,
                step,
                at: at?,
            };
            return self.access(op, now);
        }
        let (takes, gives) = directions(op.access);
        if takes && let Some(left) = self.objects.get(&op.object) {
            let left = left.clone();
            join(self.of(thread), &left); // rule 3
        }
        if gives {
            let known = self.of(thread).clone();
            join(self.objects.entry(op.object).or_default(), &known);
        }
        None
    }

    /// The access `now`, which is `op`: rule 4.
    fn access(&mut self, op: Op, now: Touch) -> Option<Race> {
        let clock = std::mem::take(self.of(now.thread));
        let is_known = |before: &Touch| {
            let known = clock.get(before.thread as usize).copied();
            known.unwrap_or(0) >= before.step
        };
        let variable = self.variables.entry(op.object).or_default();
        let stores = op.access == Access::Store;
        let loads = variable.loads.iter().filter(|_| stores);
        let rivals = variable.store.iter().chain(loads);
        let rival = rivals.copied().find(|before| !is_known(before));
        if stores {
            variable.store = Some(now);
            variable.loads.clear();
        } else {
            variable.loads.retain(|load| load.thread != now.thread);
            variable.loads.push(now); // invariant (2)
        }
        *self.of(now.thread) = clock;
        rival.map(|first| Race {
            first: first.thread,
            first_at: first.at,
            second_at: now.at,
        })
    }
}

/// Whether an operation takes what was left with its object, and leaves there what
/// its thread knows.
fn directions(access: Access) -> (bool, bool) {
    match access {
        Access::Lock
        | Access::TryLock
        | Access::Enter
        | Access::Share
        | Access::Acquire
        | Access::Fetch
        | Access::Take
        | Access::TakeOrLate
        | Access::Receive(_)
        | Access::TryReceive
        | Access::Join
        | Access::Park => (true, false),
        Access::Unlock
        | Access::Release
        | Access::Close
        | Access::DropSender
        | Access::DropReceiver
        | Access::Notify
        | Access::NotifyAll
        | Access::Send(_)
        | Access::TrySend(_)
        | Access::Unpark
        | Access::Finish => (false, true),
        Access::Arrive | Access::Await | Access::ResumeOrLate => (true, true),
        _ => (false, false),
    }
}

/// `clock`'s entry of `thread`.
fn entry(clock: &mut Clock, thread: u32) -> &mut u32 {
    let index = thread as usize;
    if clock.len() <= index {
        clock.resize(index + 1, 0);
    }
    &mut clock[index]
}

/// `clock` knows from now on what `other` does.
pub(super) fn join(clock: &mut Clock, other: &Clock) {
    if clock.len() < other.len() {
        clock.resize(other.len(), 0);
    }
    for (known, &more) in clock.iter_mut().zip(other) {
        *known = (*known).max(more);
    }
}
