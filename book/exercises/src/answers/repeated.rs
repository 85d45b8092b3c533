//! The side that asked: a policy that answers what another one answered.

use super::{Answer, Picked};
use scheduler::policy::{Attributes, CpuId, Pick, Policy, Ready, StopReason, ThreadId};
use scheduler::time::Time;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use std::vec;

/// Answers one after the other.
#[derive(Debug)]
pub struct Repeated {
    /// What it is called.
    name: String,
    /// The answers to come. Some questions are asked of a shared policy.
    answers: Mutex<vec::IntoIter<Answer>>,
    /// The reasons that were given so far: few, and kept for good.
    reasons: BTreeSet<&'static str>,
    /// Set once a question has no answer, or one to another question.
    out_of_step: OutOfStep,
}

/// Whether a [`Repeated`] was asked something that the recorded policy was not:
/// then the two programs were built of unlike sources, and what came out says
/// nothing about the policy.
#[derive(Clone, Debug, Default)]
pub struct OutOfStep(Arc<AtomicBool>);

impl OutOfStep {
    /// Whether it was.
    pub fn is(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Repeated {
    /// A policy of this name that gives these answers, and whether they fit.
    pub fn new(name: impl Into<String>, answers: Vec<Answer>) -> (Repeated, OutOfStep) {
        let out_of_step = OutOfStep::default();
        let repeated = Repeated {
            name: name.into(),
            answers: Mutex::new(answers.into_iter()),
            reasons: BTreeSet::new(),
            out_of_step: out_of_step.clone(),
        };
        (repeated, out_of_step)
    }

    /// Notes that an answer does not fit.
    fn does_not_fit(&self) {
        self.out_of_step.0.store(true, Ordering::Relaxed);
    }

    /// The next answer; None, if there is no other.
    fn next(&self) -> Option<Answer> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        answers.next()
    }

    /// The reason, as long-lived as those of policies that are compiled in.
    fn reason(&mut self, why: String) -> &'static str {
        if let Some(reason) = self.reasons.get(why.as_str()) {
            return reason;
        }
        let reason: &'static str = why.leak();
        self.reasons.insert(reason);
        reason
    }
}

impl Policy for Repeated {
    fn ready(&mut self, _thread: &Attributes, _why: Ready, _now: Time) {}

    fn pick(&mut self, _cpu: CpuId, _now: Time) -> Option<Pick> {
        let Some(Answer::Pick(picked)) = self.next() else {
            self.does_not_fit();
            return None;
        };
        let Picked {
            thread,
            quantum,
            why,
        } = picked?;
        Some(Pick {
            thread: ThreadId(thread),
            quantum: quantum.map(Duration::from_nanos),
            why: why.map(|why| self.reason(why)),
        })
    }

    fn stopped(&mut self, _thread: &Attributes, _ran: Duration, _why: StopReason, _now: Time) {}

    fn preempts(&self, _new: &Attributes, _current: &Attributes, _now: Time) -> bool {
        let Some(Answer::Preempts(preempts)) = self.next() else {
            self.does_not_fit();
            return false;
        };
        preempts
    }

    fn next_timer(&self, _now: Time) -> Option<Time> {
        let Some(Answer::NextTimer(timer)) = self.next() else {
            self.does_not_fit();
            return None;
        };
        timer.map(Time::from_nanos)
    }

    fn name(&self) -> &str {
        &self.name
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Question, Workload, answer};
    use super::*;
    use crate::scenario::{NewPolicy, ms};
    use scheduler::policy::{Level, MultiLevelFeedback};
    use scheduler::simulation::{Job, Outcome, Tie};

    /// Jobs of several kinds, on two CPUs.
    fn workload() -> Workload {
        let talks = Job::arriving(Time::from_millis(2)).run(ms(5));
        let jobs = [
            Job::new().run(ms(40)),
            talks.wait(ms(3)).yield_now(),
            Job::new().run(ms(9)).periodic(ms(20), 3),
        ];
        Workload::new(&jobs, 2, ms(4), 7)
            .tie(Tie::ArrivalFirst)
            .switch_cost(ms(1))
    }

    const FEEDBACK: NewPolicy = |given| {
        let quantum = given.quantum;
        let levels = [1, 2].map(|allotment| Level { quantum, allotment });
        Box::new(MultiLevelFeedback::new(levels).boost_every(ms(10)))
    };

    /// A question that travelled as text, as questions do.
    fn question(most: usize) -> Question {
        let question = Question {
            workload: workload(),
            most,
        };
        let text = serde_json::to_string(&question).unwrap();
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn repeated_answers_make_the_same_schedule() {
        let told = answer(&question(1_000), FEEDBACK);
        assert_eq!(told.panicked, None);
        let (mut repeated, out_of_step) = Repeated::new("mine", told.answers);
        let repeated: Outcome = workload().simulation().run(&mut repeated).unwrap();
        assert!(!out_of_step.is());
        assert_eq!(repeated.policy, "mine");
        let policy = &mut *FEEDBACK(&workload().given());
        let itself = workload().simulation().run(policy).unwrap();
        assert_eq!(repeated.chart, itself.chart);
        assert!(itself.dispatches > 10);
    }

    #[test]
    fn a_recording_ends_after_so_many_picks() {
        let told = answer(&question(5), FEEDBACK);
        let picks = told.answers.iter();
        let picks = picks
            .filter(|answer| matches!(answer, Answer::Pick(Some(_))))
            .count();
        assert!((1..=6).contains(&picks), "{picks}");
    }

    #[test]
    fn a_panic_comes_back_as_its_message() {
        let panics: NewPolicy = |_| panic!("on purpose");
        let told = answer(&question(5), panics);
        assert!(told.panicked.is_some());
        assert_eq!(told.answers, []);
    }

    #[test]
    fn an_answer_to_another_question_is_noticed() {
        let (mut repeated, out_of_step) = Repeated::new("mine", vec![Answer::Preempts(true)]);
        assert_eq!(repeated.pick(CpuId(0), Time::ZERO), None);
        assert!(out_of_step.is());
    }
}
