//! Learners' policies in a contest: what `simulate --policy exercise:NAME` names.
//!
//! The policy runs in its exercise's program, with limits; what comes back is what
//! it answered (see [`exercises::answers`]).
//!
//! Book: chapter 15, and "Exercises" in the introduction.

use super::build;
use super::catalog::{Catalog, Exercise};
use super::progress::Progress;
use super::workshop::Workshop;
use crate::failure::{Code, Failure};
use exercises::answers::{Answer, Workload};
use std::path::PathBuf;
use std::time::Duration;

/// How long a policy may take for one workload.
const LIMIT: Duration = Duration::from_secs(10);

/// Whoever can be asked.
#[derive(Debug)]
pub(crate) struct Entrants {
    /// The exercises.
    catalog: Catalog,
    /// Where they are built and run.
    workshop: Workshop,
}

impl Entrants {
    /// What a policy's name begins with if it is a learner's.
    pub(crate) const PREFIX: &str = "exercise:";

    /// The exercises of the nearest checkout.
    ///
    /// # Errors
    /// There is no checkout, or the operating system does not let us handle signals.
    pub(crate) fn open() -> Result<Entrants, Failure> {
        let catalog = Catalog::open()?;
        let workshop = Workshop::open(&catalog.root)?;
        Ok(Entrants { catalog, workshop })
    }

    /// What the learner's policy of the exercise `name` answers on `workload`,
    /// until it was asked `most` times.
    ///
    /// # Errors
    /// There is no such exercise, or it is no policy; it does not compile, panics,
    /// or does not come back.
    pub(crate) fn answers(
        &self,
        name: &str,
        workload: Workload,
        most: usize,
    ) -> Result<Vec<Answer>, Failure> {
        let (exercise, program) = self.program(name)?;
        let answers = self.workshop.simulate(&program, workload, most, LIMIT)?;
        answers.map_err(|sentence| {
            let (prefix, name) = (Self::PREFIX, &exercise.name);
            let file = exercise.shown("exercise.rs");
            Failure::new(
                Code::ProgramFailed,
                format!("{prefix}{name}: {sentence} Edit {file}, and try again"),
            )
        })
    }

    /// The exercise `name`, in which a policy is written, and its program.
    ///
    /// # Errors
    /// There is no such exercise, or it is no policy, or does not compile.
    pub(super) fn program(&self, name: &str) -> Result<(&Exercise, PathBuf), Failure> {
        let progress = Progress::read(&self.catalog.root)?;
        let exercise = self.catalog.find(Some(name), &progress)?;
        if !exercise.about.policy {
            let policies = self.catalog.exercises.iter();
            let policies = policies.filter(|exercise| exercise.about.policy);
            let names: Vec<_> = policies.map(|exercise| exercise.name.as_str()).collect();
            let sentence = format!(
                "in the exercise {} no policy is written; it is in {}",
                exercise.name,
                names.join(", ")
            );
            return Err(Failure::new(Code::Usage, sentence));
        }
        Ok((exercise, build(&self.workshop, exercise)?))
    }
}
