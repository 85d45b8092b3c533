//! A view: one side at one step.
//!
//! Invariants: (1) the state is the fold of the side up to the step; (2) the
//! step is never beyond the last event.
//!
//! Book: appendix "The stepper".

use std::collections::HashMap;
use stepper::{
    Side, State,
    fold::UnitId,
    trace::{EventKind, Key, Target},
};

/// How far forward folding on is cheaper than asking for a snapshot.
const NEAR: usize = 1000;

/// A place that the program names, in the order of the steps.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Marked {
    /// The step that shows it.
    pub(crate) step: usize,
    /// Its name.
    pub(crate) name: String,
    /// How often the name came before.
    pub(crate) earlier: usize,
}

/// One side at one step.
#[derive(Debug)]
pub(crate) struct View {
    /// Which recording it shows.
    pub(crate) recording: usize,
    /// Which side of it; None while there is none.
    pub(crate) side: Option<usize>,
    /// The unit that the learner has selected.
    pub(crate) selected: Option<UnitId>,
    /// Where it wants to be as soon as the trace is that long.
    pub(crate) aim: Option<usize>,
    /// The marked places that have been read so far.
    pub(crate) marks: Vec<Marked>,
    /// The state at the step (1).
    state: State,
    /// How many events have been looked at for marks.
    scanned: usize,
    /// How often each name has been marked.
    counts: HashMap<String, usize>,
}

impl View {
    /// A view at step 0.
    pub(crate) fn new(recording: usize, side: Option<usize>, aim: Option<usize>) -> View {
        View {
            recording,
            side,
            selected: None,
            aim,
            marks: Vec::new(),
            state: State::new(Target::Runtime),
            scanned: 0,
            counts: HashMap::new(),
        }
    }

    /// The step it shows.
    pub(crate) fn step(&self) -> usize {
        self.state.step
    }

    /// The state at the step.
    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    /// Goes to a step, or to the last one if there are fewer.
    pub(crate) fn go(&mut self, side: &Side, step: usize) {
        let step = step.min(side.len()); // (2)
        if self.state.target == side.target && (self.step()..self.step() + NEAR).contains(&step) {
            self.state.advance(side, step);
        } else {
            self.state = side.state_at(step);
        }
    }

    /// Takes over what `side` has got since the last call; `open` if more may
    /// come.
    pub(crate) fn refresh(&mut self, side: &Side, open: bool) {
        if self.state.target != side.target {
            self.state = State::new(side.target);
        }
        for event in side.events(self.scanned..side.len()) {
            if event.kind() == Some(EventKind::Marked) {
                let name = event.text(Key::Name).unwrap_or_default();
                let count = self.counts.entry(name.clone()).or_default();
                self.marks.push(Marked {
                    step: event.index() + 1,
                    name,
                    earlier: *count,
                });
                *count += 1;
            }
        }
        self.scanned = side.len();
        if let Some(aim) = self.aim {
            self.go(side, aim);
            if self.step() == aim || !open {
                self.aim = None;
            }
        }
    }

    /// The marked place that it stands at.
    pub(crate) fn marked(&self) -> Option<&Marked> {
        let index = self.marks.partition_point(|mark| mark.step < self.step());
        self.marks
            .get(index)
            .filter(|mark| mark.step == self.step())
    }

    /// The step of the place that is called like `mark` in the other view.
    pub(crate) fn step_of(&self, mark: &Marked) -> Option<usize> {
        self.marks
            .iter()
            .find(|own| own.name == mark.name && own.earlier == mark.earlier)
            .map(|own| own.step)
    }
}
