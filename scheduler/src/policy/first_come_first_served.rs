//! First come, first served: a queue, and nobody is ever hurried.
//!
//! The oldest policy there is, and the measure of the others: as few switches
//! as possible, but one long job holds up all that came after it (the *convoy*).
//!
//! Source: Silberschatz, Galvin and Gagne, *Operating System Concepts*, section
//! 5.3.1; OSTEP, chapter 7, section 7.3 (there called FIFO). As rules:
//!
//! 1. A thread that becomes runnable, new or unblocked, goes to the tail.
//! 2. The head runs until it stops by itself: it blocks, yields or finishes.
//! 3. A thread that yields goes to the tail.
//!
//! Left out: everything that looks at a thread. Only the order counts.
//!
//! Book: chapter 2. Mirror: `runtime::ready_queue`, whose tasks run like this.

use super::line::Line;
use super::{Attributes, CpuId, Pick, Policy, Queue, Ready, StopReason};
use crate::time::Time;
use std::time::Duration;

/// Runs threads in the order in which they became runnable, without a quantum.
///
/// In checkpoint and signal mode the CPU is thus never taken away.
#[derive(Debug, Default)]
pub struct FirstComeFirstServed {
    /// The runnable threads, the longest waiting at the head.
    queue: Line,
}

impl FirstComeFirstServed {
    /// An empty queue.
    pub fn new() -> FirstComeFirstServed {
        FirstComeFirstServed::default()
    }
}

// ANCHOR: policy
impl Policy for FirstComeFirstServed {
    fn ready(&mut self, thread: &Attributes, _why: Ready, _now: Time) {
        self.queue.push_back(thread); // rule 1
    }

    fn pick(&mut self, cpu: CpuId, _now: Time) -> Option<Pick> {
        let head = self.queue.pop_front(cpu)?;
        Some(Pick::until_it_stops(head).because("it came first")) // rule 2
    }

    fn stopped(&mut self, thread: &Attributes, _ran: Duration, why: StopReason, _now: Time) {
        if why.still_runnable() {
            self.queue.push_back(thread); // rule 3
        }
    }

    fn queues(&self) -> Vec<Queue> {
        let waiting = self.queue.threads().map(|thread| (thread, String::new()));
        vec![Queue::only(waiting)]
    }
}
// ANCHOR_END: policy

#[cfg(test)]
mod tests {
    use super::super::testing::{picks, thread};
    use super::*;

    #[test]
    fn threads_run_in_the_order_of_their_coming() {
        let mut policy = FirstComeFirstServed::new();
        policy.ready(&thread(2), Ready::New, Time::ZERO);
        policy.ready(&thread(1), Ready::Unblocked, Time::ZERO);
        policy.ready(&thread(3), Ready::New, Time::ZERO);
        assert_eq!(picks(&mut policy), [2, 1, 3]);
    }

    #[test]
    fn a_thread_may_run_until_it_stops_by_itself() {
        let mut policy = FirstComeFirstServed::new();
        policy.ready(&thread(1), Ready::New, Time::ZERO);
        let pick = policy.pick(CpuId(0), Time::ZERO).unwrap();
        assert_eq!(pick.quantum, None);
        assert!(!policy.preempts(&thread(2), &thread(1), Time::ZERO));
    }

    #[test]
    fn a_thread_that_yields_goes_to_the_tail() {
        let mut policy = FirstComeFirstServed::new();
        policy.ready(&thread(1), Ready::New, Time::ZERO);
        policy.stopped(&thread(2), Duration::ZERO, StopReason::Yielded, Time::ZERO);
        assert_eq!(picks(&mut policy), [1, 2]);
    }

    #[test]
    fn a_thread_that_blocks_or_finishes_is_not_stored() {
        let mut policy = FirstComeFirstServed::new();
        policy.stopped(&thread(1), Duration::ZERO, StopReason::Blocked, Time::ZERO);
        policy.stopped(&thread(2), Duration::ZERO, StopReason::Finished, Time::ZERO);
        assert_eq!(picks(&mut policy), []);
    }
}
