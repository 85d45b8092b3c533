//! Shortest job first: who needs the CPU least gets it, and keeps it.
//!
//! If all come at once, no policy makes them wait less on average. But it has to
//! know the future, one long job still holds up the short ones that come after
//! it, and a stream of short jobs starves a long one.
//!
//! Source: Silberschatz, Galvin and Gagne, *Operating System Concepts*, section
//! 5.3.2; OSTEP, chapter 7, section 7.4. As rules:
//!
//! 1. The runnable thread with the shortest next burst runs; of equals the one
//!    that arrived earlier, then the one with the lower number.
//! 2. It runs until it stops by itself: it blocks, yields or finishes.
//! 3. A thread that says nothing of its burst is taken for the longest.
//!
//! Left out: guessing a burst from earlier ones. The driver may do so; here a
//! burst is what [`Attributes::burst`] says.
//!
//! Book: chapter 15. Mirror: none; tasks do not say how long they will run.

use super::queue::ms;
use super::sorted::Sorted;
use super::{Attributes, CpuId, Pick, Policy, Queue, Ready, StopReason};
use crate::time::Time;
use std::time::Duration;

/// Runs the thread with the shortest next burst, to the burst's end.
#[derive(Debug, Default)]
pub struct ShortestJobFirst {
    /// The runnable threads by burst, then by arrival.
    waiting: Sorted<(Duration, Time)>,
}

impl ShortestJobFirst {
    /// Nobody is runnable yet.
    pub fn new() -> ShortestJobFirst {
        ShortestJobFirst::default()
    }
}

/// What threads are sorted by (rules 1 and 3).
fn key(thread: &Attributes) -> (Duration, Time) {
    (thread.burst.unwrap_or(Duration::MAX), thread.arrival)
}

// Rule 2 also is the default of `Policy::preempts`.
impl Policy for ShortestJobFirst {
    fn ready(&mut self, thread: &Attributes, _why: Ready, _now: Time) {
        self.waiting.insert(key(thread), thread);
    }

    fn pick(&mut self, cpu: CpuId, _now: Time) -> Option<Pick> {
        let (_, shortest) = self.waiting.pop(cpu)?; // rule 1
        Some(Pick::until_it_stops(shortest).because("its burst is shortest")) // rule 2
    }

    fn stopped(&mut self, thread: &Attributes, _ran: Duration, why: StopReason, _now: Time) {
        if why.still_runnable() {
            self.waiting.insert(key(thread), thread);
        }
    }

    fn changed(&mut self, thread: &Attributes, _now: Time) {
        self.waiting.rekey(key(thread), thread);
    }

    fn queues(&self) -> Vec<Queue> {
        let waiting = self.waiting.iter();
        let waiting = waiting.map(|((burst, _), id)| (id, format!("burst {}", ms(burst))));
        vec![Queue::only(waiting)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{at, bursting, picks, thread};
    use super::*;

    #[test]
    fn threads_run_in_the_order_of_their_bursts() {
        let mut policy = ShortestJobFirst::new();
        for (number, burst) in [(1, 24), (2, 3), (3, 7)] {
            policy.ready(&bursting(number, burst), Ready::New, Time::ZERO);
        }
        assert_eq!(picks(&mut policy), [2, 3, 1]);
    }

    #[test]
    fn of_equal_bursts_the_earlier_arrival_is_first_then_the_lower_number() {
        let mut policy = ShortestJobFirst::new();
        let late = Attributes {
            arrival: at(9),
            ..bursting(1, 5)
        };
        policy.ready(&late, Ready::New, at(9));
        policy.ready(&bursting(3, 5), Ready::Unblocked, at(9));
        policy.ready(&bursting(2, 5), Ready::Unblocked, at(9));
        assert_eq!(picks(&mut policy), [2, 3, 1]);
    }

    #[test]
    fn a_thread_that_says_nothing_of_its_burst_is_last() {
        let mut policy = ShortestJobFirst::new();
        policy.ready(&thread(1), Ready::New, Time::ZERO);
        policy.ready(&bursting(2, 1000), Ready::New, Time::ZERO);
        assert_eq!(picks(&mut policy), [2, 1]);
    }

    #[test]
    fn a_shorter_thread_does_not_take_the_cpu_away() {
        let mut policy = ShortestJobFirst::new();
        policy.ready(&bursting(1, 24), Ready::New, Time::ZERO);
        let pick = policy.pick(CpuId(0), Time::ZERO).unwrap();
        assert_eq!(pick.quantum, None);
        assert!(!policy.preempts(&bursting(2, 3), &bursting(1, 24), Time::ZERO));
    }

    #[test]
    fn a_waiting_thread_whose_burst_changes_moves() {
        let mut policy = ShortestJobFirst::new();
        policy.ready(&bursting(1, 5), Ready::New, Time::ZERO);
        policy.ready(&bursting(2, 3), Ready::New, Time::ZERO);
        policy.changed(&bursting(1, 2), Time::ZERO);
        assert_eq!(picks(&mut policy), [1, 2]);
    }
}
