//! Round robin: a queue whose head may run for one quantum at most.
//!
//! The policy of time sharing: with n runnable threads nobody waits longer than
//! n - 1 quanta. A short quantum answers quickly and spends more on switching; an
//! endless one is first come, first served.
//!
//! Source: Silberschatz, Galvin and Gagne, *Operating System Concepts*, section
//! 5.3.3; OSTEP, chapter 7, section 7.7. As rules:
//!
//! 1. A thread that becomes runnable, new or unblocked, goes to the tail.
//! 2. The head runs for at most one quantum (time slice): always a whole one,
//!    whatever it left unused the last time.
//! 3. A thread whose quantum expired, or that yields, goes to the tail.
//! 4. Nobody loses the CPU because somebody else became runnable.
//!
//! At one instant rule 3 comes before rule 1, unless the driver is told
//! otherwise. Left out: priorities; keeping the unused rest of a quantum.
//!
//! Book: chapter 2. Mirror: none; a task cannot be stopped.

use super::line::Line;
use super::{Attributes, CpuId, Pick, Policy, Queue, Ready, StopReason};
use crate::time::Time;
use std::time::Duration;

/// Runs threads in turn, each for one quantum at most.
#[derive(Debug)]
pub struct RoundRobin {
    /// How long a thread may run before its CPU is taken away. Never zero.
    quantum: Duration,
    /// The runnable threads, the longest waiting at the head.
    queue: Line,
}

impl RoundRobin {
    /// An empty queue whose threads will run for at most `quantum` at a time.
    ///
    /// # Panics
    ///
    /// If `quantum` is zero: no thread would ever get anywhere.
    pub fn new(quantum: Duration) -> RoundRobin {
        assert!(
            !quantum.is_zero(),
            "round robin needs a quantum longer than zero: in no time no thread gets anywhere"
        );
        RoundRobin {
            quantum,
            queue: Line::default(),
        }
    }
}

// ANCHOR: policy
// Rule 4 is the default of `Policy::preempts`.
impl Policy for RoundRobin {
    fn ready(&mut self, thread: &Attributes, _why: Ready, _now: Time) {
        self.queue.push_back(thread); // rule 1
    }

    fn pick(&mut self, cpu: CpuId, _now: Time) -> Option<Pick> {
        let head = self.queue.pop_front(cpu)?;
        Some(Pick::for_at_most(head, self.quantum).because("it has waited longest")) // rule 2
    }

    fn stopped(&mut self, thread: &Attributes, _ran: Duration, why: StopReason, _now: Time) {
        if why.still_runnable() {
            self.queue.push_back(thread); // rule 3
        }
    }

    fn quantum(&self) -> Option<Duration> {
        Some(self.quantum)
    }

    fn queues(&self) -> Vec<Queue> {
        let waiting = self.queue.threads().map(|thread| (thread, String::new()));
        vec![Queue::only(waiting)]
    }
}
// ANCHOR_END: policy

#[cfg(test)]
mod tests {
    use super::super::ThreadId;
    use super::super::testing::{picks, thread};
    use super::*;

    const QUANTUM: Duration = Duration::from_millis(3);

    #[test]
    fn quantum_expiry_moves_thread_to_tail() {
        let mut policy = RoundRobin::new(QUANTUM);
        policy.ready(&thread(2), Ready::New, Time::ZERO);
        policy.ready(&thread(3), Ready::New, Time::ZERO);
        policy.stopped(&thread(1), QUANTUM, StopReason::QuantumExpired, Time::ZERO);
        assert_eq!(picks(&mut policy), [2, 3, 1]);
    }

    #[test]
    fn woken_thread_goes_to_the_tail_behind_the_expired_one() {
        let mut policy = RoundRobin::new(QUANTUM);
        policy.ready(&thread(3), Ready::New, Time::ZERO);
        policy.stopped(&thread(2), QUANTUM, StopReason::QuantumExpired, Time::ZERO);
        policy.ready(&thread(1), Ready::Unblocked, Time::ZERO);
        assert_eq!(picks(&mut policy), [3, 2, 1]);
    }

    #[test]
    fn every_dispatch_begins_a_whole_quantum() {
        let mut policy = RoundRobin::new(QUANTUM);
        let half = QUANTUM / 2;
        policy.stopped(&thread(1), half, StopReason::Yielded, Time::ZERO + half);
        let pick = policy.pick(CpuId(0), Time::ZERO + half).unwrap();
        assert_eq!((pick.thread, pick.quantum), (ThreadId(1), Some(QUANTUM)));
    }

    #[test]
    fn a_new_thread_preempts_nobody() {
        let policy = RoundRobin::new(QUANTUM);
        assert!(!policy.preempts(&thread(2), &thread(1), Time::ZERO));
    }

    #[test]
    fn a_thread_that_blocks_or_finishes_is_not_stored() {
        let mut policy = RoundRobin::new(QUANTUM);
        policy.stopped(&thread(1), QUANTUM, StopReason::Blocked, Time::ZERO);
        policy.stopped(&thread(2), QUANTUM, StopReason::Finished, Time::ZERO);
        assert_eq!(picks(&mut policy), []);
    }

    #[test]
    #[should_panic(expected = "round robin needs a quantum longer than zero")]
    fn a_quantum_of_zero_is_refused() {
        let _ = RoundRobin::new(Duration::ZERO);
    }
}
