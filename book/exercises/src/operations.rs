//! Calls to a data structure, held against a naive model of it.
//!
//! The same calls go to both, one after another, and the first whose answers
//! differ fails. Thousands of random sequences can be tried as well, of which the
//! smallest that goes wrong is told.
//!
//! Invariant: (1) the same sequences are tried on every machine and on every day.
//!
//! Left out: what a call costs. Only its answer counts.
//!
//! Book: "Exercises" in the introduction.

use crate::check::{Complaint, caught};
use crate::search::{self, Dice};
use std::fmt;

/// One call. It is shown as it would be written.
pub trait Operation: Clone + fmt::Display {
    /// What both the model and the learner's data structure are.
    type Machine: ?Sized;

    /// Does it, and says what came of it.
    fn apply(&self, machine: &mut Self::Machine) -> String;

    /// The same call with smaller numbers, the boldest first.
    fn smaller(&self) -> Vec<Self>;

    /// Whether this sequence keeps to the rules that callers have.
    fn allowed(sequence: &[Self]) -> bool;

    /// What the model holds now, as a picture.
    fn picture(model: &Self::Machine) -> String;
}

/// Makes a machine, with nothing in it.
pub type New<'a, O> = &'a dyn Fn() -> Box<<O as Operation>::Machine>;

/// Whether `subject` answers to every call as `model` does.
///
/// # Errors
///
/// A complaint about the first call that it answers otherwise, or in which it
/// panics.
pub fn compare<O: Operation>(
    sequence: &[O],
    model: New<'_, O>,
    subject: New<'_, O>,
) -> Result<(), Complaint> {
    let mut model = model();
    let mut subject = caught(subject);
    let mut tried = Vec::new();
    for operation in sequence {
        let picture = O::picture(&model);
        let expected = operation.apply(&mut model);
        let happened = match &mut subject {
            Ok(subject) => caught(|| operation.apply(subject)),
            Err(panic) => Err(panic.clone()),
        };
        if happened.as_ref() == Ok(&expected) {
            tried.push(format!("{operation}: {expected}"));
            continue;
        }
        tried.push(operation.to_string());
        return Err(Complaint {
            tried: tried.join("\n"),
            expected,
            happened: happened.unwrap_or_else(|panic| format!("your code panicked: {panic}")),
            beside: match picture.as_str() {
                "" => picture,
                _ => format!("before the last call there should be\n{picture}"),
            },
            ..Complaint::default()
        });
    }
    Ok(())
}

/// How many random sequences are tried.
const SEQUENCES: u64 = 2_000;

/// The same for random sequences of calls; those tried later are longer.
/// `operation` makes a call, the so manieth of its sequence.
///
/// # Errors
///
/// The complaint of the smallest sequence found that goes wrong.
pub fn compare_random<O: Operation>(
    operation: impl Fn(&mut Dice, u32) -> O,
    model: New<'_, O>,
    subject: New<'_, O>,
) -> Result<(), Complaint> {
    let sequence = |seed| {
        let mut dice = Dice(seed);
        let mut sequence: Vec<O> = Vec::new();
        for number in 1..=u32::try_from(2 + seed / 50).unwrap_or(u32::MAX) {
            sequence.push(operation(&mut dice, number));
            if !O::allowed(&sequence) {
                sequence.pop();
            }
        }
        sequence
    };
    search::all(
        (0..SEQUENCES).map(sequence),
        |sequence| smaller(sequence),
        |sequence| compare(sequence, model, subject),
    )
}

/// Sequences that are smaller than this one by one step, the boldest first.
fn smaller<O: Operation>(sequence: &[O]) -> Vec<Vec<O>> {
    let mut found = Vec::new();
    for index in 0..sequence.len() {
        let mut without = sequence.to_vec();
        without.remove(index);
        found.push(without);
    }
    for (index, operation) in sequence.iter().enumerate() {
        for smaller in operation.smaller() {
            let mut with = sequence.to_vec();
            with[index] = smaller;
            found.push(with);
        }
    }
    found.retain(|sequence| O::allowed(sequence));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Adds to a sum.
    #[derive(Clone, Copy)]
    struct Add(u64);

    impl fmt::Display for Add {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "add({})", self.0)
        }
    }

    impl Operation for Add {
        type Machine = Sum;

        fn apply(&self, machine: &mut Sum) -> String {
            machine.total += self.0;
            assert!(machine.total < machine.panics_at, "too much");
            machine.total.min(machine.at_most).to_string()
        }

        fn smaller(&self) -> Vec<Add> {
            self.0.checked_sub(1).map(Add).into_iter().collect()
        }

        fn allowed(_: &[Add]) -> bool {
            true
        }

        fn picture(model: &Sum) -> String {
            format!("a sum of {}", model.total)
        }
    }

    /// A sum, and where it goes wrong.
    #[derive(Clone, Copy)]
    struct Sum {
        /// What was added so far.
        total: u64,
        /// What it never exceeds, which is wrong.
        at_most: u64,
        /// Where it panics, which is wrong, too.
        panics_at: u64,
    }

    /// A sum that is right.
    const RIGHT: Sum = Sum {
        total: 0,
        at_most: u64::MAX,
        panics_at: u64::MAX,
    };

    /// What is said of `subject` after random sequences.
    fn complaint(subject: Sum) -> Result<(), Complaint> {
        let add = |dice: &mut Dice, _| Add(dice.up_to(9));
        compare_random(add, &|| Box::new(RIGHT), &move || Box::new(subject))
    }

    #[test]
    fn a_failing_sequence_is_told_as_small_as_it_can_be_made() {
        assert_eq!(complaint(RIGHT), Ok(()));
        let wrong = complaint(Sum {
            at_most: 3,
            ..RIGHT
        });
        let expected = "  tried     add(4)
  expected  4
  happened  3

  before the last call there should be
  a sum of 0
";
        assert_eq!(wrong.unwrap_err().to_string(), expected);
    }

    #[test]
    fn a_panic_is_an_answer_that_differs() {
        crate::check::keep_panics_quiet();
        let wrong = complaint(Sum {
            panics_at: 2,
            ..RIGHT
        });
        let happened = wrong.unwrap_err().happened;
        assert!(happened.starts_with("your code panicked: too much (at "));
    }
}
