//! Fair share: everybody's clock goes on alike, the heavy ones' slower.
//!
//! The task is in `README.md` beside this file. To see what works so far:
//! `cargo run -- exercise check fair_share`.

use scheduler::policy::{Attributes, CpuId, Pick, Policy, Ready, StopReason, WEIGHT_OF_NICE_0};
use scheduler::time::Time;
use std::time::Duration;

/// In how many quanta everybody should have run once: the latency.
const QUANTA: u32 = 8;

/// Runs the thread whose clock is furthest behind.
#[derive(Debug)]
pub(crate) struct FairShare {
    /// How long a thread runs at least. Never zero.
    quantum: Duration,
    // The runnable threads must be kept somewhere; for each thread, runnable or
    // not, what its clock shows; and what all who can run weigh together.
}

impl FairShare {
    /// Nobody has run yet.
    pub(crate) fn new(quantum: Duration) -> FairShare {
        FairShare { quantum }
    }
}

/// `duration` times `numerator` over `denominator`, in whole nanoseconds; finished
/// already.
fn scaled(duration: Duration, numerator: u64, denominator: u64) -> Duration {
    let nanos = duration.as_nanos() * u128::from(numerator) / u128::from(denominator);
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

impl Policy for FairShare {
    /// `thread` can run from now on: set its clock, and store it.
    fn ready(&mut self, thread: &Attributes, _why: Ready, _now: Time) {
        // What a thread's clock would show that had no other weight all its life.
        let _ = scaled(
            thread.cpu_time,
            WEIGHT_OF_NICE_0.into(),
            thread.weight.into(),
        );
    }

    /// A CPU is free: take out whose clock is furthest behind, for its share of
    /// the latency.
    fn pick(&mut self, _cpu: CpuId, _now: Time) -> Option<Pick> {
        let _: Duration = self.quantum * QUANTA; // the latency
        None
    }

    /// `thread` left its CPU: put its clock on. If it can still run, store it again.
    fn stopped(&mut self, thread: &Attributes, _ran: Duration, _why: StopReason, _now: Time) {
        let _: Duration = thread.cpu_time; // with what it ran just now
    }

    /// `new` was stored a moment ago, while `current` runs: does it take the CPU?
    fn preempts(&self, _new: &Attributes, _current: &Attributes, _now: Time) -> bool {
        false
    }

    /// What the trace says of this policy; finished already.
    fn quantum(&self) -> Option<Duration> {
        Some(self.quantum)
    }
}
