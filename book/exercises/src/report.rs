//! What the stepper asks of a judge, and what the judge answers.
//!
//! Both go over a [`Channel`](crate::channel), which the learner's code cannot
//! reach: the request is read to its end before any of that runs. What the judge
//! says:
//!
//! 1. [`Told::Plan`], before the first check: what will be checked;
//! 2. [`Told::Begun`] and [`Told::Result`] of each check, in order; those that are
//!    not run have no beginning;
//! 3. [`Told::Over`].
//!
//! Invariant: (1) a check of which no result was told has not passed. So nothing
//! that the learner's code prints, and no early exit, is taken for a pass.
//!
//! Left out: a learner who finds a hole in the compiler. Unsafe code is forbidden.
//!
//! Book: "For teachers".

use crate::check::{Complaint, Part};
use serde::{Deserialize, Serialize};

/// What a judge is to do.
#[derive(Debug, Serialize, Deserialize)]
pub struct Request {
    /// Whose code to check: `exercise`, or a file of the author's without `.rs`.
    pub candidate: String,
    /// Whether the exercise is about processes, so its code may start programs.
    pub processes: bool,
    /// What the random cases grow from; 0 is the course's own.
    pub seed: u64,
}

/// What a judge says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// What will be checked.
    Plan {
        /// Whether the process can write and start nothing any more.
        confined: bool,
        /// Every check in order, none of them run.
        checks: Vec<CheckResult>,
    },
    /// The check of this name begins. Only for telling which one did not come back.
    Begun(String),
    /// What came out of one check.
    Result(CheckResult),
    /// All is told.
    Over,
}

/// What came out of one check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    /// The check's name.
    pub name: String,
    /// What must hold.
    pub rule: String,
    /// Which part of the points it belongs to.
    pub part: Part,
    /// How it went.
    pub outcome: Outcome,
}

/// How a check went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// What must hold, holds.
    Passed,
    /// It does not, and this is why.
    Failed(Box<Complaint>),
    /// Not tried, since a check failed that this one presumes.
    NotRun,
}
