//! Highest response ratio next, as a policy of this test's own.
//!
//! Short jobs go first, but nobody is passed over for ever: who waits gains.
//! Not shipped: it needs to know the future, as SJF does, and nothing in the
//! course builds on it. So it also shows what a reader's own policy takes.
//!
//! Source: Stallings, *Operating Systems*, section 9.2. As rules:
//!
//! 1. The ratio is (time waited + burst) / burst. The highest runs; of equals who
//!    has waited longest, then the lower number.
//! 2. It runs until it stops by itself.

use scheduler::policy::{Attributes, CpuId, Pick, Policy, Ready, StopReason, ThreadId};
use scheduler::time::Time;
use std::cmp::Reverse;
use std::time::Duration;

/// Runs whose wait is longest beside its burst.
#[derive(Debug, Default)]
pub(crate) struct HighestResponseRatioNext {
    /// The runnable threads: burst, and since when they wait.
    waiting: Vec<(ThreadId, Duration, Time)>,
}

impl Policy for HighestResponseRatioNext {
    fn ready(&mut self, thread: &Attributes, _why: Ready, now: Time) {
        let burst = thread.burst.expect("the policy must know the bursts");
        self.waiting.push((thread.id, burst, now));
    }

    fn pick(&mut self, _cpu: CpuId, now: Time) -> Option<Pick> {
        // Waits are compared crosswise, a / b > c / d as a * d > c * b: exact.
        let better = |one: &&(ThreadId, Duration, Time), other: &&(ThreadId, Duration, Time)| {
            let waited = |since: Time| now.since(since).as_nanos();
            let one_ratio = waited(one.2) * other.1.as_nanos();
            let other_ratio = waited(other.2) * one.1.as_nanos();
            one_ratio
                .cmp(&other_ratio)
                .then_with(|| Reverse((one.2, one.0)).cmp(&Reverse((other.2, other.0)))) // rule 1
        };
        let next = self.waiting.iter().max_by(better)?.0;
        self.waiting.retain(|(thread, ..)| *thread != next);
        Some(Pick::until_it_stops(next)) // rule 2
    }

    fn stopped(&mut self, thread: &Attributes, _ran: Duration, why: StopReason, now: Time) {
        if why.still_runnable() {
            self.ready(thread, Ready::Unblocked, now);
        }
    }
}
