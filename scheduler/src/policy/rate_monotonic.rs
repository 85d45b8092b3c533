//! Rate monotonic: who must do its work most often runs first.
//!
//! The best that fixed priorities can do for periodic threads whose deadlines are
//! the ends of their periods. There is a [`bound`] below which no deadline is
//! missed; above it some sets of threads still meet all of theirs, others do not.
//!
//! Source: Liu and Layland, *Scheduling Algorithms for Multiprogramming in a
//! Hard-Real-Time Environment*, Journal of the ACM 20 (1973), sections 4 and 5.
//! As rules:
//!
//! 1. The runnable thread with the shortest period runs; of equals the one with
//!    the lower number.
//! 2. A thread that becomes runnable with a strictly shorter period than the
//!    running one's takes its CPU.
//! 3. A thread without a period runs when no thread with one can.
//!
//! Left out: deadlines. They do not count, only how often they come.
//!
//! Book: chapter 15. Mirror: none; a task cannot be stopped.

use super::queue::ms;
use super::sorted::Sorted;
use super::{Attributes, CpuId, Pick, Policy, Queue, Ready, StopReason};
use crate::time::Time;
use std::time::Duration;

/// Runs the thread with the shortest period.
#[derive(Debug, Default)]
pub struct RateMonotonic {
    /// The runnable threads by period.
    waiting: Sorted<Duration>,
}

impl RateMonotonic {
    /// Nobody is runnable yet.
    pub fn new() -> RateMonotonic {
        RateMonotonic::default()
    }
}

/// The share of one CPU up to which `threads` periodic threads meet all their
/// deadlines under [`RateMonotonic`], whatever their periods: n (2^(1/n) - 1),
/// which falls from 1 to 0.69 (Liu and Layland, theorem 5).
pub fn bound(threads: u32) -> f64 {
    let n = f64::from(threads.max(1));
    n * ((1.0 / n).exp2() - 1.0)
}

/// How often `thread` must do its work: never, if it has no period (rule 3).
fn period(thread: &Attributes) -> Duration {
    thread.period.unwrap_or(Duration::MAX)
}

impl Policy for RateMonotonic {
    fn ready(&mut self, thread: &Attributes, _why: Ready, _now: Time) {
        self.waiting.insert(period(thread), thread);
    }

    fn pick(&mut self, cpu: CpuId, _now: Time) -> Option<Pick> {
        let (_, first) = self.waiting.pop(cpu)?; // rule 1
        Some(Pick::until_it_stops(first).because("its period is shortest"))
    }

    fn stopped(&mut self, thread: &Attributes, _ran: Duration, why: StopReason, _now: Time) {
        if why.still_runnable() {
            self.waiting.insert(period(thread), thread);
        }
    }

    fn preempts(&self, new: &Attributes, current: &Attributes, _now: Time) -> bool {
        period(new) < period(current) // rule 2
    }

    fn changed(&mut self, thread: &Attributes, _now: Time) {
        self.waiting.rekey(period(thread), thread);
    }

    fn queues(&self) -> Vec<Queue> {
        let waiting = self.waiting.iter();
        let waiting = waiting.map(|(period, id)| (id, format!("every {}", ms(period))));
        vec![Queue::only(waiting)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{at, picks, thread};
    use super::*;

    fn every(number: u32, millis: u64) -> Attributes {
        Attributes {
            period: Some(Duration::from_millis(millis)),
            ..thread(number)
        }
    }

    #[test]
    fn the_shortest_period_runs_first_and_of_equals_the_lower_number() {
        let mut policy = RateMonotonic::new();
        policy.ready(&thread(1), Ready::New, at(0));
        for (number, millis) in [(2, 30), (4, 20), (3, 20)] {
            policy.ready(&every(number, millis), Ready::Unblocked, at(0));
        }
        assert_eq!(picks(&mut policy), [3, 4, 2, 1]);
    }

    #[test]
    fn only_a_strictly_shorter_period_takes_the_cpu() {
        let policy = RateMonotonic::new();
        assert!(policy.preempts(&every(2, 19), &every(1, 20), at(0)));
        assert!(!policy.preempts(&every(2, 20), &every(1, 20), at(0)));
        assert!(policy.preempts(&every(2, 20), &thread(1), at(0)));
    }

    #[test]
    fn a_preempted_thread_keeps_its_place_and_a_changed_one_moves() {
        let mut policy = RateMonotonic::new();
        policy.ready(&every(2, 20), Ready::New, at(0));
        let ran = Duration::from_millis(1);
        policy.stopped(&every(1, 30), ran, StopReason::Preempted, at(1));
        policy.stopped(&every(3, 40), ran, StopReason::Blocked, at(1));
        policy.changed(&every(2, 35), at(1));
        assert_eq!(picks(&mut policy), [1, 2]);
    }

    #[test]
    fn the_bound_falls_from_the_whole_cpu_to_its_natural_logarithm_of_two() {
        assert!((bound(1) - 1.0).abs() < 1e-12);
        assert!((bound(2) - 0.828_427).abs() < 1e-6);
        assert!((bound(1_000_000) - std::f64::consts::LN_2).abs() < 1e-6);
    }
}
