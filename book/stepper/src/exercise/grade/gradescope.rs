//! The form that Gradescope reads: `results.json`.
//!
//! A test is a part of an exercise; an exercise that was not run is one test. There
//! is no score at the top, so Gradescope adds up those of the tests.
//!
//! Book: "For teachers".

use super::points::Graded;
use super::text;
use serde::Serialize;

/// The whole file.
#[derive(Serialize)]
struct Results {
    /// What stands above the tests.
    output: String,
    /// Seconds.
    execution_time: f64,
    /// Who may read what we print.
    stdout_visibility: &'static str,
    /// The tests.
    tests: Vec<Test>,
}

/// A part of an exercise.
#[derive(Serialize)]
struct Test {
    /// Its name.
    name: String,
    /// Its number: the exercise's, and the part's.
    number: String,
    /// The points that it earned.
    score: u32,
    /// The points that it is worth.
    max_score: u32,
    /// `passed` or `failed`.
    status: &'static str,
    /// The checks, and the first complaint.
    output: String,
    /// The exercise and the part, to group by.
    tags: Vec<String>,
    /// When it is shown.
    visibility: &'static str,
}

/// `graded` for Gradescope; each test is shown when `visibility` says.
pub(super) fn json(graded: &[Graded], visibility: &'static str) -> String {
    let results = Results {
        // What stands above the tests is always shown: so no more than the points,
        // unless the tests are shown too.
        output: if visibility == "visible" {
            text::lines(graded)
        } else {
            String::new()
        },
        execution_time: graded.iter().map(|it| it.took.as_secs_f64()).sum(),
        stdout_visibility: "hidden",
        tests: graded
            .iter()
            .flat_map(|graded| tests(graded, visibility))
            .collect(),
    };
    serde_json::to_string_pretty(&results).expect("it is made of numbers and text")
}

/// The tests of one exercise.
fn tests(graded: &Graded, visibility: &'static str) -> Vec<Test> {
    let number = graded.number.trim_start_matches('0');
    if graded.parts.is_empty() {
        return vec![Test {
            name: graded.title.clone(),
            number: number.to_owned(),
            score: 0,
            max_score: graded.points,
            status: "failed",
            output: text::trouble(graded),
            tags: vec![graded.name.clone()],
            visibility,
        }];
    }
    let parts = (1..).zip(&graded.parts);
    parts
        .map(|(part, earned)| Test {
            name: format!("{}: {}", graded.title, earned.group.word()),
            number: format!("{number}.{part}"),
            score: earned.score(),
            max_score: earned.points,
            status: if earned.passed() { "passed" } else { "failed" },
            output: earned.told(),
            tags: vec![graded.name.clone(), earned.group.word().to_owned()],
            visibility,
        })
        .collect()
}
