//! Stride: the shares of a lottery without the luck.
//!
//! Each thread walks; the more tickets it has, the shorter its strides. Whoever
//! has come least far runs. The numbers are those of the task's rules.

use scheduler::policy::{Attributes, CpuId, Pick, Policy, Ready, StopReason, ThreadId};
use scheduler::time::Time;
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

/// How far a thread with one ticket comes in a nanosecond. It is a multiple of
/// all numbers of tickets that people use, so nothing is lost to rounding.
const STRIDE_1: u128 = 63_000_000;

/// Runs the thread that has come least far.
#[derive(Debug)]
pub(crate) struct Stride {
    /// How long a thread may run at a time.
    quantum: Duration,
    /// The runnable threads by pass; of equals the lower number is first.
    waiting: BTreeSet<(u128, ThreadId)>,
    /// How far every thread that is not finished has come.
    passes: HashMap<ThreadId, u128>,
    /// How far whoever was picked last had come (rule 4).
    global: u128,
}

impl Stride {
    /// Nobody has come anywhere yet.
    pub(crate) fn new(quantum: Duration) -> Stride {
        Stride {
            quantum,
            waiting: BTreeSet::new(),
            passes: HashMap::new(),
            global: 0,
        }
    }
}

/// How far a thread with so many tickets comes in `ran` (rules 1 and 3).
fn way(tickets: u32, ran: Duration) -> u128 {
    STRIDE_1 / u128::from(tickets) * ran.as_nanos()
}

impl Policy for Stride {
    /// It starts from where the others are, or from where it is (rule 4).
    fn ready(&mut self, thread: &Attributes, _why: Ready, _now: Time) {
        let own = self.passes.get(&thread.id).copied().unwrap_or(0);
        let pass = own.max(self.global);
        self.passes.insert(thread.id, pass);
        self.waiting.insert((pass, thread.id));
    }

    /// Who has come least far (rule 2).
    fn pick(&mut self, _cpu: CpuId, _now: Time) -> Option<Pick> {
        let (pass, thread) = self.waiting.pop_first()?;
        self.global = self.global.max(pass); // rule 4
        Some(Pick::for_at_most(thread, self.quantum))
    }

    /// It has come further (rule 3), and is stored if it can go on.
    fn stopped(&mut self, thread: &Attributes, ran: Duration, why: StopReason, _now: Time) {
        let own = self.passes.get(&thread.id).copied().unwrap_or(0);
        let pass = own + way(thread.weight, ran);
        self.passes.insert(thread.id, pass);
        if why.still_runnable() {
            self.waiting.insert((pass, thread.id));
        } else if why == StopReason::Finished {
            self.passes.remove(&thread.id);
        }
    }

    /// What the trace says of this policy.
    fn quantum(&self) -> Option<Duration> {
        Some(self.quantum)
    }
}
