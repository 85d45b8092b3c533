//! Guides: who decides at each choice, and what is tried next.
//!
//! A guide is asked before every step of an execution, and told the whole of it at its
//! end.
//!
//! Invariants: (1) a guide chooses among what is offered; (2) it holds numbers, and no
//! task.
//!
//! Book: chapter 20. Mirror: `scheduler::explore::guide`.

use super::execution::Execution;
use super::schedule::Diverged;
use super::step::{Offer, Touch};

/// A choice: who takes the next step?
#[derive(Clone, Copy, Debug)]
pub(super) struct Choice<'a> {
    /// How many steps there were.
    pub(super) step: usize,
    /// Who could take the next one.
    pub(super) offers: &'a [Offer],
    /// Which of them the loop would take by itself.
    pub(super) usual: usize,
    /// What the last step touched, if there was one.
    pub(super) last: Option<&'a Touch>,
}

/// What a guide decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// This offer is taken.
    Take(usize),
    /// All that could follow is known.
    Known,
    /// The schedule ends here, and is open.
    Open,
    /// Not what was expected.
    Differs(Diverged),
}

/// See the module.
pub(super) trait Guide {
    /// Who takes the next step.
    fn choose(&mut self, choice: &Choice<'_>) -> Decision;

    /// The program ended, or nobody could go on, after so many steps: how that differs
    /// from what was expected, if it does.
    fn ends(&self, _steps: usize) -> Option<Diverged> {
        None
    }

    /// Learns from an execution. Whether there is another one to be tried.
    fn learn(&mut self, execution: &Execution) -> bool;
}
