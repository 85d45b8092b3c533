//! Exercises whose learner writes a policy: their checks are a list.
//!
//! Every one is checked three times: rule by rule and against the literature on
//! paper, on thousands of random workloads, and with real threads. What is done
//! alike for all is here; a `checks.rs` says which rules, cases and scenarios.
//!
//! | part | holds the learner's policy against |
//! |---|---|
//! | [`rule`](PolicyExercise::rule) | the reference, on one small scenario |
//! | [`picks`](PolicyExercise::picks), [`gives`](PolicyExercise::gives), [`preempts`](PolicyExercise::preempts) | answers to a few direct questions, without a driver |
//! | [`textbook`](PolicyExercise::textbook) | what a source says |
//! | [`random`](PolicyExercise::random) | the reference, on thousands of scenarios |
//! | [`at_checkpoints`](PolicyExercise::at_checkpoints) | the reference's order of real threads |
//! | [`by_signal`](PolicyExercise::by_signal) | the reference's answers, while threads are preempted |
//!
//! Invariant: (1) a check of a rule isolates it, and presumes only the rules that
//! are checked before it. So the first that fails names the mistake.
//!
//! Book: "Exercises" in the introduction.

mod asked;
#[macro_use]
mod candidates;

use crate::answers::{self, Question, Workload};
use crate::channel::Channel;
use crate::check::{Check, Complaint, Part, Run, keep_panics_quiet};
use crate::confine::confine;
use crate::judge;
use crate::random;
use crate::scenario::{Kind, NewPolicy, Scenario};
use crate::table::Table;
use crate::threads;
use scheduler::simulation::Job;
use std::process::ExitCode;
use std::time::Duration;
use std::{env, fs};

/// What the checks of one exercise have in common.
#[derive(Clone, Copy, Debug)]
pub struct PolicyExercise {
    /// The policy that is right.
    pub reference: NewPolicy,
    /// What it looks at.
    pub kind: Kind,
}

impl PolicyExercise {
    /// These jobs, under policies of this exercise.
    pub fn scenario(&self, jobs: impl IntoIterator<Item = Job>) -> Scenario {
        Scenario {
            kind: self.kind,
            ..Scenario::new(jobs)
        }
    }

    /// A check that a small scenario runs as it should.
    pub fn rule(
        &self,
        name: &'static str,
        rule: &'static str,
        scenario: Scenario,
    ) -> Check<NewPolicy> {
        let (reference, stepped) = (self.reference, scenario.clone());
        Check {
            name,
            rule,
            part: Part::Rules,
            run: Box::new(move |subject| scenario.compare(reference, *subject)),
            step: Some(self.as_threads(stepped)),
        }
    }

    /// The same, but as threads another scenario shows it: for rules on what
    /// happens while thread 0, who starts the others, would be in the way.
    pub fn rule_stepped_as(
        &self,
        name: &'static str,
        rule: &'static str,
        scenario: Scenario,
        stepped: Scenario,
    ) -> Check<NewPolicy> {
        Check {
            step: Some(self.as_threads(stepped)),
            ..self.rule(name, rule, scenario)
        }
    }

    /// A check that `pick` returns these in turn, after `ready` with each thread
    /// of the scenario, at time 0, for CPUs 0, 1, ...
    pub fn picks(
        &self,
        name: &'static str,
        rule: &'static str,
        scenario: Scenario,
        expected: &'static [Option<u32>],
    ) -> Check<NewPolicy> {
        let asked = scenario.clone();
        self.asked(name, rule, scenario, move |new| {
            asked::picks_are(new, &asked, expected)
        })
    }

    /// A check that `pick` says how long the first thread may run, after `ready`
    /// with each thread of the scenario, at time 0.
    pub fn gives(
        &self,
        name: &'static str,
        rule: &'static str,
        scenario: Scenario,
        quantum: Option<Duration>,
    ) -> Check<NewPolicy> {
        let asked = scenario.clone();
        self.asked(name, rule, scenario, move |new| {
            asked::quantum_is(new, &asked, quantum)
        })
    }

    /// A check whether thread 2 takes the CPU of thread 1 when it becomes ready at
    /// time 0, thread 1 having been picked. Both are jobs of the scenario.
    pub fn preempts(
        &self,
        name: &'static str,
        rule: &'static str,
        scenario: Scenario,
        expected: bool,
    ) -> Check<NewPolicy> {
        let asked = scenario.clone();
        self.asked(name, rule, scenario, move |new| {
            asked::preempts_is(new, &asked, expected)
        })
    }

