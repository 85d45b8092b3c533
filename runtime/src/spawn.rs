//! Spawning: a future becomes a task of its own.
//!
//! A new task is woken once and so comes to the tail of the ready queue; it runs
//! for the first time when the loop gets there, never inside of `spawn`.
//!
//! Costs: two allocations, the future's box and the waker's 48 bytes; a slot of
//! 112 bytes in the slab of tasks, and a place in the ready queue; a third
//! allocation when it is over, for an output that has a size.
//!
//! Left out: spawning from another OS thread. Post a message and spawn here.
//!
//! Book: chapter 2. Mirror: `scheduler::spawn`.

use crate::class::Class;
use crate::context;
use crate::join_handle::JoinHandle;
use crate::numbers::{Numbers, TaskId};
use crate::polling::{Main, Routine, Runnable};
use crate::state::LoopState;
use crate::task::Task;
use crate::trace::Reference;
use crate::trace::{Place, Text, record};
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Waker;

/// Starts a task on the running loop.
///
/// # Panics
///
/// If it is called outside of an event loop: see
/// [`EventLoop::spawn`](crate::EventLoop::spawn).
#[track_caller]
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + 'static,
    F::Output: 'static,
{
    Builder::new().spawn(future)
}

/// Starts a task that has more to it than a future.
#[derive(Clone, Debug, Default)]
#[must_use = "a builder starts nothing before `spawn`"]
pub struct Builder {
    /// What the task is called in the trace, in errors and in warnings.
    name: Option<Box<str>>,
    /// How urgent it is.
    class: Class,
}

impl Builder {
    /// A task without a name, of class [`Class::Normal`].
    pub fn new() -> Self {
        Builder::default()
    }

    /// Names the task.
    pub fn name(self, name: impl Into<String>) -> Self {
        Builder {
            name: Some(name.into().into_boxed_str()),
            ..self
        }
    }

    /// Sets how urgent the task is. [`JoinHandle::set_class`] changes it.
    pub fn class(self, class: Class) -> Self {
        Builder { class, ..self }
    }

    /// Starts the task on the running loop.
    ///
    /// # Panics
    ///
    /// If it is called outside of an event loop.
    #[track_caller]
    pub fn spawn<F>(self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        context::expect_current("spawn()").spawn(self, future, Location::caller())
    }
}

impl LoopState {
    // ANCHOR: spawn
    /// Adds a task and wakes it for the first time.
    pub(crate) fn spawn<F>(
        self: &Rc<Self>,
        builder: Builder,
        future: F,
        place: Place,
    ) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        let id = TaskId::new(Numbers::next(&self.numbers.tasks));
        let future: Pin<Box<dyn Routine>> = Box::pin(future);
        let (key, waker) = self.add(id, builder, place);
        self.tasks.borrow_mut()[key].fill(Runnable { future, waker });
        self.wake(key, id);
        JoinHandle::new(self.clone(), key, id)
    }
    // ANCHOR_END: spawn

    /// Adds the task of a `block_on` and wakes it for the first time.
    ///
    /// The first is task 0; a later one takes a number like any other task,
    /// since numbers are never used twice.
    pub(crate) fn spawn_main<'a>(
        &'a self,
        future: Pin<&'a mut dyn Routine>,
        place: Place,
    ) -> Main<'a> {
        let number = if self.had_main.replace(true) {
            Numbers::next(&self.numbers.tasks)
        } else {
            0
        };
        let id = TaskId::new(number);
        let (key, waker) = self.add(id, Builder::new().name("main"), place);
        self.wake(key, id);
        Main {
            state: self,
            key,
            future,
            waker,
            is_over: false,
        }
    }

    /// Makes room for a task, and its waker.
    fn add(&self, id: TaskId, builder: Builder, place: Place) -> (usize, Waker) {
        let Builder { name, class } = builder;
        let by = self.running_task().map(Reference::Task);
        record!(self, "spawned" at Some(place);
            task = id, name = Text(name.as_deref().unwrap_or_default()), class = class; by = by);
        self.alive.set(self.alive.get() + 1);
        let mut task = Task::new(id, class, place);
        if let Some(name) = name {
            task.set_name(name);
        }
        let key = self.tasks.borrow_mut().insert(task);
        (key, crate::waker::new(&self.inbox, key, id))
    }
}
