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

use super::sorted::Sorted;
use super::{Attributes, CpuId, Pick, Policy, Ready, StopReason};
use crate::time::Time;
use std::cmp::Reverse;
use std::time::Duration;

/// Runs the thread with the highest priority.
#[derive(Debug, Default)]
pub struct StaticPriority {
    /// Rule 3, switched off.
    non_preemptive: bool,
    /// Rule 4; None: a thread runs until it stops by itself or is preempted.
    quantum: Option<Duration>,
    /// Rule 5: the interval; None: waiting changes nothing.
    aging: Option<Duration>,
    /// The runnable threads by level, the highest first, then by place.
    waiting: Sorted<(Reverse<i64>, i64)>,
    /// The place that was given out last at the head, below all others.
    head: i64,
    /// The place that was given out last at the tail, above all others.
    tail: i64,
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
    fn level(&self, thread: &Attributes, now: Time) -> Reverse<i64> {
        let interval = self.aging.unwrap_or_default().as_nanos();
        let passed = u128::from(now.as_nanos())
            .checked_div(interval)
            .unwrap_or(0);
        Reverse(i64::from(thread.priority) - i64::try_from(passed).unwrap_or(i64::MAX / 2))
    }
    // ANCHOR_END: level

    /// Stores `thread` behind its equals (rule 2).
    fn store_at_tail(&mut self, thread: &Attributes, now: Time) {
        self.tail += 1;
        let level = self.level(thread, now);
        self.waiting.insert((level, self.tail), thread.id);
    }

    /// Stores `thread` before its equals (rule 2).
    fn store_at_head(&mut self, thread: &Attributes, now: Time) {
        self.head -= 1;
        let level = self.level(thread, now);
        self.waiting.insert((level, self.head), thread.id);
    }
}

impl Policy for StaticPriority {
    fn ready(&mut self, thread: &Attributes, _why: Ready, now: Time) {
        self.store_at_tail(thread, now);
    }

    // ANCHOR: pick
    fn pick(&mut self, _cpu: CpuId, _now: Time) -> Option<Pick> {
        let (_, thread) = self.waiting.pop()?; // rules 1 and 2
        Some(Pick {
            thread,
            quantum: self.quantum, // rule 4
            why: Some("its priority is highest"),
        })
    }
    // ANCHOR_END: pick

    fn stopped(&mut self, thread: &Attributes, _ran: Duration, why: StopReason, now: Time) {
        match why {
            StopReason::Preempted => self.store_at_head(thread, now),
            StopReason::QuantumExpired | StopReason::Yielded => self.store_at_tail(thread, now),
            StopReason::Blocked | StopReason::Finished => {}
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
        self.tail += 1;
        let level = self.level(thread, now);
        self.waiting.rekey((level, self.tail), thread.id);
    }

    fn quantum(&self) -> Option<Duration> {
        self.quantum
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{at, picks, picks_at, thread};
    use super::*;

    fn important(number: u32, priority: i32) -> Attributes {
        Attributes {
            priority,
            ..thread(number)
        }
    }

    #[test]
    fn the_larger_number_runs_first_and_equals_in_the_order_of_their_coming() {
        let mut policy = StaticPriority::new();
        for (number, priority) in [(1, -3), (2, 5), (4, 0), (3, 0)] {
            policy.ready(&important(number, priority), Ready::New, at(0));
        }
        assert_eq!(picks(&mut policy), [2, 4, 3, 1]);
    }

    #[test]
    fn preempted_thread_is_before_its_equals_and_expired_thread_behind_them() {
        let mut policy = StaticPriority::new().quantum(Duration::from_millis(2));
        policy.ready(&important(1, 1), Ready::New, at(0));
        policy.ready(&important(2, 1), Ready::New, at(0));
        let ran = Duration::from_millis(1);
        policy.stopped(&important(5, 1), ran, StopReason::Preempted, at(1));
        policy.stopped(&important(4, 1), ran, StopReason::QuantumExpired, at(1));
        policy.stopped(&important(3, 1), ran, StopReason::Yielded, at(1));
        assert_eq!(picks(&mut policy), [5, 1, 2, 4, 3]);
    }

    #[test]
    fn only_a_strictly_higher_thread_preempts_and_only_where_it_may() {
        let policy = StaticPriority::new();
        assert!(policy.preempts(&important(2, 6), &important(1, 5), at(0)));
        assert!(!policy.preempts(&important(2, 5), &important(1, 5), at(0)));
        let policy = policy.non_preemptive();
        assert!(!policy.preempts(&important(2, 6), &important(1, 5), at(0)));
    }

    #[test]
    fn a_thread_that_waits_three_intervals_passes_newcomers_two_above_it() {
        let mut policy = StaticPriority::new().aging(Duration::from_millis(10));
        policy.ready(&important(1, 0), Ready::New, at(5));
        assert_eq!(policy.next_timer(at(5)), Some(at(10)));
        assert_eq!(policy.next_timer(at(10)), Some(at(20)));
        policy.ready(&important(2, 2), Ready::New, at(30)); // thread 1 is at 3 now
        policy.ready(&important(3, 4), Ready::New, at(30));
        assert_eq!(picks_at(&mut policy, at(30)), [3, 1, 2]);
    }

    #[test]
    fn a_thread_that_ran_has_its_own_priority_again() {
        let mut policy = StaticPriority::new().aging(Duration::from_millis(10));
        policy.ready(&important(1, 0), Ready::New, at(0));
        assert_eq!(picks_at(&mut policy, at(50)), [1]);
        policy.ready(&important(2, 1), Ready::New, at(51));
        policy.stopped(
            &important(1, 0),
            Duration::from_millis(9),
            StopReason::Preempted,
            at(59),
        );
        assert_eq!(picks_at(&mut policy, at(59)), [2, 1]);
    }

    #[test]
    fn without_aging_or_with_nobody_waiting_no_timer_runs() {
        let mut policy = StaticPriority::new();
        policy.ready(&thread(1), Ready::New, at(0));
        assert_eq!(policy.next_timer(at(0)), None);
        let policy = StaticPriority::new().aging(Duration::from_millis(10));
        assert_eq!(policy.next_timer(at(0)), None);
        let mut policy = StaticPriority::new().aging(Duration::ZERO);
        policy.ready(&thread(1), Ready::New, at(0));
        assert_eq!(policy.next_timer(at(0)), None);
    }

    #[test]
    fn a_waiting_thread_that_is_lent_a_priority_moves() {
        let mut policy = StaticPriority::new();
        policy.ready(&important(1, 0), Ready::New, at(0));
        policy.ready(&important(2, 1), Ready::New, at(0));
        policy.changed(&important(1, 7), at(0));
        policy.changed(&important(3, 9), at(0)); // it is not stored
        assert_eq!(picks(&mut policy), [1, 2]);
    }
}
