//! The context: which event loop this OS thread is in, if any.
//!
//! `spawn`, `sleep` and the other futures find their loop here. The thread-local
//! is set while an [`EventLoop`](crate::EventLoop) takes a turn or is dropped,
//! and empty otherwise: code outside of a loop must name the one it means.
//!
//! Invariants: (1) at most one loop is entered by an OS thread at a time (the
//! drop of a loop inside of another is the one exception, and restores it);
//! (2) leaving restores what was there, on a panic too.
//!
//! Left out: a default loop that starts itself. No loop, no tasks.
//!
//! Mirror: `scheduler::context`.

use crate::state::LoopState;
use std::cell::RefCell;
use std::rc::Rc;

thread_local! {
    /// The loop that this OS thread is in.
    static ENTERED: RefCell<Option<Rc<LoopState>>> = const { RefCell::new(None) };
}

/// The loop that this OS thread is in.
///
/// `None` also while the OS thread ends, when its thread-locals are gone.
#[inline]
pub(crate) fn current() -> Option<Rc<LoopState>> {
    ENTERED
        .try_with(|entered| entered.borrow().clone())
        .ok()
        .flatten()
}

/// The loop that this OS thread is in, for `what`, which cannot do without.
#[track_caller]
pub(crate) fn expect_current(what: &str) -> Rc<LoopState> {
    current().unwrap_or_else(|| {
        panic!(
            "{what} was called outside of an event loop: \
             call it in a future that an `EventLoop` runs"
        )
    })
}

/// Enters `state`'s loop until the guard is dropped.
pub(crate) fn enter(state: &Rc<LoopState>) -> Entered {
    Entered {
        before: exchange(Some(state.clone())),
    }
}

/// A loop is entered while this lives.
#[derive(Debug)]
pub(crate) struct Entered {
    /// The loop that was entered before: `None` but in the drop of a loop.
    before: Option<Rc<LoopState>>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        drop(exchange(self.before.take()));
    }
}

/// Puts a loop into the thread-local, and returns what was there.
fn exchange(state: Option<Rc<LoopState>>) -> Option<Rc<LoopState>> {
    ENTERED
        .try_with(|entered| entered.replace(state))
        .ok()
        .flatten()
}
