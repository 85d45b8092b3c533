//! Following a schedule, and finding where it does not fit.
//!
//! Invariants: (1) a schedule that fits is followed to its last step, and the program is
//! over then, or nobody can go on, unless the schedule is open; (2) nothing is tried
//! twice.
//!
//! Book: chapter 20. Mirror: `scheduler::explore::replay`.

use super::execution::Execution;
use super::guide::{Choice, Decision, Guide};
use super::schedule::{Diverged, Schedule};
use super::step::Who;

/// See the module.
#[derive(Debug)]
pub(super) struct Replay {
    /// Who takes the steps that are not usual: what is left of them, the next one last.
    breaks: Vec<(u32, Who)>,
    /// How many steps there are.
    steps: u32,
    /// Whether the run stops after them.
    is_open: bool,
}

impl Replay {
    /// A guide along `schedule`.
    pub(super) fn new(schedule: &Schedule) -> Replay {
        let mut breaks: Vec<_> = schedule.by_step().collect();
        breaks.reverse();
        Replay {
            breaks,
            steps: schedule.steps(),
            is_open: schedule.is_open(),
        }
    }
}

impl Guide for Replay {
    // ANCHOR: choose
    fn choose(&mut self, choice: &Choice<'_>) -> Decision {
        let step = u32::try_from(choice.step).unwrap_or(u32::MAX);
        if step == self.steps {
            if self.is_open {
                return Decision::Open;
            }
            return Decision::Differs(Diverged {
                step: choice.step,
                expected: "the end of the program".to_owned(),
                found: "tasks that go on".to_owned(),
            });
        }
        let Some((_, who)) = self.breaks.pop_if(|(at, _)| *at == step) else {
            return Decision::Take(choice.usual);
        };
        let mut offers = choice.offers.iter();
        match offers.position(|offer| offer.who == who) {
            Some(offer) => Decision::Take(offer),
            None => Decision::Differs(Diverged {
                step: choice.step,
                expected: format!("a step of {who}"),
                found: match who {
                    Who::Task(_) => "that there is no such task, or that it is not ready",
                    Who::Timer(_) => "that there is no such timer, or that it is not due",
                }
                .to_owned(),
            }),
        }
    }
    // ANCHOR_END: choose

    fn ends(&self, steps: usize) -> Option<Diverged> {
        (steps < self.steps as usize).then(|| Diverged {
            step: steps,
            expected: format!("{} steps", self.steps),
            found: "the end of the program".to_owned(),
        })
    }

    fn learn(&mut self, _: &Execution) -> bool {
        false // invariant 2
    }
}
