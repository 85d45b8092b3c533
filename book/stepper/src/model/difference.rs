//! The first difference of two runs that begin alike.
//!
//! Two schedules of one program give the same records until somebody else is chosen;
//! that step has the same number on both sides.
//!
//! Invariant: it is sought once both have come to their end, so it never moves.
//!
//! Book: chapter 18.

use super::Model;
use stepper::Side;

/// The first difference of the runs that are shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Difference {
    /// They are not of one program.
    Unasked,
    /// They are, and it is to be found.
    Sought,
    /// They do the same to their end.
    Nowhere,
    /// It is at this step.
    At(usize),
}

impl Difference {
    /// The step, if there is one.
    pub(crate) fn step(self) -> Option<usize> {
        match self {
            Difference::At(step) => Some(step),
            _ => None,
        }
    }
}

impl Model {
    /// Finds the first difference, once it can be, and goes there unless the learner has
    /// moved already.
    pub(super) fn seek_difference(&mut self) {
        if self.difference != Difference::Sought || self.is_open() {
            return;
        }
        self.difference = Difference::Nowhere;
        let (Some(left), Some(right)) = (self.side(0), self.side(1)) else {
            return;
        };
        let Some(step) = first_difference(left, right) else {
            return;
        };
        self.difference = Difference::At(step);
        let moved = self.views.iter().any(|view| view.step() > 0);
        if !moved {
            self.go_to_difference();
        }
    }

    /// Goes to the first difference, on both sides; says if there is none.
    pub(crate) fn go_to_difference(&mut self) {
        self.playing = false;
        let Some(step) = self.difference.step() else {
            let sentence =
                "nothing to compare: that takes two schedules of one program, that differ";
            self.message = Some(sentence.to_owned());
            return;
        };
        for view in 0..self.views.len() {
            self.go(view, step);
        }
        self.message = Some(format!(
            "until step {step} both did the same: here they differ"
        ));
    }
}

/// The first step at which the sides do not do the same: also if one is over before.
fn first_difference(left: &Side, right: &Side) -> Option<usize> {
    let common = left.len().min(right.len());
    let pairs = left.events(0..common).zip(right.events(0..common));
    let differs = |(one, other): (stepper::Event<'_>, stepper::Event<'_>)| {
        one.summary() != other.summary() || one.at() != other.at()
    };
    let step = pairs.map(differs).position(|differs| differs);
    match step {
        Some(index) => Some(index + 1),
        None if left.len() == right.len() => None,
        None => Some(common + 1),
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        common::COUNTERS_THREADS,
        keys::press,
        model::{Difference, Model, tests::recording},
    };
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

    /// Two runs of the example's threads, beside each other.
    fn pair(left: &str, right: &str) -> Model {
        let recordings = [left, right].map(|text| recording("scheduler", text));
        let mut model = Model::new("", "", recordings.into(), &[]);
        model.difference = Difference::Sought;
        model.refresh();
        model
    }

    #[test]
    fn two_runs_are_shown_where_they_first_differ_and_a_key_leads_back_there() {
        // The 12th event of the example is that thread 1 is preempted.
        let other = COUNTERS_THREADS.replacen("preempted t=4000000", "yielded t=4000000", 1);
        let mut model = pair(COUNTERS_THREADS, &other);
        assert_eq!(model.difference, Difference::At(12));
        assert_eq!([model.views[0].step(), model.views[1].step()], [12, 12]);
        model.go(0, 3);
        press(
            &mut model,
            KeyEvent::new(KeyCode::Char('d'), KeyModifiers::NONE),
        );
        assert_eq!(model.views[0].step(), 12);
    }

    #[test]
    fn a_run_that_is_over_before_the_other_differs_there_and_equal_ones_nowhere() {
        let shorter = COUNTERS_THREADS
            .lines()
            .take(9)
            .collect::<Vec<_>>()
            .join("\n");
        assert_eq!(
            pair(COUNTERS_THREADS, &shorter).difference,
            Difference::At(9)
        );
        let mut same = pair(COUNTERS_THREADS, COUNTERS_THREADS);
        assert_eq!(same.difference, Difference::Nowhere);
        press(
            &mut same,
            KeyEvent::new(KeyCode::Char('d'), KeyModifiers::NONE),
        );
        assert!(
            same.message
                .is_some_and(|it| it.contains("nothing to compare"))
        );
    }
}
