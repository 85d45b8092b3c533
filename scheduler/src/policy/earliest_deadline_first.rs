//! Earliest deadline first: whose work must be done soonest runs.
//!
//! On one CPU no policy meets deadlines that this one misses: periodic threads
//! whose deadlines are the ends of their periods meet all of them exactly if they
//! ask for no more than the whole CPU. Beyond that anyone may be late.
//!
//! Source: Liu and Layland, *Scheduling Algorithms for Multiprogramming in a
//! Hard-Real-Time Environment*, Journal of the ACM 20 (1973), section 7 (there
//! the deadline driven algorithm). As rules:
//!
//! 1. The runnable thread with the earliest deadline runs; of equals the one with
//!    the lower number.
//! 2. A thread that becomes runnable with a strictly earlier deadline than the
//!    running one's takes its CPU; of equals the running one stays.
//! 3. A thread without a deadline runs when no thread with one can.
//!
//! Left out: refusing work that cannot be done in time. Late work is still done.
//!
//! Book: chapter 15. Mirror: none; a task cannot be stopped.

use super::sorted::Sorted;
use super::{Attributes, CpuId, Pick, Policy, Queue, Ready, StopReason};
use crate::time::Time;
use std::time::Duration;

/// Runs the thread whose deadline comes first.
#[derive(Debug, Default)]
pub struct EarliestDeadlineFirst {
    /// The runnable threads by deadline.
    waiting: Sorted<Time>,
}

impl EarliestDeadlineFirst {
    /// Nobody is runnable yet.
    pub fn new() -> EarliestDeadlineFirst {
        EarliestDeadlineFirst::default()
    }
}

/// By when `thread` must be done: never, if it has no deadline (rule 3).
fn deadline(thread: &Attributes) -> Time {
    thread.deadline.unwrap_or(Time::MAX)
}

impl Policy for EarliestDeadlineFirst {
    fn ready(&mut self, thread: &Attributes, _why: Ready, _now: Time) {
        self.waiting.insert(deadline(thread), thread);
    }

    fn pick(&mut self, cpu: CpuId, _now: Time) -> Option<Pick> {
        let (_, first) = self.waiting.pop(cpu)?; // rule 1
        Some(Pick::until_it_stops(first).because("its deadline is earliest"))
    }

    fn stopped(&mut self, thread: &Attributes, _ran: Duration, why: StopReason, _now: Time) {
        if why.still_runnable() {
            self.waiting.insert(deadline(thread), thread);
        }
    }

    fn preempts(&self, new: &Attributes, current: &Attributes, _now: Time) -> bool {
        deadline(new) < deadline(current) // rule 2
    }

    fn changed(&mut self, thread: &Attributes, _now: Time) {
        self.waiting.rekey(deadline(thread), thread);
    }

    fn queues(&self) -> Vec<Queue> {
        let due = |deadline| match deadline {
            Time::MAX => "no deadline".to_owned(),
            deadline => format!("due at {deadline}"),
        };
        let waiting = self.waiting.iter();
        let waiting = waiting.map(|(deadline, id)| (id, due(deadline)));
        vec![Queue::only(waiting)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{at, picks, thread};
    use super::*;

    fn due(number: u32, millis: u64) -> Attributes {
        Attributes {
            deadline: Some(at(millis)),
            ..thread(number)
        }
    }

    #[test]
    fn the_earliest_deadline_runs_first_and_of_equals_the_lower_number() {
        let mut policy = EarliestDeadlineFirst::new();
        policy.ready(&thread(1), Ready::New, at(0));
        for (number, millis) in [(2, 30), (4, 20), (3, 20)] {
            policy.ready(&due(number, millis), Ready::New, at(0));
        }
        assert_eq!(picks(&mut policy), [3, 4, 2, 1]);
    }

    #[test]
    fn only_a_strictly_earlier_deadline_takes_the_cpu() {
        let policy = EarliestDeadlineFirst::new();
        assert!(policy.preempts(&due(2, 19), &due(1, 20), at(0)));
        assert!(!policy.preempts(&due(2, 20), &due(1, 20), at(0)));
        assert!(policy.preempts(&due(2, 20), &thread(1), at(0)));
        assert!(!policy.preempts(&thread(2), &thread(1), at(0)));
    }

    #[test]
    fn a_thread_that_goes_on_to_its_next_period_is_sorted_by_its_new_deadline() {
        let mut policy = EarliestDeadlineFirst::new();
        policy.ready(&due(2, 20), Ready::New, at(0));
        let ran = Duration::from_millis(9);
        policy.stopped(&due(1, 30), ran, StopReason::Yielded, at(9));
        assert_eq!(picks(&mut policy), [2, 1]);
    }

    #[test]
    fn a_waiting_thread_whose_deadline_changes_moves() {
        let mut policy = EarliestDeadlineFirst::new();
        policy.ready(&due(1, 30), Ready::New, at(0));
        policy.ready(&due(2, 20), Ready::New, at(0));
        policy.changed(&due(1, 10), at(0));
        assert_eq!(picks(&mut policy), [1, 2]);
    }
}
