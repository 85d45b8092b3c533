//! A planted mistake: an unblocked thread is favoured: it goes to the head.

use scheduler::policy::{Attributes, CpuId, Pick, Policy, Ready, StopReason, ThreadId};
use scheduler::time::Time;
use std::collections::VecDeque;
use std::time::Duration;

/// Runs threads in turn, each for one quantum at most.
#[derive(Debug)]
pub(crate) struct RoundRobin {
    /// How long a thread may run before the next one gets the CPU.
    quantum: Duration,
    /// The threads that wait for a CPU, the longest waiting at the head.
    queue: VecDeque<ThreadId>,
}

impl RoundRobin {
    /// A policy that stores no thread yet.
    pub(crate) fn new(quantum: Duration) -> RoundRobin {
        RoundRobin {
            quantum,
            queue: VecDeque::new(),
        }
    }
}

impl Policy for RoundRobin {
    /// Mistake: an unblocked thread goes to the head.
    fn ready(&mut self, thread: &Attributes, why: Ready, _now: Time) {
        match why {
            Ready::New => self.queue.push_back(thread.id),
            Ready::Unblocked => self.queue.push_front(thread.id),
        }
    }

    /// The head, for a whole quantum.
    fn pick(&mut self, _cpu: CpuId, _now: Time) -> Option<Pick> {
        let head = self.queue.pop_front()?;
        Some(Pick::for_at_most(head, self.quantum))
    }

    /// Expired or yielded: to the tail. Blocked or finished: not stored.
    fn stopped(&mut self, thread: &Attributes, _ran: Duration, why: StopReason, _now: Time) {
        if why.still_runnable() {
            self.queue.push_back(thread.id);
        }
    }

    /// What the trace says of this policy.
    fn quantum(&self) -> Option<Duration> {
        Some(self.quantum)
    }
}
