//! Awaited: what the running task has left its waker with, for the trace.
//!
//! The leaf futures say it when they leave a waker, and when they take it back.
//! The trace tells it when the poll ends: until then the task may be ready after
//! all, or wait for something else.
//!
//! Invariants: (1) it is of the poll that goes on: each begins with an empty
//! list; (2) nothing is kept while nobody reads the trace: who waits for what is
//! in the wait lists anyway, from where the [`dump`](crate::dump()) has it.
//!
//! Book: chapter 4. Mirror: none: a thread waits for one thing at a time.

use crate::numbers::TaskId;
use crate::state::LoopState;
use crate::trace::{self, Line, Place, Reference, record};
use crate::wait_list::Waiter;

/// Something that the running task waits for.
#[derive(Debug)]
pub(crate) struct Awaited {
    /// What.
    on: Reference,
    /// Where it left its waker there: our line.
    line: Line,
    /// And the learner's.
    place: Place,
}

impl LoopState {
    /// The running task left a waker with `on`. This is announced when its poll
    /// ends: until then it may be ready after all, or give up.
    #[inline]
    pub(crate) fn wait_on(&self, on: Reference, line: Line, place: Place) {
        self.place.set(Some(place));
        if trace::enabled() {
            self.awaited.borrow_mut().push(Awaited { on, line, place });
        }
    }

    /// Somebody waits no longer for `on`, without having been woken. The
    /// waiter is dropped here, which may run foreign code: nothing may be borrowed.
    pub(crate) fn give_up(&self, on: Reference, waiter: Option<Waiter>) {
        let Some(waiter) = waiter else { return };
        if waiter.poll == self.poll_number(self.polls.get()) {
            let mut awaited = self.awaited.borrow_mut();
            if let Some(index) = awaited.iter().rposition(|awaited| awaited.on == on) {
                awaited.remove(index);
            }
        }
        drop(waiter);
    }

    /// The poll of `task` ends, and this is what it waits for.
    pub(crate) fn announce_waits(&self, task: TaskId) {
        if self.awaited.borrow().is_empty() {
            return;
        }
        for Awaited { on, line, place } in self.awaited.take() {
            record!(self, "waiting" from line, at Some(place); task = task, on = on);
        }
    }
}
