//! Static priority: the most important thread runs, however long others wait.
//!
//! What real-time systems use, and what starves the unimportant, unless waiting
//! itself makes a thread more important (*aging*).
//!
//! Source: POSIX.1-2024, System Interfaces, section 2.8.4 (`SCHED_FIFO`,
//! `SCHED_RR`); Silberschatz, Galvin and Gagne, *Operating System Concepts*,
//! section 5.3.4 (aging, and priority without preemption). As rules:
//!
//! 1. A runnable thread of the highest priority runs; the larger number is higher.
//! 2. Of equals the one at the head: a preempted thread goes to the head of its
//!    equals; one that became runnable, yielded or used up its quantum, to the tail.
//! 3. A thread that becomes runnable takes the CPU of one with a strictly lower
//!    priority; [`non_preemptive`](StaticPriority::non_preemptive) switches it off.
//! 4. With a [`quantum`](StaticPriority::quantum), equals take turns.
//! 5. With [`aging`](StaticPriority::aging), at every full interval each waiting
//!    thread's priority rises by one, and (rule 3) the CPU goes to whoever then is
//!    highest. Once a thread runs, it has its own priority again.
//!
//! Left out: what a preempted thread had left of its quantum; it gets a whole one.
//! Where the smaller number is to be the higher priority, turn the sign.
//!
//! Book: chapters 14 and 15. Mirror: `runtime::ready_queue`, and its classes.

#[cfg(test)]
mod tests;
mod waiting;

use super::{Attributes, CpuId, Pick, Policy, Queue, Ready, StopReason};
use crate::time::Time;
use std::time::Duration;
use waiting::Waiting;

/// Runs the thread with the highest priority.
#[derive(Debug, Default)]
pub struct StaticPriority {
    /// Rule 3, switched off.
    non_preemptive: bool,
    /// Rule 4; None: a thread runs until it stops by itself or is preempted.
    quantum: Option<Duration>,
    /// Rule 5: the interval; None: waiting changes nothing.
    aging: Option<Duration>,
    /// The runnable threads by level, the highest first.
    waiting: Waiting,
}

impl StaticPriority {
    /// With preemption, without quantum and aging.
    pub fn new() -> StaticPriority {
        StaticPriority::default()
    }

    /// The same, but nobody loses the CPU because a higher one became runnable.
    #[must_use]
    pub fn non_preemptive(mut self) -> StaticPriority {
        self.non_preemptive = true;
        self
    }

    /// The same, but threads of equal priority take turns of `quantum`.
    ///
    /// # Panics
    ///
    /// If `quantum` is zero.
    #[must_use]
    pub fn quantum(mut self, quantum: Duration) -> StaticPriority {
        assert!(!quantum.is_zero(), "a quantum must be longer than zero");
        self.quantum = Some(quantum);
        self
    }

    /// The same, but a waiting thread's priority rises by one every `interval`;
    /// never, if that is zero.
    #[must_use]
    pub fn aging(mut self, interval: Duration) -> StaticPriority {
        self.aging = Some(interval);
        self
    }

    // ANCHOR: level
    /// What a thread that is stored now is sorted by. Those that wait rise all
    /// alike (rule 5), so instead of raising them we let newcomers start lower.
    fn level(&self, thread: &Attributes, now: Time) -> i64 {
        let interval = self.aging.unwrap_or_default().as_nanos();
        let passed = u128::from(now.as_nanos())
            .checked_div(interval)
            .unwrap_or(0);
        i64::from(thread.priority) - i64::try_from(passed).unwrap_or(i64::MAX / 2)
    }
    // ANCHOR_END: level
}

impl Policy for StaticPriority {
    fn ready(&mut self, thread: &Attributes, _why: Ready, now: Time) {
        self.waiting.push_back(self.level(thread, now), thread); // rule 2
    }

    // ANCHOR: pick
    fn pick(&mut self, cpu: CpuId, _now: Time) -> Option<Pick> {
        let thread = self.waiting.pop(cpu)?; // rules 1 and 2
        Some(Pick {
            thread,
            quantum: self.quantum, // rule 4
            why: Some("its priority is highest"),
        })
    }
    // ANCHOR_END: pick

    fn stopped(&mut self, thread: &Attributes, _ran: Duration, why: StopReason, now: Time) {
        if why == StopReason::Preempted {
            self.waiting.push_front(self.level(thread, now), thread); // rule 2
        } else if why.still_runnable() {
            self.waiting.push_back(self.level(thread, now), thread); // rule 2
        }
    }

    fn preempts(&self, new: &Attributes, current: &Attributes, _now: Time) -> bool {
        !self.non_preemptive && new.priority > current.priority // rule 3
    }

    /// Rule 5: the calls of `stopped` and `pick` around `timer` do the work.
    fn next_timer(&self, now: Time) -> Option<Time> {
        if self.non_preemptive || self.waiting.is_empty() {
            return None;
        }
        now.next_multiple_of(self.aging?)
    }

    fn changed(&mut self, thread: &Attributes, now: Time) {
        self.waiting.change(self.level(thread, now), thread);
    }

    fn quantum(&self) -> Option<Duration> {
        self.quantum
    }

    fn queues(&self) -> Vec<Queue> {
        vec![self.waiting.shown()]
    }
}
