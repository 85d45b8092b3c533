//! Stride: the shares of a lottery without the luck.
//!
//! Each thread walks; the more tickets it has, the shorter its strides. Whoever
//! has come least far runs. So shares are never off by more than one quantum.
//!
//! Source: Waldspurger and Weihl, *Stride Scheduling*, MIT/LCS/TM-528 (1995),
//! sections 2 and 3; OSTEP, chapter 9, section 9.6. As rules:
//!
//! 1. A thread's stride is a constant divided by its tickets, its weight.
//! 2. The runnable thread with the smallest *pass* runs, for one quantum at most;
//!    of equals the one with the lower number.
//! 3. Its pass grows by its stride for each quantum that it ran, and in proportion
//!    for a part of one.
//! 4. A thread that becomes runnable starts from the *global pass*, the smallest
//!    pass at the last pick, or from its own if that is larger: it has no claim to
//!    the time that it was not there for.
//!
//! At the very first all passes are 0, as in OSTEP; with
//! [`first_stride_ahead`](Stride::first_stride_ahead) a new thread is one stride
//! ahead of the global pass, as in the paper.
//!
//! A changed weight counts from the stay that goes on, or else from the next.
//! Left out: what the paper's threads keep of their last stride while they block.
//!
//! Book: chapter 15. Mirror: none.

#[cfg(test)]
mod tests;

use super::sorted::Sorted;
use super::{Attributes, CpuId, Pick, Policy, Queue, Ready, StopReason, ThreadId};
use crate::time::Time;
use std::collections::HashMap;
use std::time::Duration;

/// How far a thread has come: the sum of stride times nanoseconds.
type Pass = u128;

/// The stride of a thread with one ticket, the paper's `stride1`. The numbers of
/// tickets that people use divide it, so their strides are not rounded.
const STRIDE_1: u128 = (1 << 20) * 9 * 125 * 7 * 11 * 13 * 17 * 19;

/// Runs the thread whose pass is smallest.
#[derive(Debug)]
pub struct Stride {
    /// How long a thread may run at a time. Never zero.
    quantum: Duration,
    /// Whether a new thread starts one stride ahead.
    first_stride_ahead: bool,
    /// The runnable threads by pass.
    waiting: Sorted<Pass>,
    /// How far every thread that ran and is not finished has come.
    passes: HashMap<ThreadId, Pass>,
    /// The global pass.
    global: Pass,
}

impl Stride {
    /// Nobody has come anywhere yet.
    ///
    /// # Panics
    ///
    /// If `quantum` is zero.
    pub fn new(quantum: Duration) -> Stride {
        assert!(!quantum.is_zero(), "a quantum must be longer than zero");
        Stride {
            quantum,
            first_stride_ahead: false,
            waiting: Sorted::default(),
            passes: HashMap::new(),
            global: 0,
        }
    }

    /// The same, but a new thread starts one stride ahead of the global pass.
    #[must_use]
    pub fn first_stride_ahead(mut self) -> Stride {
        self.first_stride_ahead = true;
        self
    }

    /// How far `thread` has come, if the stride of one ticket is called `stride_1`.
    pub fn pass(&self, thread: ThreadId, stride_1: u32) -> u128 {
        let pass = self.passes.get(&thread).copied().unwrap_or(self.global);
        pass * Pass::from(stride_1) / way(1, self.quantum)
    }
}

/// How far a thread with so many tickets comes in `ran` (rules 1 and 3).
fn way(tickets: u32, ran: Duration) -> Pass {
    STRIDE_1 / u128::from(tickets.max(1)) * ran.as_nanos()
}

impl Policy for Stride {
    fn ready(&mut self, thread: &Attributes, why: Ready, _now: Time) {
        let ahead = match why {
            Ready::New if self.first_stride_ahead => way(thread.weight, self.quantum),
            Ready::New | Ready::Unblocked => 0,
        };
        let pass = self.passes.entry(thread.id).or_insert(0);
        *pass = (*pass).max(self.global + ahead); // rule 4
        self.waiting.insert(*pass, thread);
    }

    fn pick(&mut self, cpu: CpuId, _now: Time) -> Option<Pick> {
        let (pass, thread) = self.waiting.pop(cpu)?; // rule 2
        self.global = self.global.max(pass);
        Some(Pick::for_at_most(thread, self.quantum).because("its pass is smallest"))
    }

    fn stopped(&mut self, thread: &Attributes, ran: Duration, why: StopReason, _now: Time) {
        let pass = self.passes.entry(thread.id).or_insert(self.global);
        *pass += way(thread.weight, ran); // rule 3
        if why.still_runnable() {
            self.waiting.insert(*pass, thread);
        } else if why == StopReason::Finished {
            self.passes.remove(&thread.id);
        }
    }

    fn quantum(&self) -> Option<Duration> {
        Some(self.quantum)
    }

    /// Passes as if the stride of one ticket were 10,000, as in OSTEP.
    fn queues(&self) -> Vec<Queue> {
        let waiting = self.waiting.iter();
        let pass = |(_, id)| (id, format!("pass {}", self.pass(id, 10_000)));
        vec![Queue::only(waiting.map(pass))]
    }
}
