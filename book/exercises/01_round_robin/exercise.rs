//! Round robin: runnable threads take turns, each for one quantum at most.
//!
//! The task is in `README.md` beside this file. To see what works so far:
//! `cargo run -- exercise check round_robin`.

use scheduler::policy::{Attributes, CpuId, Pick, Policy, Ready, StopReason, ThreadId};
use scheduler::time::Time;
use std::time::Duration;

/// Runs threads in turn, each for one quantum at most.
#[derive(Debug)]
pub(crate) struct RoundRobin {
    /// How long a thread may run before the next one gets the CPU.
    quantum: Duration,
    // The threads that wait for a CPU must be kept somewhere, in order.
}

impl RoundRobin {
    /// A policy that stores no thread yet.
    pub(crate) fn new(quantum: Duration) -> RoundRobin {
        RoundRobin { quantum }
    }
}

impl Policy for RoundRobin {
    /// `thread` can run from now on: store it.
    fn ready(&mut self, thread: &Attributes, _why: Ready, _now: Time) {
        let _: ThreadId = thread.id; // what to store
    }

    /// A CPU is free: take one stored thread out, and give it a quantum.
    fn pick(&mut self, _cpu: CpuId, _now: Time) -> Option<Pick> {
        None
    }

    /// `thread` left its CPU: if it can still run, store it again.
    fn stopped(&mut self, _thread: &Attributes, _ran: Duration, _why: StopReason, _now: Time) {}

    /// What the trace says of this policy; finished already.
    fn quantum(&self) -> Option<Duration> {
        Some(self.quantum)
    }
}
