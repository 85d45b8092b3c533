//! A check, and what it says when it fails.
//!
//! A failed check says, in this order: what was tried, what was expected, what
//! happened, and the command that steps it.
//!
//! Invariant: (1) the first check that fails is the one to mend first; so checks
//! are ordered such that each presumes only the ones before it.
//!
//! Book: "Exercises" in the introduction.

use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::fmt;
use std::panic::{self, AssertUnwindSafe};

/// One check of an exercise whose learner writes an `S`.
pub struct Check<S> {
    /// Its name, one word.
    pub name: &'static str,
    /// What must hold, as a sentence.
    pub rule: &'static str,
    /// Which part of the points it belongs to.
    pub part: Part,
    /// Finds out whether it holds.
    pub run: Run<S>,
    /// Does the same with real threads and a trace, where that is possible.
    pub step: Option<Run<S>>,
}

/// Finds out whether a rule holds for the learner's `S`.
pub type Run<S> = Box<dyn Fn(&S) -> Result<(), Complaint>>;

impl<S> fmt::Debug for Check<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Check").field(&self.name).finish()
    }
}

/// The parts for which points are given separately.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// A rule without which the other checks might never end: if it is broken
    /// none after it is run.
    Premise,
    /// One small case for each rule.
    Rules,
    /// Cases from the literature.
    Textbook,
    /// Random workloads.
    Random,
    /// Real threads: run only if all before it is well.
    Threads,
}

/// What a check that failed says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Complaint {
    /// What was tried.
    pub tried: String,
    /// What was expected.
    pub expected: String,
    /// What happened instead.
    pub happened: String,
    /// Both as charts or traces, side by side; empty if there is nothing to draw.
    pub beside: String,
    /// The command that steps it; empty if it cannot be stepped. A check leaves the
    /// options of `step` here, if it needs any, and the judge makes the command of them.
    pub step: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = [
            ("tried", &self.tried),
            ("expected", &self.expected),
            ("happened", &self.happened),
        ];
        for (label, text) in lines {
            let lines = text.lines().flat_map(|line| wrapped(line, TEXT_WIDTH));
            for (number, line) in lines.enumerate() {
                let label = if number == 0 { label } else { "" };
                writeln!(f, "  {label:9} {line}")?;
            }
        }
        if !self.beside.is_empty() {
            writeln!(f)?;
            for line in self.beside.lines() {
                writeln!(f, "  {line}")?;
            }
        }
        if !self.step.is_empty() {
            writeln!(f, "\n  step it   {}", self.step)?;
        }
        Ok(())
    }
}

/// Columns that a terminal of 80 leaves for the words of a complaint.
const TEXT_WIDTH: usize = 66;

/// `line` in lines of at most `width` columns, broken at spaces. A line that
/// begins with a space is a drawing, and stays as it is.
fn wrapped(line: &str, width: usize) -> Vec<String> {
    if line.starts_with(' ') {
        return vec![line.to_owned()];
    }
    let mut lines = vec![String::new()];
    for word in line.split(' ') {
        let last = lines.last_mut().expect("there is always a line");
        let length = last.chars().count();
        if length > 0 && length + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
        } else {
            if length > 0 {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    lines
}

/// Two texts beside each other, under a heading each.
pub fn side_by_side(left: (&str, &str), right: (&str, &str)) -> String {
    let lines = |(heading, text): (&str, &str)| -> Vec<String> {
        [heading]
            .into_iter()
            .chain(text.lines())
            .map(str::to_owned)
            .collect()
    };
    let (left, right) = (lines(left), lines(right));
    let width = left
        .iter()
        .map(|line| line.chars().count())
        .max()
        .unwrap_or(0);
    let rows = left.len().max(right.len());
    let row = |row: usize| {
        let cell = |side: &Vec<String>| side.get(row).cloned().unwrap_or_default();
        format!("{:width$}   {}", cell(&left), cell(&right))
            .trim_end()
            .to_owned()
    };
    (0..rows).map(row).collect::<Vec<_>>().join("\n")
}

thread_local! {
    /// Message and place of the last panic of this thread.
    static LAST_PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Keeps messages of panics for [`caught`] instead of printing them.
pub(crate) fn keep_panics_quiet() {
    panic::set_hook(Box::new(|info| {
        let place = info
            .location()
            .map(|at| format!(" (at {}:{})", at.file(), at.line()))
            .unwrap_or_default();
        let message = info.payload_as_str().unwrap_or("no message");
        LAST_PANIC.set(format!("{message}{place}"));
    }));
}

/// Message and place of the last panic of this thread, once; none if there was
/// none, or if panics are not kept quiet. For panics that somebody else caught.
pub fn last_panic() -> Option<String> {
    Some(LAST_PANIC.take()).filter(|panic| !panic.is_empty())
}

/// What `run` returns, or the message and place of its panic.
///
/// # Errors
///
/// When `run` panics.
pub fn caught<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    // Whoever panicked is not used again, so broken invariants harm nobody.
    panic::catch_unwind(AssertUnwindSafe(run)).map_err(|_| LAST_PANIC.take())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complaint_says_tried_expected_happened_and_how_to_step() {
        let complaint = Complaint {
            tried: "two\nthreads".to_owned(),
            expected: "1".to_owned(),
            happened: "2".to_owned(),
            beside: side_by_side(("expected", "█··"), ("yours", "··█")),
            step: "cargo run".to_owned(),
        };
        let expected = "  tried     two
            threads
  expected  1
  happened  2

  expected   yours
  █··        ··█

  step it   cargo run
";
        assert_eq!(complaint.to_string(), expected);
    }
}
