//! Multi-level feedback queue: learns from what a thread did how to treat it.
//!
//! The task is in `README.md` beside this file. To see what works so far:
//! `cargo run -- exercise check mlfq`.

use scheduler::policy::{Attributes, CpuId, Pick, Policy, Ready, StopReason, ThreadId};
use scheduler::time::Time;
use std::time::Duration;

/// Runs the highest level's threads in turn, and lowers who computes for long.
#[derive(Debug)]
pub(crate) struct Mlfq {
    /// The quantum of the highest level.
    quantum: Duration,
    /// How often everybody rises to the highest level.
    boost_every: Duration,
    // The runnable threads must be kept somewhere, level by level; and for each
    // thread, runnable or not, its level and what it has used there.
}

impl Mlfq {
    /// A policy that stores no thread yet.
    pub(crate) fn new(quantum: Duration, boost_every: Duration) -> Mlfq {
        Mlfq {
            quantum,
            boost_every,
        }
    }
}

impl Policy for Mlfq {
    /// `thread` can run from now on: store it, at its level.
    fn ready(&mut self, thread: &Attributes, _why: Ready, _now: Time) {
        let _: ThreadId = thread.id; // what to store
    }

    /// A CPU is free: take the thread out that runs next, and give it what is
    /// left of its quantum.
    fn pick(&mut self, _cpu: CpuId, _now: Time) -> Option<Pick> {
        None
    }

    /// `thread` left its CPU after it `ran` for so long: charge it, and if it can
    /// still run, store it again.
    fn stopped(&mut self, _thread: &Attributes, _ran: Duration, _why: StopReason, _now: Time) {}

    /// `new` was stored a moment ago, while `current` runs: does it take the CPU?
    fn preempts(&self, _new: &Attributes, _current: &Attributes, _now: Time) -> bool {
        false
    }

    /// When `timer` must be called next.
    fn next_timer(&self, _now: Time) -> Option<Time> {
        let _: Duration = self.boost_every; // how often
        None
    }

    /// The time has come: everybody rises.
    fn timer(&mut self, _now: Time) {}

    /// What the trace says of this policy; finished already.
    fn quantum(&self) -> Option<Duration> {
        Some(self.quantum)
    }
}
