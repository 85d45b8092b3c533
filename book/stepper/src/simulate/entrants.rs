//! Who takes part in a contest: shipped policies, and those of learners.
//!
//! A shipped one is made here. A learner's runs in a program of its own, on the
//! same workload; what takes part here repeats its answers.
//!
//! Book: chapter 15.

use super::{watched::MOST, workload::Workload};
use crate::{
    exercise,
    failure::{Code, Failure},
};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use exercises::answers::{self, OutOfStep, Repeated};
use scheduler::policy::{Policy, Queues, SHIPPED, Settings, by_name};
use std::{ffi::OsStr, time::Duration};

/// What stands before an exercise's name.
pub(super) const PREFIX: &str = exercise::Entrants::PREFIX;

/// What stands for all shipped policies.
pub(super) const ALL: &str = "all";

/// Reads the name of an entrant: a shipped policy's, [`ALL`], or an exercise's.
#[derive(Clone, Debug)]
pub(super) struct Names;

/// What stands for an exercise's name in a list.
const ANY_EXERCISE: &str = "exercise:NAME";

/// The names that can be listed.
fn listed() -> impl Iterator<Item = &'static str> {
    let names = SHIPPED.iter().map(|shipped| shipped.name);
    names.chain([ALL, ANY_EXERCISE])
}

impl TypedValueParser for Names {
    type Value = String;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<String, clap::Error> {
        let exercise = value.to_str().and_then(|text| text.strip_prefix(PREFIX));
        match exercise {
            Some(name) if !name.is_empty() => Ok(format!("{PREFIX}{name}")),
            _ => PossibleValuesParser::new(listed()).parse_ref(command, argument, value),
        }
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(listed().map(PossibleValue::new)))
    }
}

/// Somebody who takes part.
pub(super) struct Entrant {
    /// The policy.
    pub(super) policy: Box<dyn Policy>,
    /// Whether a learner's answers did not fit; never, of a shipped one.
    pub(super) out_of_step: OutOfStep,
}

/// Where entrants are found.
#[derive(Debug, Default)]
pub(super) struct Entrants {
    /// Those of the exercises, once somebody asked for one.
    exercises: Option<exercise::Entrants>,
}

impl Entrants {
    /// The policy of this name, for this workload.
    ///
    /// # Errors
    /// There is none; or a learner's does not compile, panics, does not come back,
    /// or is to have several queues.
    pub(super) fn find(
        &mut self,
        workload: &Workload,
        name: &str,
        settings: &Settings,
    ) -> Result<Entrant, Failure> {
        if let Some(exercise) = name.strip_prefix(PREFIX) {
            return self.learners(workload, name, exercise, settings);
        }
        let policy = by_name(name, settings);
        let policy = policy.expect("the command line takes shipped names and exercises only");
        Ok(Entrant {
            policy,
            out_of_step: OutOfStep::default(),
        })
    }

    /// A learner's policy, called `name`.
    fn learners(
        &mut self,
        workload: &Workload,
        name: &str,
        exercise: &str,
        settings: &Settings,
    ) -> Result<Entrant, Failure> {
        if settings.queues == Queues::PerCpu {
            let sentence = format!("{name} has one queue for all CPUs: take --queues shared");
            return Err(Failure::new(Code::Usage, sentence));
        }
        let entrants = match &mut self.exercises {
            Some(entrants) => entrants,
            none => none.insert(exercise::Entrants::open()?),
        };
        let asked = written(workload, settings.quantum, settings.seed);
        let answers = entrants.answers(exercise, asked, MOST)?;
        let (repeated, out_of_step) = Repeated::new(name, answers);
        Ok(Entrant {
            policy: Box::new(repeated),
            out_of_step,
        })
    }
}

/// The workload, as the program of an exercise reads it.
pub(super) fn written(workload: &Workload, quantum: Duration, seed: u64) -> answers::Workload {
    answers::Workload::new(&workload.jobs, workload.cpus, quantum, seed)
        .tie(workload.tie)
        .switch_cost(workload.switch_cost)
}
