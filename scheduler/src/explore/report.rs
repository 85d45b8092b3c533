//! What a search found, in words.
//!
//! Printed by a learner's own test when it fails, so it says how to run the failure
//! again.
//!
//! Invariants: (1) it is the same at every run of the same search; (2) a search that
//! is not exhausted never reads as if it were, nor one whose failure may need fewer
//! preemptions.
//!
//! Book: chapter 18. Mirror: none.

use super::found::{Found, Stopped, Trouble};
use super::memory::Memory;
use std::fmt;

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stopped::Sampled => f.write_str("schedules by chance have no end"),
            Stopped::Preemptions(most) => write!(f, "only those of at most {most} preemptions"),
            Stopped::StepsLimit => f.write_str("some were broken off at the limit of steps"),
            Stopped::ExecutionsLimit => f.write_str("more were not allowed"),
            Stopped::TimeLimit => f.write_str("the time was over"),
            Stopped::Watcher => f.write_str("it was stopped"),
            Stopped::NotDeterministic => f.write_str("the program is not deterministic"),
            Stopped::Followed => f.write_str("SCHEDULE names the only one"),
            Stopped::LeftOut => f.write_str("another search is looked at"),
        }
    }
}

/// Says how many schedules were tried, what came out, and what fails first of all.
///
/// ```text
/// tried 4 schedules, one of each kind, for all 6
///   2 times: panic: an update is lost
///   2 times: fine
/// fails with 1 preemption: SCHEDULE=v1,3:2,1:1/12
///   thread 0 panicked at src/main.rs:7: an update is lost
/// ```
impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.explored() == 1 { "" } else { "s" };
        write!(
            f,
            "tried {} schedule{plural}, ",
            grouped(self.explored().into())
        )?;
        match (self.stopped(), self.of()) {
            (Some(why), _) => write!(f, "and not all: {why}")?, // (2)
            (None, Some(all)) => write!(f, "one of each kind, for all {}", grouped(all))?,
            (None, None) => f.write_str("one of each kind")?,
        }
        if self.memory == Memory::C11 {
            f.write_str(", with all that C11 lets memory do")?;
        }
        for outcome in self.outcomes() {
            let text = match outcome.text.as_str() {
                "" => "fine",
                text => text,
            };
            let times = if outcome.executions == 1 {
                "time"
            } else {
                "times"
            };
            write!(
                f,
                "\n  {} {times}: {text}",
                grouped(outcome.executions.into())
            )?;
        }
        let Some(failure) = self.shortest() else {
            return Ok(());
        };
        if let Trouble::Misfit(_) = failure.trouble {
            return write!(f, "\n  {}", failure.trouble); // no schedule leads there
        }
        let preemptions = match failure.preemptions {
            0 => "without a preemption".to_owned(),
            1 => "with 1 preemption".to_owned(),
            more => format!("with {more} preemptions"),
        };
        let fewer = if failure.is_fewest { "" } else { ", or fewer" }; // (2)
        // One line for each that waits; and a message may have lines of its own.
        let trouble = failure.trouble.to_string();
        let lines = trouble.replace("; ", "\n").replace('\n', "\n  ");
        write!(
            f,
            "\nfails {preemptions}{fewer}: SCHEDULE={}\n  {lines}",
            failure.schedule
        )
    }
}

/// A number with a comma before every three digits.
fn grouped(number: u128) -> String {
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
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (12_345, "12,345"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(number), text);
        }
    }
}
