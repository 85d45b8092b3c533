//! Following a schedule, and finding where it does not fit.
//!
//! Invariants: (1) a schedule that fits is followed to its last step, and the
//! program is over then, unless the schedule is open; (2) nothing is tried twice.
//!
//! Book: chapter 18.

use super::execution::Execution;
use super::guide::{Choice, Decision, Guide};
use super::schedule::{Diverged, Schedule};

/// See the module.
#[derive(Debug)]
pub(super) struct Replay {
    /// Who breaks the rule, at which step: what is left of it, the next one last.
    breaks: Vec<(u32, u32)>,
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
        let step = u32::try_from(choice.events.len()).unwrap_or(u32::MAX);
        if step == self.steps {
            if self.is_open {
                return Decision::Open;
            }
            return Decision::Differs(Diverged {
                step: choice.events.len(),
                expected: "the end of the program".to_owned(),
                found: "threads that go on".to_owned(),
            });
        }
        let usual = choice.usual(u64::MAX).expect("somebody is enabled");
        let Some((_, thread)) = self.breaks.pop_if(|(at, _)| *at == step) else {
            return Decision::Run(usual);
        };
        if choice.can(thread) {
            return Decision::Run(thread);
        }
        let wants = choice.pending.get(thread as usize);
        Decision::Differs(Diverged {
            step: choice.events.len(),
            expected: format!("a step of thread {thread}"),
            found: match wants {
                None => "no such thread".to_owned(),
                Some(op) => format!("that it is over, or cannot {}", op.access.word()),
            },
        })
    }
    // ANCHOR_END: choose

    fn learn(&mut self, _: &Execution) -> bool {
        false // (2)
    }
}
