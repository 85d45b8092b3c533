//! The form that GitHub Classroom reads: a result in base64.
//!
//! Its reporter adds up the scores of the tests unseen, so each has one.
//!
//! Book: "For teachers".

use super::points::{self, Graded};
use super::text;
use base64::Engine as _;
use serde::Serialize;
use std::time::Duration;

/// The whole result.
#[derive(Serialize)]
struct Results {
    /// The version of the form.
    version: u32,
    /// How it went in all.
    status: Status,
    /// The points that there were.
    max_score: u32,
    /// The tests.
    tests: Vec<Test>,
}

/// A part of an exercise.
#[derive(Serialize)]
struct Test {
    /// Its name.
    name: String,
    /// How it went.
    status: Status,
    /// The points that it earned.
    score: u32,
    /// The checks, and the first complaint; empty if all is well.
    message: String,
    /// There is no line to show: 0.
    line_no: u32,
    /// Seconds, with their unit.
    execution_time: String,
}

/// How something went, the better before the worse.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    /// All is well.
    Pass,
    /// Not all is.
    Fail,
    /// It could not be run.
    Error,
}

/// `graded` for GitHub Classroom.
pub(super) fn base64(graded: &[Graded]) -> String {
    base64::engine::general_purpose::STANDARD.encode(json(graded))
}

/// The same, not encoded.
fn json(graded: &[Graded]) -> String {
    let tests: Vec<Test> = graded.iter().flat_map(tests).collect();
    let results = Results {
        version: 1,
        status: tests
            .iter()
            .map(|it| it.status)
            .max()
            .unwrap_or(Status::Pass),
        max_score: points::total(graded).1,
        tests,
    };
    serde_json::to_string(&results).expect("it is made of numbers and text")
}

/// The tests of one exercise. All were run at once: the first has their time.
fn tests(graded: &Graded) -> Vec<Test> {
    let seconds = |took: Duration| format!("{:.3}s", took.as_secs_f64());
    if graded.parts.is_empty() {
        return vec![Test {
            name: graded.title.clone(),
            status: Status::Error,
            score: 0,
            message: text::trouble(graded),
            line_no: 0,
            execution_time: seconds(graded.took),
        }];
    }
    let mut took = graded.took;
    let parts = graded.parts.iter();
    parts
        .map(|earned| {
            let (status, message) = if earned.passed() {
                (Status::Pass, String::new())
            } else {
                (Status::Fail, earned.told())
            };
            Test {
                name: format!("{}: {}", graded.title, earned.group.word()),
                status,
                score: earned.score(),
                message,
                line_no: 0,
                execution_time: seconds(std::mem::take(&mut took)),
            }
        })
        .collect()
}
