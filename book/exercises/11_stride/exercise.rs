//! Stride: the shares of a lottery without the luck.
//!
//! The task is in `README.md` beside this file. To see what works so far:
//! `cargo run -- exercise check stride`.

use scheduler::policy::{Attributes, CpuId, Pick, Policy, Ready, StopReason};
use scheduler::time::Time;
use std::time::Duration;

/// How far a thread with one ticket comes in a nanosecond. It is a multiple of
/// all numbers of tickets that people use, so nothing is lost to rounding.
const STRIDE_1: u128 = 63_000_000;

/// Runs the thread that has come least far.
#[derive(Debug)]
pub(crate) struct Stride {
    /// How long a thread may run at a time.
    quantum: Duration,
    // The runnable threads must be kept somewhere; and for each thread, runnable
    // or blocked, how far it has come.
}

impl Stride {
    /// Nobody has come anywhere yet.
    pub(crate) fn new(quantum: Duration) -> Stride {
        Stride { quantum }
    }
}

impl Policy for Stride {
    /// `thread` can run from now on: store it.
    fn ready(&mut self, thread: &Attributes, _why: Ready, _now: Time) {
        let _stride = STRIDE_1 / u128::from(thread.weight); // weight: its tickets
    }

    /// A CPU is free: take out who has come least far, and give it a quantum.
    fn pick(&mut self, _cpu: CpuId, _now: Time) -> Option<Pick> {
        None
    }

    /// `thread` left its CPU after it `ran` for so long: it has come further. If
    /// it can still run, store it again.
    fn stopped(&mut self, _thread: &Attributes, ran: Duration, _why: StopReason, _now: Time) {
        let _: u128 = ran.as_nanos();
    }

    /// What the trace says of this policy; finished already.
    fn quantum(&self) -> Option<Duration> {
        Some(self.quantum)
    }
}
