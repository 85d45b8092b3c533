//! Lottery: who holds more tickets wins more often.
//!
//! The task is in `README.md` beside this file. To see what works so far:
//! `cargo run -- exercise check lottery`.

use scheduler::policy::{Attributes, CpuId, Pick, Policy, Ready, SplitMix64, StopReason};
use scheduler::time::Time;
use std::time::Duration;

/// Draws lots for each quantum.
#[derive(Debug)]
pub(crate) struct Lottery {
    /// How long a winner may run.
    quantum: Duration,
    /// The random numbers: `self.numbers.next()` is the next one, and never None.
    numbers: SplitMix64,
    // The runnable threads must be kept somewhere, with their tickets.
}

impl Lottery {
    /// A lottery without threads, whose draws depend on `seed` alone.
    pub(crate) fn new(quantum: Duration, seed: u64) -> Lottery {
        Lottery {
            quantum,
            numbers: SplitMix64::new(seed),
        }
    }
}

impl Policy for Lottery {
    /// `thread` can run from now on: its tickets take part.
    fn ready(&mut self, thread: &Attributes, _why: Ready, _now: Time) {
        let _: u32 = thread.weight; // how many tickets it holds
    }

    /// A CPU is free: draw a ticket, take its holder out, and give it a quantum.
    fn pick(&mut self, _cpu: CpuId, _now: Time) -> Option<Pick> {
        let _: &mut SplitMix64 = &mut self.numbers; // what to draw with
        None
    }

    /// `thread` left its CPU: if it can still run, its tickets take part again.
    fn stopped(&mut self, _thread: &Attributes, _ran: Duration, _why: StopReason, _now: Time) {}

    /// What the trace says of this policy; finished already.
    fn quantum(&self) -> Option<Duration> {
        Some(self.quantum)
    }
}
