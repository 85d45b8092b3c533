//! A planted mistake: a thread of equal priority takes the CPU.

use scheduler::policy::{Attributes, CpuId, Pick, Policy, Ready, StopReason, ThreadId};
use scheduler::time::Time;
use std::time::Duration;

/// A thread that waits for a CPU.
#[derive(Debug)]
struct Waiting {
    /// Which thread.
    thread: ThreadId,
    /// Its own priority, and what it gained by waiting.
    priority: i32,
    /// Since when it has waited.
    since: Time,
}

/// Runs the thread with the highest priority, which rises while it waits.
#[derive(Debug)]
pub(crate) struct PriorityAging {
    /// How long a thread may run before its equals get their turn.
    quantum: Duration,
    /// How often waiting threads rise.
    interval: Duration,
    /// The threads that wait for a CPU; of equals the first is next.
    waiting: Vec<Waiting>,
}

impl PriorityAging {
    /// A policy that stores no thread yet.
    pub(crate) fn new(quantum: Duration, interval: Duration) -> PriorityAging {
        PriorityAging {
            quantum,
            interval,
            waiting: Vec::new(),
        }
    }
}

/// A thread that begins to wait now, at its own priority.
fn waiting(thread: &Attributes, now: Time) -> Waiting {
    Waiting {
        thread: thread.id,
        priority: thread.priority, // rule 5: all that it gained is gone
        since: now,
    }
}

impl Policy for PriorityAging {
    /// New or unblocked: behind its equals (rule 2).
    fn ready(&mut self, thread: &Attributes, _why: Ready, now: Time) {
        self.waiting.push(waiting(thread, now));
    }

    /// The first of the highest (rules 1 and 2), for a whole quantum (rule 4).
    fn pick(&mut self, _cpu: CpuId, _now: Time) -> Option<Pick> {
        let highest = self.waiting.iter().map(|waiting| waiting.priority).max()?;
        let is_highest = |waiting: &Waiting| waiting.priority == highest;
        let place = self.waiting.iter().position(is_highest)?;
        let next = self.waiting.remove(place);
        Some(Pick::for_at_most(next.thread, self.quantum))
    }

    /// Preempted: before its equals. Expired or yielded: behind them (rule 2).
    fn stopped(&mut self, thread: &Attributes, _ran: Duration, why: StopReason, now: Time) {
        match why {
            StopReason::Preempted => self.waiting.insert(0, waiting(thread, now)),
            StopReason::QuantumExpired | StopReason::Yielded => {
                self.waiting.push(waiting(thread, now));
            }
            StopReason::Blocked | StopReason::Finished => {}
        }
    }

    /// Mistake: an equal one does too.
    fn preempts(&self, new: &Attributes, current: &Attributes, _now: Time) -> bool {
        new.priority >= current.priority
    }

    /// At the next multiple of the interval; never, while nobody waits (rule 6).
    fn next_timer(&self, now: Time) -> Option<Time> {
        if self.waiting.is_empty() {
            return None;
        }
        now.next_multiple_of(self.interval)
    }

    /// Whoever waited when this instant came rises by one (rule 5).
    fn timer(&mut self, now: Time) {
        for waiting in &mut self.waiting {
            if waiting.since < now {
                waiting.priority = waiting.priority.saturating_add(1);
            }
        }
    }

    /// What the trace says of this policy.
    fn quantum(&self) -> Option<Duration> {
        Some(self.quantum)
    }
}