    /// A check that asks the policy directly, without a driver. Stepped, threads
    /// in whose run it would go wrong show the same.
    pub fn asked(
        &self,
        name: &'static str,
        rule: &'static str,
        stepped: Scenario,
        ask: impl Fn(NewPolicy) -> Result<(), Complaint> + 'static,
    ) -> Check<NewPolicy> {
        Check {
            name,
            rule,
            part: Part::Rules,
            run: Box::new(move |subject| ask(*subject)),
            step: Some(self.as_threads(stepped)),
        }
    }

    /// The check of the literature.
    pub fn textbook(&self, rule: &'static str, tables: Vec<Table>) -> Check<NewPolicy> {
        Check {
            name: "textbook_tables",
            rule,
            part: Part::Textbook,
            run: Box::new(move |subject| tables.iter().try_for_each(|table| table.holds(*subject))),
            step: None,
        }
    }

    /// The check of random scenarios.
    pub fn random(&self, rule: &'static str) -> Check<NewPolicy> {
        let PolicyExercise { reference, kind } = *self;
        Check {
            name: "random_workloads",
            rule,
            part: Part::Random,
            run: Box::new(move |subject| random::compare(&kind, reference, *subject)),
            step: None,
        }
    }

    /// The check of real threads in virtual time.
    pub fn at_checkpoints(&self, rule: &'static str, scenario: Scenario) -> Check<NewPolicy> {
        let run = self.as_threads(scenario.clone());
        Check {
            name: "threads_at_checkpoints",
            rule,
            part: Part::Threads,
            run,
            step: Some(self.as_threads(scenario)),
        }
    }

    /// The check of real threads in real time, answer by answer. Its scenario's
    /// bursts should be several quanta, and a few hundred ms in all.
    pub fn by_signal(&self, rule: &'static str, scenario: Scenario) -> Check<NewPolicy> {
        let reference = self.reference;
        Check {
            name: "threads_by_signal",
            rule,
            part: Part::Threads,
            run: Box::new(move |subject| {
                threads::compare_by_signal(&scenario, reference, *subject)
            }),
            step: None,
        }
    }

    /// A run with real threads at checkpoints, to be stepped.
    fn as_threads(&self, scenario: Scenario) -> Run<NewPolicy> {
        let reference = self.reference;
        Box::new(move |subject| threads::compare(&scenario, reference, *subject))
    }
}

/// The `main` of a policy exercise's checks: [`judge::main`], and two ways more to
/// be called, both by the stepper and on the first candidate:
///
/// 1. `--simulate`: reads a [`Question`], lets the policy drive its workload, and
///    tells the answers (see [`crate::answers`]).
/// 2. `--threads FILE`: runs the workload in that file as real threads that stop
///    at checkpoints, with a trace if `RUST_LOG` asks for one.
///
/// # Panics
///
/// As [`judge::main`].
pub fn main(name: &str, checks: &[Check<NewPolicy>], candidates: &[(&str, NewPolicy)]) -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match (&arguments[..], candidates.first()) {
        (["--simulate"], Some((_, policy))) => simulate(*policy),
        (["--threads", file], Some((_, policy))) => run_threads(file, *policy),
        _ => judge::main(name, checks, candidates),
    }
}

/// Way 2.
fn run_threads(file: &str, policy: NewPolicy) -> ExitCode {
    env_logger::init();
    let workload = fs::read_to_string(file).map_err(|error| error.to_string());
    let workload = workload.and_then(|text| {
        serde_json::from_str::<Workload>(&text).map_err(|error| error.to_string())
    });
    let ran = workload.and_then(|workload| {
        let scenario = Scenario {
            given: workload.given(),
            ..Scenario::new(workload.jobs())
        };
        threads::run(&scenario, policy(&scenario.given))
    });
    match ran {
        Ok(_) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

/// Way 1.
fn simulate(policy: NewPolicy) -> ExitCode {
    keep_panics_quiet();
    let mut channel = Channel::take().expect("the operating system has a file left");
    let question: Question = channel.request().expect("the stepper sends a question");
    confine(false);
    match channel.say(&answers::answer(&question, policy)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the answers cannot be told: {error}");
            ExitCode::FAILURE
        }
    }
}
