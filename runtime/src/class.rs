//! The class of a task: how urgent it is, beside the others of its loop.
//!
//! Each class has its own queue in the [`ready_queue`](crate::ready_queue),
//! which has the rule by which the next task is picked, and the bound on how
//! long a class can be passed over.
//!
//! Invariants: (1) a queued task stands in the queue of its class; (2) a task
//! that changes its class while it is queued goes to the tail of the new one.
//!
//! Left out: numbers of priority. Three classes can be told apart in one
//! sentence each; of a hundred nobody knows who goes before whom.
//!
//! Book: chapter 7. Mirror: static priorities, in `scheduler::policy`.

use crate::context;
use crate::numbers::TaskId;
use crate::state::LoopState;
use crate::task::State;
use crate::trace::{Reference, record};
use std::fmt;

/// How urgent a task is. The more urgent is the lesser: `Urgent < Normal`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Goes before all others: for what somebody waits for, and is short.
    Urgent,
    /// What a task is unless it says otherwise.
    #[default]
    Normal,
    /// Goes when nothing else can, and now and then if something always can.
    Background,
}

impl Class {
    /// Every class, the most urgent first.
    pub const ALL: [Class; 3] = [Class::Urgent, Class::Normal, Class::Background];
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Class::Urgent => "urgent",
            Class::Normal => "normal",
            Class::Background => "background",
        })
    }
}

/// Puts the running task into another class, from its next wake on.
///
/// # Panics
///
/// If no task of an event loop is running.
#[track_caller]
pub fn set_class(class: Class) {
    let state = context::expect_current("set_class()");
    let task = state.running_task();
    let task = task.expect("set_class() is called by the task that it concerns");
    state.set_class(state.running.get(), task, class);
}

impl LoopState {
    /// Puts a task into another class. One that is over has none any more.
    #[track_caller]
    pub(crate) fn set_class(&self, key: usize, id: TaskId, class: Class) {
        let (before, is_queued) = {
            let mut tasks = self.tasks.borrow_mut();
            let Some(task) = tasks.get_mut(key).filter(|task| task.id == id) else {
                return;
            };
            if task.class == class || task.state == State::Over {
                return;
            }
            (std::mem::replace(&mut task.class, class), task.is_queued())
        };
        if is_queued {
            let mut ready = self.ready.borrow_mut();
            ready.remove(key, before);
            ready.push(key, class); // invariants 1 and 2
        }
        let by = self.running_task().map(Reference::Task);
        record!(self, "changed" at Some(std::panic::Location::caller());
            task = id, what = "class", from = before, to = class; by = by);
    }
}
