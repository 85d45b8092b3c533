//! Our own form, for any program: everything but times.
//!
//! Book: "For teachers".

use super::points::{self, Graded, Group};
use exercises::report::{CheckResult, Outcome};
use serde::Serialize;

/// The whole.
#[derive(Serialize)]
struct Results<'a> {
    /// The version of this form.
    version: u32,
    /// What the random cases grew from.
    seed: u64,
    /// The points that were earned.
    score: u32,
    /// The points that there were.
    max_score: u32,
    /// Each exercise.
    exercises: Vec<Exercise<'a>>,
}

/// One exercise.
#[derive(Serialize)]
struct Exercise<'a> {
    /// Its name.
    name: &'a str,
    /// Its name for people.
    title: &'a str,
    /// Its chapter.
    chapter: u32,
    /// The points that it earned.
    score: u32,
    /// The points that it is worth.
    max_score: u32,
    /// Why it was not run, or not to its end.
    trouble: Option<&'a str>,
    /// What cargo said against it, or what its code printed.
    output: &'a str,
    /// Whether its code could write and start nothing.
    confined: Option<bool>,
    /// Its parts; none, if it was not run.
    parts: Vec<Part<'a>>,
}

/// One part.
#[derive(Serialize)]
struct Part<'a> {
    /// Which.
    #[serde(rename = "part")]
    group: Group,
    /// The points that it earned.
    score: u32,
    /// The points that it is worth.
    max_score: u32,
    /// Its checks.
    checks: Vec<Check<'a>>,
}

/// One check.
#[derive(Serialize)]
struct Check<'a> {
    /// Its name.
    name: &'a str,
    /// What must hold.
    rule: &'a str,
    /// `passed`, `failed` or `not_run`.
    status: &'static str,
    /// What it says against it.
    complaint: Option<String>,
}

/// `graded` as JSON.
pub(super) fn json(graded: &[Graded], seed: u64) -> String {
    let (score, max_score) = points::total(graded);
    let results = Results {
        version: 1,
        seed,
        score,
        max_score,
        exercises: graded.iter().map(exercise).collect(),
    };
    serde_json::to_string_pretty(&results).expect("it is made of numbers and text")
}

/// One exercise.
fn exercise(graded: &Graded) -> Exercise<'_> {
    let parts = graded.parts.iter().map(|earned| Part {
        group: earned.group,
        score: earned.score(),
        max_score: earned.points,
        checks: earned.checks.iter().map(check).collect(),
    });
    Exercise {
        name: &graded.name,
        title: &graded.title,
        chapter: graded.chapter,
        score: graded.score(),
        max_score: graded.points,
        trouble: graded.trouble.as_deref(),
        output: &graded.words,
        confined: graded.confined,
        parts: parts.collect(),
    }
}

/// One check.
fn check(result: &CheckResult) -> Check<'_> {
    let (status, complaint) = match &result.outcome {
        Outcome::Passed => ("passed", None),
        Outcome::Failed(complaint) => ("failed", Some(complaint.to_string())),
        Outcome::NotRun => ("not_run", None),
    };
    Check {
        name: &result.name,
        rule: &result.rule,
        status,
        complaint,
    }
}
