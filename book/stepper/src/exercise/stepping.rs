//! `exercise step`: a workload as real threads, under the learner's policy.
//!
//! The exercise's program is given the workload in a file, and is stepped like any
//! other program: its threads are real ones that stop at checkpoints.
//!
//! Book: "Exercises" in the introduction.

use super::Entrants;
use super::catalog::unwritable;
use super::child::Folder;
use crate::command_line::Step;
use crate::failure::Failure;
use crate::subject::Subject;
use crate::{simulate, steps};
use std::fs;

/// Steps the workload of this name, or file, under the policy of `exercise`.
///
/// # Errors
/// There is no such exercise or workload; it does not compile; whatever ends the
/// stepping early.
pub(super) fn step(exercise: &str, workload: &str, plain: bool) -> Result<(), Failure> {
    let workload = simulate::written(workload)?;
    let entrants = Entrants::open()?;
    let (_, program) = entrants.program(exercise)?;
    let folder = Folder::new()?;
    let file = folder.file("workload.json");
    let text = serde_json::to_string(&workload).expect("a workload is made of numbers");
    fs::write(&file, text).map_err(|error| unwritable(&file, &error))?;
    let subject = Subject::Command(vec![program.into(), "--threads".into(), file.into()]);
    let step = Step {
        plain,
        ..Step::default()
    };
    steps::run(&subject, &step)
}
