//! What a loop that is led keeps for its search, and how it keeps quiet.
//!
//! Every loop has one. It is empty, and looked at only where a loop traces, warns or
//! catches a panic: so a loop that is not searched pays nothing for it.
//!
//! Invariant: a loop that is searched writes no record, and warns of nothing: there are
//! thousands of them, and they repeat each other.
//!
//! Book: chapter 20. Mirror: the part of `scheduler::explore::conductor` that a run holds.

use super::panics::Fall;
use std::cell::{Cell, RefCell};

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Led {
    /// Whether a search made this loop.
    is_searched: Cell<bool>,
    /// The tasks that panicked, in their order. Only in a search.
    falls: RefCell<Vec<Fall>>,
    /// What the program said of its outcome. Only in a search.
    outcome: RefCell<Option<String>>,
}

impl Led {
    /// Whether a search made this loop.
    pub(crate) fn is_searched(&self) -> bool {
        self.is_searched.get()
    }

    /// A search made this loop.
    pub(super) fn be_searched(&self) {
        self.is_searched.set(true);
    }

    /// Notes a task that panicked.
    pub(super) fn note(&self, fall: Fall) {
        self.falls.borrow_mut().push(fall);
    }

    /// The program says what came out, in addition to what it said before.
    pub(super) fn tell(&self, text: &str) {
        if self.is_searched() {
            let mut outcome = self.outcome.borrow_mut();
            let outcome = outcome.get_or_insert_default();
            if !outcome.is_empty() {
                outcome.push_str(", ");
            }
            outcome.push_str(text);
        }
    }

    /// What was noted and told, which is forgotten here.
    pub(super) fn take(&self) -> (Vec<Fall>, Option<String>) {
        (self.falls.take(), self.outcome.take())
    }
}
