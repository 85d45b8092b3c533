//! What the stepper asks of a judge, and what the judge answers.
//!
//! Invariants: (1) the request comes on the judge's standard input, and is read
//! to its end before any code of the learner's runs. (2) The report bears the
//! request's secret, goes to a file that the request names, is written once,
//! after the last check, and the judge ends at once. So nothing that the
//! learner's code prints, and no early exit, is taken for a report.
//!
//! Left out: a learner who searches the memory of the process for the secret.
//! Unsafe code, at least, is forbidden there.
//!
//! Book: "Exercises" in the introduction.

use crate::check::{Complaint, Part};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What a judge is to do.
#[derive(Debug, Serialize, Deserialize)]
pub struct Request {
    /// Whose code to check: `exercise`, or a file of the author's without `.rs`.
    pub candidate: String,
    /// Known to nobody but the stepper and the judge.
    pub secret: String,
    /// Where the report goes.
    pub report: PathBuf,
    /// Where the name of each check goes when it begins, a line each. Only for
    /// telling which one did not come back; nothing else believes it.
    pub begun: PathBuf,
}

/// What came out.
#[derive(Debug, Serialize, Deserialize)]
pub struct Report {
    /// The request's secret.
    pub secret: String,
    /// Every check in order.
    pub results: Vec<CheckResult>,
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
