//! Moves: through the steps of one view, or of all when they are linked.
//!
//! Linked views go each to its own next; a view that stands at a marked place
//! waits until the others have come to the place of the same name.
//!
//! Invariants: (1) a move never leaves the trace; (2) if all would wait for
//! each other (their places come in different orders), neither does.
//!
//! Book: appendix "The stepper".

use super::Model;
use std::ops::Range;
use stepper::{Event, Side, trace::EventKind};

/// How many steps a page has.
const PAGE: usize = 20;

/// A way to move.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Move {
    /// One event on.
    Forward,
    /// One event back.
    Back,
    /// To the next change of who runs.
    NextSwitch,
    /// To the previous one.
    PreviousSwitch,
    /// A page on.
    PageForward,
    /// A page back.
    PageBack,
    /// To the beginning.
    Home,
    /// To the end; while the program runs, along with it.
    End,
}

impl Move {
    /// Whether it goes on rather than back.
    pub(crate) fn is_forward(self) -> bool {
        matches!(
            self,
            Move::Forward | Move::NextSwitch | Move::PageForward | Move::End
        )
    }

    /// The step it leads to.
    fn target(self, side: &Side, step: usize) -> usize {
        let switch = |event: &Event<'_>| event.kind().is_some_and(EventKind::is_switch);
        match self {
            Move::Forward => step + 1,
            Move::Back => step.saturating_sub(1),
            Move::NextSwitch => first(side, step..side.len(), switch).unwrap_or(side.len()),
            Move::PreviousSwitch => last(side, 0..step.saturating_sub(1), switch).unwrap_or(0),
            Move::PageForward => step + PAGE,
            Move::PageBack => step.saturating_sub(PAGE),
            Move::Home => 0,
            Move::End => side.len(),
        }
        .min(side.len()) // (1)
    }
}

/// The step that shows the first event of a range that `is`.
pub(super) fn first(
    side: &Side,
    events: Range<usize>,
    is: impl Fn(&Event<'_>) -> bool,
) -> Option<usize> {
    side.events(events).find(is).map(|event| event.index() + 1)
}

/// The step that shows the last event of a range that `is`.
pub(super) fn last(
    side: &Side,
    events: Range<usize>,
    is: impl Fn(&Event<'_>) -> bool,
) -> Option<usize> {
    side.events(events)
        .rev()
        .find(is)
        .map(|event| event.index() + 1)
}

impl Model {
    /// Moves the focused view, or all if they are linked. Whether any moved.
    pub(crate) fn make(&mut self, how: Move) -> bool {
        if how.is_forward() && self.predict.on {
            return self.predict_before(how);
        }
        self.make_now(how)
    }

    /// Moves, without asking for a prediction first.
    pub(super) fn make_now(&mut self, how: Move) -> bool {
        let mut moved = false;
        for view in self.movers(how) {
            let Some(side) = self.side(view) else {
                continue;
            };
            let before = self.views[view].step();
            let target = how.target(side, before);
            self.go(view, target);
            if how == Move::End && self.recording(view).ending.is_open() {
                self.views[view].aim = Some(usize::MAX);
            }
            moved |= self.views[view].step() != before;
        }
        moved
    }

    /// The step to which the focused view would go.
    pub(super) fn destination(&self, how: Move) -> Option<usize> {
        Some(how.target(self.side(self.focus)?, self.focused().step()))
    }

    /// The views that move now.
    fn movers(&self, how: Move) -> Vec<usize> {
        if !self.linked {
            return vec![self.focus];
        }
        let all: Vec<usize> = (0..self.views.len()).collect();
        if !matches!(how, Move::Forward | Move::Back) {
            return all;
        }
        let free: Vec<usize> = all
            .iter()
            .copied()
            .filter(|&view| !self.waits(view, how))
            .collect();
        if free.is_empty() { all } else { free } // (2)
    }

    /// Whether a view waits at its marked place for another.
    pub(crate) fn waits(&self, view: usize, how: Move) -> bool {
        let Some(mark) = self.views[view].marked() else {
            return false;
        };
        let others = self.views.iter().enumerate();
        others
            .filter(|(other, _)| *other != view)
            .any(|(_, other)| {
                let meeting = other.step_of(mark);
                meeting.is_some_and(|meeting| match how {
                    Move::Back => other.step() > meeting,
                    _ => other.step() < meeting,
                })
            })
    }

    /// To the previous or next event of the selected unit.
    pub(crate) fn along_unit(&mut self, forward: bool) -> bool {
        let (Some(unit), Some(side)) = (self.unit(self.focus), self.side(self.focus)) else {
            return false;
        };
        let step = self.focused().step();
        let of_unit = |event: &Event<'_>| event.unit() == Some(unit);
        let found = if forward {
            first(side, step..side.len(), of_unit)
        } else {
            last(side, 0..step.saturating_sub(1), of_unit)
        };
        let Some(found) = found else {
            let direction = if forward { "later" } else { "earlier" };
            self.message = Some(format!("no {direction} step of unit {}", unit.number));
            return false;
        };
        self.select(self.focus, Some(unit));
        self.go(self.focus, found);
        true
    }
}
