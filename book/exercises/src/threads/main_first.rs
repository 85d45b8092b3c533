//! Thread 0 is told of as one that no job holds up.
//!
//! It starts the jobs when they come. Without a deadline it would start one only
//! when no other has anything to do, and with a weight far below theirs hardly
//! ever. So policies see it with the earliest deadline, and as heavy as any job.
//! (Its priority needs no help: those of the jobs are lowered.)
//!
//! Invariant: (1) all else passes through unchanged, every other thread's
//! attributes included.
//!
//! Book: "Exercises" in the introduction.

use scheduler::policy::{Attributes, CpuId, Pick, Policy, Queue, Ready, StopReason, ThreadId};
use scheduler::simulation::Job;
use scheduler::time::Time;
use std::borrow::Cow;
use std::time::Duration;

/// A policy that sees thread 0 as one that no job holds up.
pub(super) struct MainFirst {
    /// Who decides.
    policy: Box<dyn Policy>,
    /// Thread 0's deadline: none, if no job has one.
    deadline: Option<Time>,
    /// Thread 0's weight: that of the heaviest job.
    weight: u32,
}

impl MainFirst {
    /// `policy`, for a run in which thread 0 starts `jobs`.
    pub(super) fn new(policy: Box<dyn Policy>, jobs: &[Job]) -> MainFirst {
        let have_deadlines = jobs.iter().any(|job| job.deadline.or(job.period).is_some());
        let weights = jobs.iter().filter_map(|job| job.weight);
        MainFirst {
            policy,
            deadline: have_deadlines.then_some(Time::ZERO),
            weight: weights.max().unwrap_or(1).max(1),
        }
    }

    /// What the policy sees of `thread`.
    fn seen<'a>(&self, thread: &'a Attributes) -> Cow<'a, Attributes> {
        if thread.id != ThreadId(0) {
            return Cow::Borrowed(thread); // (1)
        }
        let mut main = thread.clone();
        main.deadline = self.deadline;
        main.weight = self.weight;
        Cow::Owned(main)
    }
}

impl Policy for MainFirst {
    fn ready(&mut self, thread: &Attributes, why: Ready, now: Time) {
        let thread = self.seen(thread);
        self.policy.ready(&thread, why, now);
    }

    fn pick(&mut self, cpu: CpuId, now: Time) -> Option<Pick> {
        self.policy.pick(cpu, now)
    }

    fn stopped(&mut self, thread: &Attributes, ran: Duration, why: StopReason, now: Time) {
        let thread = self.seen(thread);
        self.policy.stopped(&thread, ran, why, now);
    }

    fn preempts(&self, new: &Attributes, current: &Attributes, now: Time) -> bool {
        let (new, current) = (self.seen(new), self.seen(current));
        self.policy.preempts(&new, &current, now)
    }

    fn next_timer(&self, now: Time) -> Option<Time> {
        self.policy.next_timer(now)
    }

    fn timer(&mut self, now: Time) {
        self.policy.timer(now);
    }

    fn changed(&mut self, thread: &Attributes, now: Time) {
        let thread = self.seen(thread);
        self.policy.changed(&thread, now);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::ms;
    use scheduler::policy::EarliestDeadlineFirst;

    #[test]
    fn only_thread_0_is_seen_otherwise_and_only_where_jobs_have_more() {
        let job = |weight, deadline| Job {
            weight: Some(weight),
            deadline,
            ..Job::new()
        };
        let policy = || Box::new(EarliestDeadlineFirst::new());
        let main = Attributes::new(ThreadId(0), Time::ZERO);
        let other = Attributes::new(ThreadId(1), Time::ZERO);
        let first = MainFirst::new(policy(), &[job(7, Some(ms(1))), job(3, None)]);
        assert_eq!(first.seen(&main).deadline, Some(Time::ZERO));
        assert_eq!(first.seen(&main).weight, 7);
        assert_eq!(*first.seen(&other), other);
        let plain = MainFirst::new(policy(), &[Job::new()]);
        assert_eq!(*plain.seen(&main), main);
    }
}
