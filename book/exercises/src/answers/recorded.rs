//! The side that has the policy: it is driven, and what it answers is kept.

use super::{Answer, Answers, Picked, Question};
use crate::check::caught;
use crate::scenario::NewPolicy;
use scheduler::policy::{Attributes, CpuId, Pick, Policy, Ready, StopReason};
use scheduler::time::Time;
use std::cell::RefCell;
use std::time::Duration;

/// Drives a policy on the question's workload, and returns what it answered.
pub fn answer(question: &Question, new: NewPolicy) -> Answers {
    let most = question.most;
    let mut recorded = None;
    let run = caught(|| {
        let policy = new(&question.workload.given());
        let recorded = recorded.insert(Recorded {
            policy,
            answers: RefCell::default(),
            asked: 0,
            most,
        });
        // Whoever repeats the answers will come to the same end, or fault.
        question
            .workload
            .simulation()
            .without_chart()
            .run(recorded)
            .is_ok()
    });
    let answers = recorded.map(|recorded| recorded.answers.into_inner());
    Answers {
        answers: answers.unwrap_or_default(),
        panicked: run.err(),
    }
}

/// A policy whose answers are kept.
struct Recorded {
    /// The policy.
    policy: Box<dyn Policy>,
    /// What it answered, in order.
    answers: RefCell<Vec<Answer>>,
    /// How many picks and timers there were.
    asked: usize,
    /// After how many it is asked no more.
    most: usize,
}

impl Recorded {
    /// Whether it has been asked too often.
    fn is_silenced(&self) -> bool {
        self.asked > self.most
    }
}

/// A length in ns, which is what clocks count in.
fn nanos(length: Duration) -> u64 {
    u64::try_from(length.as_nanos()).unwrap_or(u64::MAX)
}

impl Policy for Recorded {
    fn ready(&mut self, thread: &Attributes, why: Ready, now: Time) {
        self.policy.ready(thread, why, now);
    }

    fn pick(&mut self, cpu: CpuId, now: Time) -> Option<Pick> {
        if self.is_silenced() {
            return None;
        }
        let pick = self.policy.pick(cpu, now);
        self.asked += usize::from(pick.is_some());
        let picked = pick.map(|pick| Picked {
            thread: pick.thread.0,
            quantum: pick.quantum.map(nanos),
            why: pick.why.map(str::to_owned),
        });
        self.answers.get_mut().push(Answer::Pick(picked));
        pick
    }

    fn stopped(&mut self, thread: &Attributes, ran: Duration, why: StopReason, now: Time) {
        self.policy.stopped(thread, ran, why, now);
    }

    fn preempts(&self, new: &Attributes, current: &Attributes, now: Time) -> bool {
        let preempts = self.policy.preempts(new, current, now);
        self.answers.borrow_mut().push(Answer::Preempts(preempts));
        preempts
    }

    fn next_timer(&self, now: Time) -> Option<Time> {
        if self.is_silenced() {
            return None;
        }
        let timer = self.policy.next_timer(now);
        let nanos = timer.map(Time::as_nanos);
        self.answers.borrow_mut().push(Answer::NextTimer(nanos));
        timer
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
}
