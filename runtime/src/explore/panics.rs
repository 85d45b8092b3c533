//! Panics of a program that is searched: noted, and not printed.
//!
//! A search meets the same panic again and again. So while one runs, the panics of its
//! OS thread are kept with their line, and the hook that was there before is not called.
//!
//! Invariants: (1) on every other OS thread, and after a search, that hook does what it
//! always did; (2) a panic that the program itself catches is none of a task.
//!
//! Left out: a program that replaces the hook while it is searched.
//!
//! Book: chapter 20. Mirror: `scheduler::preempt::panics`.

use crate::foreign::{Panic, message};
use crate::numbers::TaskId;
use crate::outcome::Outcome;
use crate::state::LoopState;
use std::cell::{Cell, RefCell};
use std::panic::{self, PanicHookInfo};
use std::sync::Once;

/// A task that panicked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fall {
    /// Which.
    pub(super) task: TaskId,
    /// What it said.
    pub(super) message: String,
    /// The file and line, where they are known.
    pub(super) at: Option<String>,
}

thread_local! {
    /// Panics of this OS thread are kept, and not printed.
    static QUIET: Cell<bool> = const { Cell::new(false) };
    /// Where the latest of them was.
    static LATEST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// While it lives, the panics of its OS thread are kept.
#[derive(Debug)]
pub(super) struct Quiet {
    /// How it was before.
    before: bool,
}

impl Quiet {
    /// Begins to keep them.
    pub(super) fn new() -> Quiet {
        static INSTALL: Once = Once::new();
        INSTALL.call_once(|| {
            let previous = panic::take_hook();
            panic::set_hook(Box::new(move |info| {
                if QUIET.get() {
                    keep(info);
                } else {
                    previous(info); // invariant 1
                }
            }));
        });
        Quiet {
            before: QUIET.replace(true),
        }
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        QUIET.set(self.before);
    }
}

/// Keeps the line of a panic.
fn keep(info: &PanicHookInfo<'_>) {
    let line = |at: &panic::Location<'_>| format!("{}:{}", at.file(), at.line());
    let at = info.location().map(line);
    LATEST.with_borrow_mut(|latest| *latest = at);
}

impl LoopState {
    /// A task panicked, in a poll or in a destructor: that is what came of it.
    #[cold]
    pub(crate) fn fall(&self, task: TaskId, panic: Panic) -> Outcome {
        if self.led.is_searched() {
            let message = message(&panic).to_owned();
            let at = LATEST.with_borrow_mut(Option::take);
            self.led.note(Fall { task, message, at });
        }
        Outcome::Panicked(panic)
    }
}
