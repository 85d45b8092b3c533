//! The join handle: a task's result, and the way to end the task early.
//!
//! Awaiting the handle waits for the task. Dropping it detaches: the task goes
//! on, and its result is dropped when it is over. [`JoinHandle::abort`] cancels:
//! the loop drops the task instead of polling it, on the task's next turn, so
//! that no destructor of its runs in the middle of somebody else's poll.
//!
//! Invariants: (1) a task's slot in the slab is kept while its handle is held,
//! so the handle's key is never stale before the result was taken; (2) a result
//! is delivered once.
//!
//! Left out: several waiters for one task, and handles for other OS threads.
//!
//! Book: chapter 2. Mirror: `scheduler::join_handle`.

use crate::class::Class;
use crate::foreign::{self, Panic};
use crate::numbers::TaskId;
use crate::outcome::Outcome;
use crate::state::LoopState;
use crate::task::State;
use crate::trace::{Reference, here, record};
use crate::wait_list::Waiter;
use std::any::Any;
use std::error::Error;
use std::fmt;
use std::marker::PhantomData;
use std::mem;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// Waits for a task's result when it is awaited; detaches the task when dropped.
pub struct JoinHandle<T> {
    /// The task's loop.
    pub(crate) state: Rc<LoopState>,
    /// The task's key in the slab (invariant 1).
    pub(crate) key: usize,
    /// The task.
    id: TaskId,
    /// Whether the result was delivered: the key is stale then (invariant 2).
    is_taken: bool,
    /// The type that the task's boxed output has.
    output: PhantomData<fn() -> T>,
}

impl<T> JoinHandle<T> {
    /// The handle of a task that was just added.
    pub(crate) fn new(state: Rc<LoopState>, key: usize, id: TaskId) -> Self {
        JoinHandle {
            state,
            key,
            id,
            is_taken: false,
            output: PhantomData,
        }
    }

    /// The task's number.
    pub fn id(&self) -> TaskId {
        self.id
    }

    /// Whether the task is over.
    pub fn is_finished(&self) -> bool {
        self.is_taken || self.state.tasks.borrow()[self.key].state == State::Over
    }

    /// Puts the task into another class; if it is ready, at its tail. A task
    /// that is over has none.
    #[track_caller]
    pub fn set_class(&self, class: Class) {
        self.state.set_class(self.key, self.id, class);
    }

    /// Cancels the task: it will not be polled again, and is dropped by the
    /// loop when its turn comes. A task that is over by then is left as it is.
    pub fn abort(&self) {
        if self.is_finished() {
            return;
        }
        let by = self.state.cause.get();
        self.state.tasks.borrow_mut()[self.key].abort(by);
        self.state.wake(self.key, self.id);
    }
}

impl<T: 'static> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    /// # Panics
    ///
    /// If it is polled after it gave the result.
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        assert!(!self.is_taken, "a task's result was taken already");
        let place = Location::caller();
        let state = self.state.clone();
        // careful: the waker is cloned only if need be, and while nothing is
        // borrowed, since it may be foreign.
        let taken = state.tasks.borrow_mut()[self.key].take_outcome();
        let Some(outcome) = taken else {
            let waiter = Joiner::Waiting(Waiter::new(&state, context.waker()));
            let before = mem::replace(&mut state.tasks.borrow_mut()[self.key].joiner, waiter);
            state.give_up(Reference::Task(self.id), before.waiter());
            state.wait_on(Reference::Task(self.id), here!(), place);
            return Poll::Pending;
        };
        let task = state.tasks.borrow_mut().remove(self.key);
        self.is_taken = true;
        record!(state, "joined" at Some(place); task = self.id, by = state.cause.get());
        Poll::Ready(match outcome {
            Outcome::Value(output) => Ok(*output
                .downcast()
                .expect("a handle has the type of its task's output")),
            Outcome::Panicked(panic) => Err(JoinError::new(&task, Why::Panicked(panic))),
            Outcome::Cancelled => Err(JoinError::new(&task, Why::Cancelled)),
        })
    }
}

impl<T> Drop for JoinHandle<T> {
    fn drop(&mut self) {
        if self.is_taken {
            return;
        }
        let mut tasks = self.state.tasks.borrow_mut();
        let joiner = mem::replace(&mut tasks[self.key].joiner, Joiner::Gone);
        let is_over = tasks[self.key].state == State::Over;
        let forgotten = is_over.then(|| tasks.remove(self.key));
        // Foreign destructors (of a waker, of the result) run after the borrow.
        drop(tasks);
        self.state
            .give_up(Reference::Task(self.id), joiner.waiter());
        drop(forgotten);
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle")
            .field("id", &self.id)
            .field("is_finished", &self.is_finished())
            .finish_non_exhaustive()
    }
}

/// A task's handle, as the task sees it.
#[derive(Debug)]
pub(crate) enum Joiner {
    /// Somebody holds it, and does not wait.
    Held,
    /// Somebody waits for the result.
    Waiting(Waiter),
    /// It was dropped: the task is detached.
    Gone,
}

impl Joiner {
    /// The waiter, if there is one.
    pub(crate) fn waiter(self) -> Option<Waiter> {
        match self {
            Joiner::Waiting(waiter) => Some(waiter),
            Joiner::Held | Joiner::Gone => None,
        }
    }
}

/// Why a task has no result.
pub struct JoinError {
    /// The task.
    id: TaskId,
    /// What its spawner called it.
    name: Option<Box<str>>,
    /// Why.
    why: Why,
}

/// The two ways to end without a result.
enum Why {
    /// With what the panic carried.
    Panicked(Panic),
    /// By `abort`, or by the end of the loop.
    Cancelled,
}

impl JoinError {
    /// Why `task` has no result.
    fn new(task: &crate::task::Task, why: Why) -> Self {
        JoinError {
            id: task.id,
            name: task.name().map(Box::from),
            why,
        }
    }

    /// The task's number.
    pub fn id(&self) -> TaskId {
        self.id
    }

    /// Whether the task was aborted, or dropped with its loop.
    pub fn is_cancelled(&self) -> bool {
        matches!(self.why, Why::Cancelled)
    }

    /// Whether the task panicked.
    pub fn is_panic(&self) -> bool {
        matches!(self.why, Why::Panicked(_))
    }

    /// What the panic carried, for [`std::panic::resume_unwind`].
    ///
    /// # Panics
    ///
    /// If the task was cancelled.
    #[track_caller]
    pub fn into_panic(self) -> Box<dyn Any + Send> {
        match self.why {
            Why::Panicked(panic) => panic,
            Why::Cancelled => panic!("{self} and did not panic"),
        }
    }
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "task {}", self.id)?;
        if let Some(name) = &self.name {
            write!(f, " '{name}'")?;
        }
        match &self.why {
            Why::Panicked(panic) => write!(f, " panicked: {}", foreign::message(panic)),
            Why::Cancelled => f.write_str(" was cancelled"),
        }
    }
}

impl fmt::Debug for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JoinError({self})")
    }
}

impl Error for JoinError {}
