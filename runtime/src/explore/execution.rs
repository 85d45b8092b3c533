//! One execution: what was done, step by step, and how it ended.
//!
//! The [conductor](super::conductor) writes it, a [guide](super::guide::Guide) learns
//! from it.
//!
//! Invariant: the same choices give the same execution; where they do not, the program
//! is not deterministic, and the search says so.
//!
//! Book: chapter 20. Mirror: `scheduler::explore::execution`.

use super::panics::Fall;
use super::schedule::{Diverged, Schedule};
use super::step::{Touch, Who};
use super::waits::Waits;

/// What was done.
#[derive(Debug, Default)]
pub(super) struct Execution {
    /// The steps.
    pub(super) steps: Vec<Step>,
    /// How it ended.
    pub(super) ending: Ending,
    /// The panics, in their order.
    pub(super) falls: Vec<Fall>,
    /// What the program said of its outcome.
    pub(super) outcome: Option<String>,
}

/// One step.
#[derive(Debug)]
pub(super) struct Step {
    /// Who took it.
    pub(super) who: Who,
    /// Whether the loop would have taken it by itself.
    pub(super) is_usual: bool,
    /// What it touched.
    pub(super) touch: Touch,
}

/// How an execution ended.
#[derive(Debug, Default)]
pub(super) enum Ending {
    /// The program came to its end.
    #[default]
    Complete,
    /// Nobody could go on.
    Stuck(Waits),
    /// It was longer than the limit.
    TooLong,
    /// The guide had seen enough: all that could follow is known.
    Known,
    /// The schedule has no more steps, and is open.
    Open,
    /// It did not do what was expected.
    Differs(Diverged),
}

impl Execution {
    /// The schedule that leads here.
    pub(super) fn schedule(&self) -> Schedule {
        let steps = self.steps.iter();
        let schedule = steps.fold(Schedule::open(), |schedule, step| {
            schedule.then(step.who, step.is_usual)
        });
        match self.ending {
            Ending::TooLong | Ending::Known | Ending::Open => schedule,
            Ending::Complete | Ending::Stuck(_) | Ending::Differs(_) => schedule.closed(),
        }
    }

    /// How many steps were not the loop's own choice.
    pub(super) fn deviations(&self) -> u32 {
        let deviations = self.steps.iter().filter(|step| !step.is_usual).count();
        u32::try_from(deviations).unwrap_or(u32::MAX)
    }
}
