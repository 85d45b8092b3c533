//! The results as a table: measure, ours, beside, target, verdict.

use std::fmt::{self, Write};
use std::time::Duration;

/// The results so far, as text.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// The lines.
    text: String,
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Table {
    /// A remark.
    pub(crate) fn note(&mut self, note: &str) {
        writeln!(self.text, "{note}").expect("a String takes any text");
    }

    /// A line above some rows.
    pub(crate) fn title(&mut self, title: &str) {
        self.note(&format!("\n{title}"));
    }

    /// A row. No verdict where there is no target.
    pub(crate) fn row(
        &mut self,
        what: &str,
        ours: &str,
        beside: &str,
        target: &str,
        holds: Option<bool>,
    ) {
        let verdict = match holds {
            None => "",
            Some(true) => "holds",
            Some(false) => "falls short",
        };
        let line = format!("  {what:<26}{ours:>12}{beside:>12}   {target:<18}{verdict}");
        self.note(line.trim_end());
    }

    /// Ours beside theirs, of which it is to be at most the `part`th.
    pub(crate) fn beside(&mut self, what: &str, ours: Duration, theirs: Duration, part: u32) {
        if theirs.is_zero() {
            return self.row(what, &micros(ours), "-", "", None);
        }
        let target = format!("<= 1/{part} of it");
        self.row(
            what,
            &micros(ours),
            &micros(theirs),
            &target,
            Some(ours * part <= theirs),
        );
    }

    /// Ours beside theirs, without a target.
    pub(crate) fn only_beside(&mut self, what: &str, ours: Duration, theirs: Duration) {
        self.row(what, &micros(ours), &micros(theirs), "", None);
    }
}

/// `duration` in microseconds.
fn micros(duration: Duration) -> String {
    format!("{:.2} µs", duration.as_secs_f64() * 1e6)
}
