//! A planted mistake: what a thread left of its quantum when it blocked is all it gets next time.

use scheduler::policy::{Attributes, CpuId, Pick, Policy, Ready, StopReason, ThreadId};
use scheduler::time::Time;
use std::collections::{HashMap, VecDeque};
use std::time::Duration;

/// Runs threads in turn, each for one quantum at most.
#[derive(Debug)]
pub(crate) struct RoundRobin {
    /// How long a thread may run before the next one gets the CPU.
    quantum: Duration,
    /// The threads that wait for a CPU, the longest waiting at the head.
    queue: VecDeque<ThreadId>,
    /// What each thread has left of its quantum.
    left: HashMap<ThreadId, Duration>,
}

impl RoundRobin {
    /// A policy that stores no thread yet.
    pub(crate) fn new(quantum: Duration) -> RoundRobin {
        RoundRobin {
            quantum,
            queue: VecDeque::new(),
            left: HashMap::new(),
        }
    }
}

impl Policy for RoundRobin {
    /// New or unblocked: to the tail.
    fn ready(&mut self, thread: &Attributes, _why: Ready, _now: Time) {
        self.queue.push_back(thread.id);
    }

    /// Mistake: the head, for what it has left of its quantum.
    fn pick(&mut self, _cpu: CpuId, _now: Time) -> Option<Pick> {
        let head = self.queue.pop_front()?;
        let left = *self.left.entry(head).or_insert(self.quantum);
        Some(Pick::for_at_most(head, left))
    }

    /// Expired or yielded: to the tail. Blocked or finished: not stored.
    fn stopped(&mut self, thread: &Attributes, ran: Duration, why: StopReason, _now: Time) {
        let left = self.left.entry(thread.id).or_insert(self.quantum);
        *left = left.saturating_sub(ran);
        if left.is_zero() {
            *left = self.quantum;
        }
        if why.still_runnable() {
            self.queue.push_back(thread.id);
        }
    }

    /// What the trace says of this policy.
    fn quantum(&self) -> Option<Duration> {
        Some(self.quantum)
    }
}
