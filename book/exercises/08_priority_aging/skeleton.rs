//! Priority with aging: the most important thread runs, and whoever waits
//! becomes more important.
//!
//! The task is in `README.md` beside this file. To see what works so far:
//! `cargo run -- exercise check priority_aging`.

use scheduler::policy::{Attributes, CpuId, Pick, Policy, Ready, StopReason};
use scheduler::time::Time;
use std::time::Duration;

/// Runs the thread with the highest priority, which rises while it waits.
#[derive(Debug)]
pub(crate) struct PriorityAging {
    /// How long a thread may run before its equals get their turn.
    quantum: Duration,
    /// How often waiting threads rise.
    interval: Duration,
    // The threads that wait for a CPU must be kept somewhere, each with the
    // priority that it has by now.
}

impl PriorityAging {
    /// A policy that stores no thread yet.
    pub(crate) fn new(quantum: Duration, interval: Duration) -> PriorityAging {
        PriorityAging { quantum, interval }
    }
}

impl Policy for PriorityAging {
    /// `thread` can run from now on: store it.
    fn ready(&mut self, thread: &Attributes, _why: Ready, _now: Time) {
        let _: i32 = thread.priority; // its own priority; the larger is the higher
    }

    /// A CPU is free: take the thread out that runs next, and give it a quantum.
    fn pick(&mut self, _cpu: CpuId, _now: Time) -> Option<Pick> {
        None
    }

    /// `thread` left its CPU: if it can still run, store it again.
    fn stopped(&mut self, _thread: &Attributes, _ran: Duration, _why: StopReason, _now: Time) {}

    /// `new` was stored a moment ago, while `current` runs: does it take the CPU?
    fn preempts(&self, _new: &Attributes, _current: &Attributes, _now: Time) -> bool {
        false
    }

    /// When `timer` must be called next; None, while there is no need to.
    fn next_timer(&self, _now: Time) -> Option<Time> {
        let _: Duration = self.interval; // how often
        None
    }

    /// The time has come: raise those who wait.
    fn timer(&mut self, _now: Time) {}

    /// What the trace says of this policy; finished already.
    fn quantum(&self) -> Option<Duration> {
        Some(self.quantum)
    }
}
