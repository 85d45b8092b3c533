//! A policy with somebody who writes down what it is told and what it answers.
//!
//! So the screen can say which threads the policy stored at any decision, and
//! why it picked the one that it picked.
//!
//! Invariant: (1) a simulation ends: after [`MOST`] picks and timers the policy
//! answers no more, which its driver takes for a fault and stops.
//!
//! Book: chapter 15. Mirror: the trace of real threads.

use scheduler::{
    policy::{Attributes, CpuId, Pick, Policy, Queue, Ready, StopReason, ThreadId},
    time::Time,
};
use std::time::Duration;

/// The most picks and timers of one simulation.
pub(super) const MOST: usize = 100_000;

/// Something that concerns the threads that a policy stores.
#[derive(Clone, Copy, Debug)]
pub(super) enum Note {
    /// A thread was stored: it is new, unblocked, or stopped and can go on.
    Stored(ThreadId),
    /// A thread was picked.
    Picked(Decision),
}

/// A policy's answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decision {
    /// When.
    pub(super) now: Time,
    /// For which CPU.
    pub(super) cpu: CpuId,
    /// Who, for how long, and why.
    pub(super) pick: Pick,
}

/// A policy that is watched.
pub(super) struct Watched {
    /// The policy.
    policy: Box<dyn Policy>,
    /// What has been written down.
    pub(super) notes: Vec<Note>,
    /// How many picks and timers there were.
    asked: usize,
    /// After which decision, from 0, to look at the queues and to be silent.
    look_after: Option<usize>,
    /// The queues that were seen then.
    pub(super) queues: Vec<Queue>,
}

impl Watched {
    /// Nothing has been written down yet.
    pub(super) fn new(policy: Box<dyn Policy>) -> Watched {
        Watched {
            policy,
            notes: Vec::new(),
            asked: 0,
            look_after: None,
            queues: Vec::new(),
        }
    }

    /// Watched up to the decision of this number, from 0: then the policy's queues
    /// are looked at, and it answers no more.
    pub(super) fn until(policy: Box<dyn Policy>, decision: usize) -> Watched {
        Watched {
            look_after: Some(decision),
            ..Watched::new(policy)
        }
    }

    /// Whether it answered too often, and was silenced (1).
    pub(super) fn is_silenced(&self) -> bool {
        self.asked > MOST
    }
}

impl Policy for Watched {
    fn ready(&mut self, thread: &Attributes, why: Ready, now: Time) {
        self.notes.push(Note::Stored(thread.id));
        self.policy.ready(thread, why, now);
    }

    fn pick(&mut self, cpu: CpuId, now: Time) -> Option<Pick> {
        if self.is_silenced() {
            return None;
        }
        let pick = self.policy.pick(cpu, now)?;
        self.asked += 1;
        if let Some(decision) = self.look_after {
            if decision == 0 {
                self.queues = self.policy.queues();
                self.asked = MOST + 1; // silenced
            }
            self.look_after = decision.checked_sub(1);
            return Some(pick);
        }
        self.notes.push(Note::Picked(Decision { now, cpu, pick }));
        Some(pick)
    }

    fn stopped(&mut self, thread: &Attributes, ran: Duration, why: StopReason, now: Time) {
        if why.still_runnable() {
            self.notes.push(Note::Stored(thread.id));
        }
        self.policy.stopped(thread, ran, why, now);
    }

    fn preempts(&self, new: &Attributes, current: &Attributes, now: Time) -> bool {
        self.policy.preempts(new, current, now)
    }

    fn next_timer(&self, now: Time) -> Option<Time> {
        if self.is_silenced() {
            return None;
        }
        self.policy.next_timer(now)
    }

    fn timer(&mut self, now: Time) {
        self.asked += 1;
        self.policy.timer(now);
    }

    fn changed(&mut self, thread: &Attributes, now: Time) {
        self.policy.changed(thread, now);
    }

    fn name(&self) -> &str {
        self.policy.name()
    }

    fn quantum(&self) -> Option<Duration> {
        self.policy.quantum()
    }

    fn queues(&self) -> Vec<Queue> {
        self.policy.queues()
    }
}
