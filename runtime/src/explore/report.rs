//! What a search found, in words.
//!
//! Printed by a learner's own test when it fails, so it says how to run the failure
//! again.
//!
//! Invariants: (1) it is the same at every run of the same search; (2) a search that
//! is not exhausted never reads as if it were, nor one whose failure may need fewer
//! deviations.
//!
//! Book: chapter 20. Mirror: `scheduler::explore::report`.

use super::found::{Found, Stopped, Trouble};
use std::fmt;

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stopped::Sampled => f.write_str("orders by chance have no end"),
            Stopped::Deviations(most) => write!(f, "only those of at most {most} deviations"),
            Stopped::StepsLimit => f.write_str("some were broken off at the limit of steps"),
            Stopped::ExecutionsLimit => f.write_str("more were not allowed"),
            Stopped::TimeLimit => f.write_str("the time was over"),
            Stopped::Watcher => f.write_str("it was stopped"),
            Stopped::NotDeterministic => f.write_str("the program is not deterministic"),
            Stopped::Followed => f.write_str("SCHEDULE names the only one"),
        }
    }
}

/// Says how many orders were tried, what came out, and what fails first of all.
///
/// ```text
/// tried 6 orders, one of each kind
///   2 times: fine
///   4 times: panic: an update is lost
/// fails in the usual order: SCHEDULE=t1/7
///   task 0 panicked at src/main.rs:7: an update is lost
/// ```
impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tried = self.explored() - self.redundant();
        let plural = if tried == 1 { "" } else { "s" };
        write!(f, "tried {} order{plural}, ", grouped(tried))?;
        match self.stopped() {
            Some(why) => write!(f, "and not all: {why}")?, // (2)
            None => f.write_str("one of each kind")?,
        }
        if self.redundant() > 0 {
            write!(
                f,
                ", and broke off {} that were known",
                grouped(self.redundant())
            )?;
        }
        for outcome in self.outcomes() {
            let text = match outcome.text.as_str() {
                "" => "fine",
                text => text,
            };
            let plural = if outcome.executions == 1 { "" } else { "s" };
            let times = grouped(outcome.executions);
            write!(f, "\n  {times} time{plural}: {text}")?;
        }
        let Some(failure) = self.shortest() else {
            return Ok(());
        };
        if let Trouble::Misfit(_) = failure.trouble {
            return write!(f, "\n  {}", failure.trouble); // no schedule leads there
        }
        let deviations = match failure.deviations {
            0 => "in the usual order".to_owned(),
            1 => "with 1 deviation".to_owned(),
            more => format!("with {more} deviations"),
        };
        let fewer = if failure.is_fewest { "" } else { ", or fewer" }; // (2)
        // One line for each that waits; and a message may have lines of its own.
        let trouble = failure.trouble.to_string();
        let lines = trouble.replace("; ", "\n").replace('\n', "\n  ");
        write!(
            f,
            "\nfails {deviations}{fewer}: SCHEDULE={}\n  {lines}",
            failure.schedule
        )
    }
}

/// A number with a comma before every three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn digits_are_grouped_by_three() {
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345, "12,345")] {
            assert_eq!(grouped(number), text);
        }
    }
}
