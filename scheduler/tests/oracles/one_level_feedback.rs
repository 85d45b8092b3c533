//! A feedback queue with one level: OSTEP's round robin with I/O.
//!
//! OSTEP's `mlfq.py` with `-n 1` is round robin with two peculiarities, so its
//! cases with I/O need this form and not `RoundRobin`:
//!
//! 1. What is left of a quantum survives an I/O and a preemption; only a
//!    quantum that is used up is replaced by a whole one.
//! 2. With `iobump` a job whose I/O is done goes to the head, and preempts.
//!    Whoever is preempted so stays next behind it.

use scheduler::policy::{Attributes, CpuId, Pick, Policy, Ready, StopReason, ThreadId};
use scheduler::time::Time;
use std::collections::{HashMap, VecDeque};
use std::time::Duration;

/// One level of a multi-level feedback queue.
pub(crate) struct OneLevelFeedback {
    /// A whole quantum.
    quantum: Duration,
    /// Peculiarity 2.
    io_bump: bool,
    /// The runnable threads.
    queue: VecDeque<ThreadId>,
    /// What is left of each thread's quantum (peculiarity 1).
    left: HashMap<ThreadId, Duration>,
    /// Who was put at the head last.
    bumped: Option<ThreadId>,
}

impl OneLevelFeedback {
    /// An empty level.
    pub(crate) fn new(quantum: Duration, io_bump: bool) -> OneLevelFeedback {
        OneLevelFeedback {
            quantum,
            io_bump,
            queue: VecDeque::new(),
            left: HashMap::new(),
            bumped: None,
        }
    }
}

impl Policy for OneLevelFeedback {
    fn ready(&mut self, thread: &Attributes, why: Ready, _now: Time) {
        if self.io_bump && why == Ready::Unblocked {
            self.queue.push_front(thread.id); // 2
            self.bumped = Some(thread.id);
        } else {
            self.queue.push_back(thread.id);
        }
    }

    fn pick(&mut self, _cpu: CpuId, _now: Time) -> Option<Pick> {
        let head = self.queue.pop_front()?;
        let left = *self.left.entry(head).or_insert(self.quantum);
        Some(Pick::for_at_most(head, left))
    }

    fn stopped(&mut self, thread: &Attributes, ran: Duration, why: StopReason, _now: Time) {
        let left = self.left.get_mut(&thread.id).expect("it was picked");
        *left -= ran;
        if left.is_zero() {
            *left = self.quantum; // 1
        }
        match why {
            StopReason::QuantumExpired | StopReason::Yielded => self.queue.push_back(thread.id),
            StopReason::Preempted => self.queue.insert(1, thread.id), // 2
            StopReason::Blocked | StopReason::Finished => {}
        }
    }

    fn preempts(&self, new: &Attributes, _current: &Attributes, _now: Time) -> bool {
        self.bumped == Some(new.id) && self.queue.front() == Some(&new.id)
    }
}
