//! Shortest time to completion first: shortest job first that changes its mind.
//!
//! Whoever could be done soonest runs, and a newcomer that would be done sooner
//! takes the CPU away. On one CPU nothing makes jobs wait less on average. It has
//! to know the future, and long jobs starve in a stream of short ones.
//!
//! Source: OSTEP, chapter 7, section 7.5 (STCF); Silberschatz, Galvin and Gagne,
//! *Operating System Concepts*, section 5.3.2 (there shortest remaining time
//! first, SRTF). As rules:
//!
//! 1. The runnable thread whose burst has least left runs; of equals the one
//!    that arrived earlier, then the one with the lower number.
//! 2. A thread that becomes runnable with strictly less left than the running
//!    one takes its CPU; of equals the running one stays.
//! 3. A thread that says nothing of its burst is taken for the longest.
//!
//! Left out: guessing a burst from earlier ones. The driver may do so; here what
//! is left is what [`Attributes::burst`] says.
//!
//! Book: chapter 15. Mirror: none; a task cannot be stopped.

use super::queue::ms;
use super::sorted::Sorted;
use super::{Attributes, CpuId, Pick, Policy, Queue, Ready, StopReason};
use crate::time::Time;
use std::time::Duration;

/// Runs the thread that has least left to do.
#[derive(Debug, Default)]
pub struct ShortestTimeToCompletionFirst {
    /// The runnable threads by what is left of their burst, then by arrival.
    waiting: Sorted<(Duration, Time)>,
}

impl ShortestTimeToCompletionFirst {
    /// Nobody is runnable yet.
    pub fn new() -> ShortestTimeToCompletionFirst {
        ShortestTimeToCompletionFirst::default()
    }
}

/// What is left of `thread`'s burst (rule 3).
fn left(thread: &Attributes) -> Duration {
    thread.burst.unwrap_or(Duration::MAX)
}

impl Policy for ShortestTimeToCompletionFirst {
    fn ready(&mut self, thread: &Attributes, _why: Ready, _now: Time) {
        self.waiting.insert((left(thread), thread.arrival), thread);
    }

    fn pick(&mut self, cpu: CpuId, _now: Time) -> Option<Pick> {
        let (_, soonest) = self.waiting.pop(cpu)?; // rule 1
        Some(Pick::until_it_stops(soonest).because("it has least left to do"))
    }

    fn stopped(&mut self, thread: &Attributes, _ran: Duration, why: StopReason, _now: Time) {
        if why.still_runnable() {
            self.waiting.insert((left(thread), thread.arrival), thread);
        }
    }

    fn preempts(&self, new: &Attributes, current: &Attributes, _now: Time) -> bool {
        left(new) < left(current) // rule 2
    }

    fn changed(&mut self, thread: &Attributes, _now: Time) {
        self.waiting.rekey((left(thread), thread.arrival), thread);
    }

    fn queues(&self) -> Vec<Queue> {
        let waiting = self.waiting.iter();
        let waiting = waiting.map(|((left, _), id)| (id, format!("{} left", ms(left))));
        vec![Queue::only(waiting)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{at, bursting, picks, thread};
    use super::*;

    #[test]
    fn a_stopped_thread_is_sorted_by_what_is_left() {
        let mut policy = ShortestTimeToCompletionFirst::new();
        policy.ready(&bursting(2, 5), Ready::New, at(4));
        policy.ready(&bursting(3, 3), Ready::New, at(4));
        let ran = Duration::from_millis(4);
        policy.stopped(&bursting(1, 4), ran, StopReason::Preempted, at(4));
        assert_eq!(picks(&mut policy), [3, 1, 2]);
    }

    #[test]
    fn a_thread_with_less_left_takes_the_cpu() {
        let policy = ShortestTimeToCompletionFirst::new();
        assert!(policy.preempts(&bursting(2, 3), &bursting(1, 4), at(4)));
    }

    #[test]
    fn of_equals_the_running_thread_stays() {
        let policy = ShortestTimeToCompletionFirst::new();
        assert!(!policy.preempts(&bursting(2, 4), &bursting(1, 4), at(4)));
        assert!(!policy.preempts(&thread(2), &thread(1), at(4)));
    }

    #[test]
    fn of_equals_the_earlier_arrival_runs_though_it_was_stored_later() {
        let mut policy = ShortestTimeToCompletionFirst::new();
        let late = Attributes {
            arrival: at(4),
            ..bursting(2, 4)
        };
        policy.ready(&late, Ready::New, at(4));
        let ran = Duration::from_millis(4);
        policy.stopped(&bursting(3, 4), ran, StopReason::Preempted, at(4));
        assert_eq!(picks(&mut policy), [3, 2]);
    }

    #[test]
    fn a_thread_that_says_nothing_of_its_burst_is_last() {
        let mut policy = ShortestTimeToCompletionFirst::new();
        policy.ready(&thread(1), Ready::New, at(0));
        policy.ready(&bursting(2, 1000), Ready::New, at(0));
        assert_eq!(picks(&mut policy), [2, 1]);
    }
}
