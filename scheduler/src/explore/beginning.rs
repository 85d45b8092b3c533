//! A beginning: steps that every execution of a search has to take.
//!
//! Whoever has gone along a schedule for a while wants to know what can still come of it.
//! So the search keeps to a beginning, and tries what follows: the program might as well
//! have begun there.
//!
//! Invariants: (1) each execution begins so; (2) of the beginning nothing is turned round,
//! and nothing sleeps in it; (3) its preemptions count as those of the whole execution do.
//!
//! Book: chapter 19.

use super::Explore;
use super::execution::Execution;
use super::guide::{Choice, Decision, Guide};
use super::replay::take_by;
use super::schedule::{Break, Schedule};

/// See the module.
#[derive(Clone, Debug, Default)]
pub(super) struct Beginning {
    /// Where the rule is broken, the first first.
    breaks: Vec<Break>,
    /// How many steps there are.
    steps: u32,
}

impl Beginning {
    /// The steps of `schedule`.
    pub(super) fn new(schedule: &Schedule) -> Beginning {
        Beginning {
            breaks: schedule.by_step().collect(),
            steps: schedule.steps(),
        }
    }

    /// How many steps there are.
    pub(super) fn steps(&self) -> usize {
        self.steps as usize
    }

    /// What is decided at `choice` (1); None behind the beginning.
    pub(super) fn decide(&self, choice: &Choice<'_>) -> Option<Decision> {
        let step = u32::try_from(choice.events.len()).unwrap_or(u32::MAX);
        if step >= self.steps {
            return None;
        }
        let its = self.breaks.binary_search_by_key(&step, |its| its.step);
        Some(take_by(choice, its.ok().map(|index| self.breaks[index])))
    }
}

/// A guide that keeps to a beginning, and leaves the rest to another one that does not mind.
pub(super) struct Begun<G>(pub(super) Beginning, pub(super) G);

impl<G: Guide> Guide for Begun<G> {
    fn choose(&mut self, choice: &Choice<'_>) -> Decision {
        let decision = self.0.decide(choice);
        decision.unwrap_or_else(|| self.1.choose(choice))
    }

    fn learn(&mut self, execution: &Execution) -> bool {
        self.1.learn(execution)
    }

    fn behind(&self) -> Option<f64> {
        self.1.behind()
    }
}

impl Explore {
    /// Searches only what begins with the steps of `schedule`. Then the search is
    /// [exhausted](super::Found::exhausted) once all that can follow was tried; how many
    /// interleavings that are is not counted.
    pub fn after(self, schedule: &Schedule) -> Explore {
        Explore {
            beginning: Beginning::new(schedule),
            ..self
        }
    }
}
