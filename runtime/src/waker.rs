//! Wakers: how a waiting task gets back into the ready queue.
//!
//! Each task has one waker, made once when it is spawned and cloned by whatever
//! it waits for. On the loop's own thread, inside the loop, to wake is to push
//! to the queue. From anywhere else the waker is posted into the loop's
//! [`Inbox`], and the Notifier wakes the loop if it sleeps in the OS.
//!
//! Invariants: (1) a task is queued at most once, however often it is woken;
//! (2) a stale waker wakes nobody: a slab's key is reused, a [`TaskId`] never
//! is, and a waker holds both.
//!
//! Book: chapter 5. Mirror: `unblock` in `scheduler::dispatcher`.

use crate::class::Class;
use crate::context;
use crate::inbox::{Inbox, TaskWaker};
use crate::numbers::TaskId;
use crate::state::LoopState;
use crate::statistics::Counters;
use crate::task::Woken;
use crate::trace::record;
use std::sync::Arc;
use std::task::{Wake, Waker};

/// A new task's waker.
pub(crate) fn new(inbox: &Arc<Inbox>, key: usize, id: TaskId) -> Waker {
    Waker::from(Arc::new(TaskWaker::new(inbox.clone(), key, id)))
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        match context::current() {
            Some(state) if self.belongs_to(&state.inbox) => state.wake(self.key(), self.id),
            _ => self.post(),
        }
    }
}

impl LoopState {
    // ANCHOR: wake
    /// Puts a task at the tail of its class's queue, unless it is there already.
    pub(crate) fn wake(&self, key: usize, id: TaskId) {
        let (woken, class) = match self.tasks.borrow_mut().get_mut(key) {
            Some(task) if task.id == id => (task.wake(), task.class), // invariant 2
            _ => (Woken::Stale, Class::default()),
        };
        let by = self.cause.get();
        match woken {
            Woken::Queued => {
                self.ready.borrow_mut().push(key, class); // invariant 1
                Counters::count(&self.counters.wakes_queued);
                record!(self, "woken"; task = id, by = by, class = class);
            }
            Woken::Already => {
                Counters::count(&self.counters.wakes_already_queued);
                record!(self, "woken"; task = id, by = by, class = class; already = Some(true));
            }
            Woken::Stale => {
                Counters::count(&self.counters.wakes_stale);
                record!(self, "stale_wake"; task = id);
            }
        }
    }
    // ANCHOR_END: wake

    /// Takes what other threads have posted, and wakes those tasks.
    pub(crate) fn take_posted(&self) {
        for waker in self.inbox.take() {
            Counters::count(&self.counters.wakes_posted);
            self.wake(waker.key(), waker.id);
        }
    }
}
