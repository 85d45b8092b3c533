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

mod accounts;
#[cfg(test)]
mod tests;

use super::queue::ms;
use super::sorted::Sorted;
use super::{Attributes, CpuId, Pick, Policy, Queue, Ready, StopReason};
use crate::time::Time;
use accounts::Accounts;
use std::time::Duration;

/// Runs the thread with the smallest virtual runtime.
#[derive(Debug)]
pub struct Fair {
    /// In what time everybody should run once.
    latency: Duration,
    /// How long a thread runs at least. Never zero.
    granularity: Duration,
    /// The runnable threads by virtual runtime.
    waiting: Sorted<Duration>,
    /// The virtual runtimes of the threads that are not finished.
    accounts: Accounts,
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
            accounts: Accounts::default(),
            smallest: Duration::ZERO,
        }
    }

    /// The virtual runtime of `thread` at this moment.
    pub fn virtual_runtime(&self, thread: &Attributes) -> Duration {
        self.accounts.virtual_runtime(thread)
    }
}

impl Policy for Fair {
    fn ready(&mut self, thread: &Attributes, why: Ready, _now: Time) {
        if why == Ready::New {
            let nothing = Duration::ZERO;
            self.accounts.settle(thread, nothing, 0); // what it had elsewhere does not count
        }
        let start = self.virtual_runtime(thread).max(self.smallest); // rule 4
        self.accounts.settle(thread, start, thread.weight.max(1));
        self.waiting.insert(start, thread);
    }

    // ANCHOR: pick
    fn pick(&mut self, cpu: CpuId, _now: Time) -> Option<Pick> {
        let (virtual_runtime, thread) = self.waiting.pop(cpu)?; // rule 2
        self.smallest = self.smallest.max(virtual_runtime);
        let share = self.accounts.share_of(thread, self.latency);
        let quantum = share.max(self.granularity); // rule 3
        Some(Pick::for_at_most(thread, quantum).because("its virtual runtime is smallest"))
    }
    // ANCHOR_END: pick

    fn stopped(&mut self, thread: &Attributes, _ran: Duration, why: StopReason, _now: Time) {
        let now_at = self.virtual_runtime(thread); // rule 1
        if why.still_runnable() {
            self.accounts.settle(thread, now_at, thread.weight.max(1));
            self.waiting.insert(now_at, thread);
        } else {
            self.accounts.settle(thread, now_at, 0);
        }
        if why == StopReason::Finished {
            self.accounts.close(thread.id);
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
        if self.accounts.weight(thread.id) > 0 {
            let now_at = self.virtual_runtime(thread);
            let weight = thread.weight.max(1);
            self.accounts.settle(thread, now_at, weight);
        }
    }

    fn queues(&self) -> Vec<Queue> {
        let waiting = self.waiting.iter();
        let waiting = waiting.map(|(at, id)| (id, format!("virtual runtime {}", ms(at))));
        vec![Queue::only(waiting)]
    }
}
