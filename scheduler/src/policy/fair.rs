//! Fair: everybody's virtual clock goes on alike.
//!
//! A thread's *virtual runtime* is the CPU time that it had, divided by its
//! weight. Whoever has least runs. What Linux did from 2007 to 2023 (CFS).
//!
//! Source: OSTEP, chapter 9, section 9.7; Linux 6.5, `kernel/sched/fair.c`. As
//! rules:
//!
//! 1. A thread's virtual runtime grows by what it ran, times 1024 over its weight.
//! 2. The runnable thread with the smallest virtual runtime runs; of equals the
//!    one with the lower number.
//! 3. It runs for its share of the *latency*, in which all should have run once:
//!    its weight over the weights of all that could run; but for no less than the
//!    *granularity*.
//! 4. A thread that becomes runnable starts from the smallest virtual runtime at
//!    the last pick, or from its own if that is larger.
//! 5. It takes the CPU of one that is more than the granularity ahead of it.
//!
//! Weights are any numbers; [`weight_of_nice`](super::weight_of_nice) has the
//! kernel's. Left out: credit for sleepers, groups.
//!
//! Book: chapter 15. Mirror: none.

#[cfg(test)]
mod tests;

use super::nice::WEIGHT_OF_NICE_0;
use super::queue::ms;
use super::sorted::Sorted;
use super::{Attributes, CpuId, Pick, Policy, Queue, Ready, StopReason, ThreadId};
use crate::time::Time;
use std::collections::HashMap;
use std::time::Duration;

/// What is kept of a thread that is not finished.
#[derive(Clone, Copy, Debug, Default)]
struct Account {
    /// Its virtual runtime when it last stopped or became runnable.
    virtual_runtime: Duration,
    /// Its CPU time then.
    cpu_time: Duration,
    /// Its weight while it is stored or runs; 0 while it is blocked.
    weight: u32,
}

/// Runs the thread with the smallest virtual runtime.
#[derive(Debug)]
pub struct Fair {
    /// In what time everybody should run once.
    latency: Duration,
    /// How long a thread runs at least. Never zero.
    granularity: Duration,
    /// The runnable threads by virtual runtime.
    waiting: Sorted<Duration>,
    /// The threads that are not finished.
    accounts: HashMap<ThreadId, Account>,
    /// The weights of those that are stored or run, together.
    weights: u64,
    /// The smallest virtual runtime at the last pick.
    smallest: Duration,
}

impl Fair {
    /// OSTEP's numbers are 48 ms and 6 ms.
    ///
    /// # Panics
    ///
    /// If `granularity` is zero.
    pub fn new(latency: Duration, granularity: Duration) -> Fair {
        assert!(
            !granularity.is_zero(),
            "the granularity must be longer than zero"
        );
        Fair {
            latency,
            granularity,
            waiting: Sorted::default(),
            accounts: HashMap::new(),
            weights: 0,
            smallest: Duration::ZERO,
        }
    }

    /// The virtual runtime of `thread` at this moment.
    pub fn virtual_runtime(&self, thread: &Attributes) -> Duration {
        let account = self.accounts.get(&thread.id).copied().unwrap_or_default();
        let ran = thread.cpu_time.saturating_sub(account.cpu_time);
        let weight = match account.weight {
            0 => thread.weight.max(1),
            weight => weight,
        };
        account.virtual_runtime + scaled(ran, WEIGHT_OF_NICE_0.into(), weight.into())
    }

    /// Opens or renews the account of `thread`, which is stored or blocked from
    /// now on.
    fn settle(&mut self, thread: &Attributes, virtual_runtime: Duration, weight: u32) {
        let account = Account {
            virtual_runtime,
            cpu_time: thread.cpu_time,
            weight,
        };
        let old = self.accounts.insert(thread.id, account).unwrap_or_default();
        self.weights = self.weights + u64::from(weight) - u64::from(old.weight);
    }
}

/// `duration` times `numerator` over `denominator`.
fn scaled(duration: Duration, numerator: u64, denominator: u64) -> Duration {
    let nanos = duration.as_nanos() * u128::from(numerator) / u128::from(denominator);
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

impl Policy for Fair {
    fn ready(&mut self, thread: &Attributes, why: Ready, _now: Time) {
        if why == Ready::New {
            self.settle(thread, Duration::ZERO, 0); // what it had elsewhere does not count
        }
        let start = self.virtual_runtime(thread).max(self.smallest); // rule 4
        self.settle(thread, start, thread.weight.max(1));
        self.waiting.insert(start, thread);
    }

    // ANCHOR: pick
    fn pick(&mut self, cpu: CpuId, _now: Time) -> Option<Pick> {
        let (virtual_runtime, thread) = self.waiting.pop(cpu)?; // rule 2
        self.smallest = self.smallest.max(virtual_runtime);
        let share = scaled(
            self.latency,
            self.accounts[&thread].weight.into(),
            self.weights,
        );
        let quantum = share.max(self.granularity); // rule 3
        Some(Pick::for_at_most(thread, quantum).because("its virtual runtime is smallest"))
    }
    // ANCHOR_END: pick

    fn stopped(&mut self, thread: &Attributes, _ran: Duration, why: StopReason, _now: Time) {
        let now_at = self.virtual_runtime(thread); // rule 1
        if why.still_runnable() {
            self.settle(thread, now_at, thread.weight.max(1));
            self.waiting.insert(now_at, thread);
        } else {
            self.settle(thread, now_at, 0);
        }
        if why == StopReason::Finished {
            self.accounts.remove(&thread.id);
        }
    }

    fn preempts(&self, new: &Attributes, current: &Attributes, _now: Time) -> bool {
        let ahead = self
            .virtual_runtime(current)
            .saturating_sub(self.virtual_runtime(new));
        ahead > self.granularity // rule 5
    }

    /// A new weight counts from now on: what ran before is charged by the old.
    fn changed(&mut self, thread: &Attributes, _now: Time) {
        let weight = self
            .accounts
            .get(&thread.id)
            .map_or(0, |account| account.weight);
        if weight > 0 {
            let now_at = self.virtual_runtime(thread);
            self.settle(thread, now_at, thread.weight.max(1));
        }
    }

    fn queues(&self) -> Vec<Queue> {
        let waiting = self.waiting.iter();
        let waiting = waiting.map(|(at, id)| (id, format!("virtual runtime {}", ms(at))));
        vec![Queue::only(waiting)]
    }
}
