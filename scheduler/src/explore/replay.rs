//! Following a schedule, and finding where it does not fit.
//!
//! Invariants: (1) a schedule that fits is followed to its last step, and the
//! program is over then, unless the schedule is open; (2) nothing is tried twice.
//!
//! Book: chapter 18.

use super::drive::without_asking;
use super::execution::Execution;
use super::guide::{Choice, Decision, Guide};
use super::schedule::{Break, Diverged, Schedule};

/// See the module.
#[derive(Debug)]
pub(super) struct Replay {
    /// Where the rule is broken, what is left of it, the next one last.
    breaks: Vec<Break>,
    /// How many steps there are.
    steps: u32,
    /// Whether the run stops after them.
    is_open: bool,
    /// Whether it stops at the next real choice only.
    to_choice: bool,
}

impl Replay {
    /// A guide along `schedule`; if it is open, on to the next real choice, if `to_choice`.
    pub(super) fn new(schedule: &Schedule, to_choice: bool) -> Replay {
        let mut breaks: Vec<_> = schedule.by_step().collect();
        breaks.reverse();
        Replay {
            breaks,
            steps: schedule.steps(),
            is_open: schedule.is_open(),
            to_choice,
        }
    }
}

impl Guide for Replay {
    fn choose(&mut self, choice: &Choice<'_>) -> Decision {
        let step = u32::try_from(choice.events.len()).unwrap_or(u32::MAX);
        if step >= self.steps {
            if self.is_open {
                if self.to_choice
                    && let Some(thread) = without_asking(choice)
                {
                    return choice.newest(thread);
                }
                return Decision::Open;
            }
            return Decision::Differs(Diverged {
                step: choice.events.len(),
                expected: "the end of the program".to_owned(),
                found: "threads that go on".to_owned(),
            });
        }
        take_by(choice, self.breaks.pop_if(|its| its.step == step))
    }

    fn learn(&mut self, _: &Execution) -> bool {
        false // (2)
    }
}

// ANCHOR: choose
/// The step that comes by the rule at `choice`; or, where `its` breaks it, that one.
pub(super) fn take_by(choice: &Choice<'_>, its: Option<Break>) -> Decision {
    let usual = choice.usual(u64::MAX).expect("somebody is enabled");
    let Some(its) = its else {
        return choice.newest(usual);
    };
    let thread = its.thread;
    if choice.can(thread) {
        let options = (choice.options)(thread);
        if its.option == 0 {
            return choice.newest(thread);
        } else if its.option < options {
            return Decision::Run(thread, Some(its.option));
        }
        return Decision::Differs(Diverged {
            step: choice.events.len(),
            expected: format!("{} older stores for thread {thread} to choose", its.option),
            found: options.saturating_sub(1).to_string(),
        });
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
