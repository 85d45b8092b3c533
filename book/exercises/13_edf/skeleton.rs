//! Earliest deadline first: whose work must be done soonest runs.
//!
//! The task is in `README.md` beside this file. To see what works so far:
//! `cargo run -- exercise check edf`.

use scheduler::policy::{Attributes, CpuId, Pick, Policy, Ready, StopReason};
use scheduler::time::Time;
use std::time::Duration;

/// Runs the thread whose deadline comes first.
#[derive(Debug)]
pub(crate) struct Edf {
    // The runnable threads must be kept somewhere.
}

impl Edf {
    /// Nobody is runnable yet.
    pub(crate) fn new() -> Edf {
        Edf {}
    }
}

impl Policy for Edf {
    /// `thread` can run from now on: store it.
    fn ready(&mut self, thread: &Attributes, _why: Ready, _now: Time) {
        let _: Option<Time> = thread.deadline; // an instant; None: it has no hurry
    }

    /// A CPU is free: take out whose deadline comes first.
    fn pick(&mut self, _cpu: CpuId, _now: Time) -> Option<Pick> {
        None
    }

    /// `thread` left its CPU. If it can still run, store it again.
    fn stopped(&mut self, _thread: &Attributes, _ran: Duration, _why: StopReason, _now: Time) {}

    /// `new` was stored a moment ago, while `current` runs: does it take the CPU?
    fn preempts(&self, _new: &Attributes, _current: &Attributes, _now: Time) -> bool {
        false
    }
}
