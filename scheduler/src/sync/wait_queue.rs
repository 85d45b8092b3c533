//! Threads that wait for one object, first come, first out.
//!
//! A chain through the control blocks, since nothing may be allocated where it
//! is changed: see [`Critical`](crate::critical::Critical).
//!
//! Invariants: (1) a thread is in at most one queue, at most once; (2) a thread
//! that is taken out must be woken by whoever took it; (3) the queue is changed
//! only under the lock of its object, and so are the chain's links.
//!
//! Mirror: `runtime::wait_list`.

use crate::control::Control;
use std::sync::{Arc, MutexGuard, PoisonError};

/// A queue of waiting threads.
#[derive(Debug, Default)]
pub(crate) struct WaitQueue {
    /// Who has waited longest.
    first: Option<Arc<Control>>,
    /// Who came last; None exactly if `first` is.
    last: Option<Arc<Control>>,
}

impl WaitQueue {
    /// Nobody waits.
    pub(crate) const fn new() -> WaitQueue {
        WaitQueue {
            first: None,
            last: None,
        }
    }

    /// Adds `thread` behind all others.
    pub(crate) fn push(&mut self, thread: &Arc<Control>) {
        match self.last.replace(Arc::clone(thread)) {
            None => self.first = Some(Arc::clone(thread)),
            Some(last) => *behind(&last) = Some(Arc::clone(thread)),
        }
    }

    /// Adds `thread` before all others: it has waited already, was woken, and
    /// came too late.
    pub(crate) fn push_front(&mut self, thread: &Arc<Control>) {
        let second = self.first.replace(Arc::clone(thread));
        if second.is_none() {
            self.last = Some(Arc::clone(thread));
        }
        *behind(thread) = second;
    }

    /// Takes out who has waited longest. The caller must wake it, after the
    /// object's lock is released.
    #[must_use = "who is taken out must be woken"]
    pub(crate) fn pop(&mut self) -> Option<Arc<Control>> {
        let first = self.first.take()?;
        self.first = behind(&first).take();
        if self.first.is_none() {
            // Not the last reference: `first` holds another, so nothing is freed.
            self.last = None;
        }
        Some(first)
    }
}

/// Who waits behind `thread`.
fn behind(thread: &Control) -> MutexGuard<'_, Option<Arc<Control>>> {
    thread.behind.lock().unwrap_or_else(PoisonError::into_inner)
}
