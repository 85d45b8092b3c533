//! What a learner reads after a check.
//!
//! Every check on a line, then the first complaint in full: the first is the
//! one to mend, since checks build on each other.
//!
//! Book: "Exercises" in the introduction.

use super::catalog::Exercise;
use super::run::Run;
use exercises::report::{CheckResult, Outcome};
use std::io::{self, Write};

/// Tells how a run went.
///
/// # Errors
/// `out` takes no more.
pub(super) fn tell(out: &mut dyn Write, exercise: &Exercise, run: &Run) -> io::Result<()> {
    match &run.results {
        Ok(results) => tell_results(out, results)?,
        Err(sentence) => writeln!(out, "✗ {sentence}")?,
    }
    if !run.printed.is_empty() {
        writeln!(out, "\nWhat your code printed:")?;
        for line in run.printed.lines() {
            writeln!(out, "  │{line}")?;
        }
    }
    writeln!(out)?;
    if run.passed() {
        writeln!(out, "{} is done: every check passes.", exercise.name)?;
    } else {
        writeln!(
            out,
            "Edit {} and check again;",
            exercise.shown("exercise.rs")
        )?;
        writeln!(out, "`cargo run -- exercise hint {}` helps.", exercise.name)?;
    }
    Ok(())
}

/// The lines, and the first complaint.
fn tell_results(out: &mut dyn Write, results: &[CheckResult]) -> io::Result<()> {
    for result in results {
        let mark = match result.outcome {
            Outcome::Passed => '✓',
            Outcome::Failed(_) => '✗',
            Outcome::NotRun => '–',
        };
        writeln!(out, "{mark} {}", result.rule)?;
    }
    if let Some((result, complaint)) = first_complaint(results) {
        writeln!(out, "\nThe first that fails, {}:\n", result.name)?;
        write!(out, "{complaint}")?;
    }
    Ok(())
}

/// The words after `cargo run --` that step what failed; none if nothing does.
pub(super) fn step(run: &Run) -> Vec<String> {
    let complaint = first_complaint(&run.so_far).map(|(_, complaint)| complaint);
    let step = complaint.and_then(|it| it.step.strip_prefix("cargo run -- "));
    let words = step.unwrap_or_default().split_whitespace();
    words.map(str::to_owned).collect()
}

/// The first check that failed, and what it says.
pub(super) fn first_complaint(
    results: &[CheckResult],
) -> Option<(&CheckResult, &exercises::check::Complaint)> {
    results.iter().find_map(|result| match &result.outcome {
        Outcome::Failed(complaint) => Some((result, &**complaint)),
        Outcome::Passed | Outcome::NotRun => None,
    })
}
