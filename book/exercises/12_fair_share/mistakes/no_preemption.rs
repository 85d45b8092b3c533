//! A planted mistake: nobody takes the CPU from anybody.

use scheduler::policy::{
    Attributes, CpuId, Pick, Policy, Ready, StopReason, ThreadId, WEIGHT_OF_NICE_0,
};
use scheduler::time::Time;
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

/// In how many quanta everybody should have run once: the latency.
const QUANTA: u32 = 8;

/// What is kept of a thread that is not finished.
#[derive(Clone, Copy, Debug, Default)]
struct Account {
    /// What its clock showed when it last stopped or became runnable.
    clock: Duration,
    /// Its CPU time then.
    cpu_time: Duration,
    /// What it weighs.
    weight: u64,
}

/// Runs the thread whose clock is furthest behind.
#[derive(Debug)]
pub(crate) struct FairShare {
    /// How long a thread runs at least. Never zero.
    quantum: Duration,
    /// The runnable threads by their clocks; of equals the lower number is first.
    waiting: BTreeSet<(Duration, ThreadId)>,
    /// The threads that are not finished.
    accounts: HashMap<ThreadId, Account>,
    /// What all weigh together that wait or run (rule 3).
    weights: u64,
    /// What the clock of whoever was picked last showed, the latest (rule 4).
    smallest: Duration,
}

impl FairShare {
    /// Nobody has run yet.
    pub(crate) fn new(quantum: Duration) -> FairShare {
        FairShare {
            quantum,
            waiting: BTreeSet::new(),
            accounts: HashMap::new(),
            weights: 0,
            smallest: Duration::ZERO,
        }
    }

    /// What the clock of `thread` shows at this moment, also while it runs (rule 1).
    fn clock(&self, thread: &Attributes) -> Duration {
        let account = self.accounts.get(&thread.id).copied().unwrap_or_default();
        let ran = thread.cpu_time.saturating_sub(account.cpu_time);
        account.clock + scaled(ran, WEIGHT_OF_NICE_0.into(), thread.weight.into())
    }

    /// From now on the clock of `thread` goes on from here.
    fn set(&mut self, thread: &Attributes, clock: Duration) {
        let account = Account {
            clock,
            cpu_time: thread.cpu_time,
            weight: thread.weight.into(),
        };
        self.accounts.insert(thread.id, account);
    }
}

/// `duration` times `numerator` over `denominator`, in whole nanoseconds.
fn scaled(duration: Duration, numerator: u64, denominator: u64) -> Duration {
    let nanos = duration.as_nanos() * u128::from(numerator) / u128::from(denominator);
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

impl Policy for FairShare {
    /// Its clock shows what those of the others show, or its own (rule 4).
    fn ready(&mut self, thread: &Attributes, _why: Ready, _now: Time) {
        let clock = self.clock(thread).max(self.smallest);
        self.set(thread, clock);
        self.weights += u64::from(thread.weight);
        self.waiting.insert((clock, thread.id));
    }

    /// Whose clock is furthest behind (rule 2), for its share (rule 3).
    fn pick(&mut self, _cpu: CpuId, _now: Time) -> Option<Pick> {
        let (clock, thread) = self.waiting.pop_first()?;
        self.smallest = self.smallest.max(clock);
        let latency = self.quantum * QUANTA;
        let share = scaled(latency, self.accounts[&thread].weight, self.weights);
        Some(Pick::for_at_most(thread, share.max(self.quantum)))
    }

    /// Its clock has gone on (rule 1), and it is stored if it can go on.
    fn stopped(&mut self, thread: &Attributes, _ran: Duration, why: StopReason, _now: Time) {
        let clock = self.clock(thread);
        self.set(thread, clock);
        if why.still_runnable() {
            self.waiting.insert((clock, thread.id));
        } else {
            self.weights -= u64::from(thread.weight);
        }
        if why == StopReason::Finished {
            self.accounts.remove(&thread.id);
        }
    }

    /// Mistake: nobody is ever far behind.
    fn preempts(&self, _new: &Attributes, _current: &Attributes, _now: Time) -> bool {
        false
    }

    /// What the trace says of this policy.
    fn quantum(&self) -> Option<Duration> {
        Some(self.quantum)
    }
}
