//! A local: a variable of which every task has its own value.
//!
//! A task-local `static` reads like a global, and yet no two tasks share it: a
//! request's number, say, that each function of the task can look up without
//! being handed it. A value is made when its task first asks for it, and freed
//! when the task is over.
//!
//! Invariants: (1) no borrow of ours is held while an initializer, a destructor
//! or a user of a value runs: a value is counted, and lives until its last user
//! is done; (2) a task's values are dropped in the order in which they were
//! made, after its future and before its end is announced; (3) a value that is
//! being made, or is dropped, is not there: to ask for it is a clear panic.
//!
//! Cost: a search for the task, and one along its values. A task without values
//! costs nothing, not even memory.
//!
//! Left out: inheriting the spawner's values, and values for part of a task.
//!
//! Book: chapter 11. Mirror: `scheduler::Local`.

use crate::context;
use crate::foreign::{Panic, discard, drop_caught};
use crate::numbers::TaskId;
use crate::state::LoopState;
use crate::trace::{Place, Text, record};
use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::mem;
use std::panic::Location;
use std::rc::Rc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// A variable of which every task has its own value.
///
/// It is usually a `static`. One that is dropped earlier leaves the values that
/// tasks have of it to the ends of those tasks.
///
/// ```
/// use runtime::{Clock, EventLoop, Local, spawn};
///
/// static REQUEST: Local<u32> = Local::new("request", || 0);
///
/// EventLoop::new(Clock::Virtual).block_on(async {
///     let other = spawn(async {
///         REQUEST.set(7);
///         REQUEST.get()
///     });
///     assert_eq!(other.await.unwrap(), 7);
///     assert_eq!(REQUEST.get(), 0); // this task has its own
/// });
/// ```
pub struct Local<T> {
    /// What the trace calls it.
    name: &'static str,
    /// Makes a task's first value.
    initial: fn() -> T,
    /// Which local of this process, drawn at its first use.
    number: OnceLock<u64>,
}

/// How many locals of this process were used.
static LOCALS: AtomicU64 = AtomicU64::new(0);

impl<T> Local<T> {
    /// A variable called `name`, whose first value in each task `initial` makes.
    pub const fn new(name: &'static str, initial: fn() -> T) -> Self {
        Local {
            name,
            initial,
            number: OnceLock::new(),
        }
    }

    /// Its number.
    fn number(&self) -> u64 {
        let draw = || LOCALS.fetch_add(1, Ordering::Relaxed);
        *self.number.get_or_init(draw)
    }
}

impl<T: fmt::Debug + 'static> Local<T> {
    /// Calls `use_it` with the running task's value, which is made if this is
    /// the first time that the task asks.
    ///
    /// What `use_it` changes inside of the value is not traced: [`Local::set`] is.
    ///
    /// # Panics
    ///
    /// If no task runs. If the value's own initializer asks for it, or has
    /// panicked; or if a destructor of the task's values asks for one that was
    /// dropped before.
    // ANCHOR: with
    #[track_caller]
    pub fn with<R>(&self, use_it: impl FnOnce(&T) -> R) -> R {
        let place = Location::caller();
        let (state, task) = self.asker();
        let found = state.locals.borrow_mut().find(task, self.number());
        let value = match found {
            Found::Value(value) => value
                .downcast()
                .expect("a local's values have the local's type"),
            Found::Nothing => {
                let value = Rc::new((self.initial)()); // nothing is borrowed
                self.put(&state, task, value.clone(), place);
                value
            }
            Found::Missing => self.complain(),
        };
        use_it(&value)
    }
    // ANCHOR_END: with

    /// The running task's value.
    ///
    /// # Panics
    ///
    /// As [`Local::with`].
    #[track_caller]
    pub fn get(&self) -> T
    where
        T: Clone,
    {
        self.with(T::clone)
    }

    /// Replaces the running task's value. Whoever uses the one before keeps it
    /// until it is done.
    ///
    /// # Panics
    ///
    /// As [`Local::with`].
    #[track_caller]
    pub fn set(&self, value: T) {
        let place = Location::caller();
        let (state, task) = self.asker();
        let found = state.locals.borrow_mut().find(task, self.number());
        if matches!(found, Found::Missing) {
            self.complain();
        }
        self.put(&state, task, Rc::new(value), place);
    }

    /// The task that asks, and its loop.
    #[track_caller]
    fn asker(&self) -> (Rc<LoopState>, TaskId) {
        let state = context::current();
        let asker = state.and_then(|state| state.running_task().map(|task| (state, task)));
        asker.unwrap_or_else(|| {
            panic!(
                "the local '{}' was used where no task runs: each task has its own value of it",
                self.name
            )
        })
    }

    /// Gives the task its value.
    fn put(&self, state: &LoopState, task: TaskId, value: Rc<T>, place: Place) {
        record!(state, "local_set" at Some(place);
            name = Text(self.name), value = Text(&format!("{value:?}")), task = task);
        let before = state.locals.borrow_mut().put(task, self.number(), value);
        drop(before); // nothing is borrowed (invariant 1)
    }

    /// There is no value, and there will be none.
    #[track_caller]
    fn complain(&self) -> ! {
        panic!(
            "the local '{}' has no value here: its initializer uses it or has panicked, \
             or the task is over and the value is dropped already",
            self.name
        )
    }
}

impl<T> fmt::Debug for Local<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Local")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// The values of all tasks of a loop.
#[derive(Debug, Default)]
pub(crate) struct Locals {
    /// By task; a task without values has no entry.
    tasks: HashMap<TaskId, Vec<Slot>>,
}

/// One task's value of one local.
#[derive(Debug)]
struct Slot {
    /// The local's number.
    local: u64,
    /// The value. `None` while it is made, and once it is dropped (invariant 3).
    value: Option<Rc<dyn Any>>,
}

/// What a task has of a local.
enum Found {
    /// This value.
    Value(Rc<dyn Any>),
    /// Nothing until now: the place for a value is there, and waits for it.
    Nothing,
    /// A place without a value.
    Missing,
}

impl Locals {
    /// What `task` has of `local`.
    fn find(&mut self, task: TaskId, local: u64) -> Found {
        let slots = self.tasks.entry(task).or_default();
        let Some(slot) = slots.iter().find(|slot| slot.local == local) else {
            slots.push(Slot { local, value: None });
            return Found::Nothing;
        };
        slot.value.clone().map_or(Found::Missing, Found::Value)
    }

    /// Gives `task` its value of `local`, for which [`find`](Locals::find) made
    /// a place. Returns the value before.
    fn put(&mut self, task: TaskId, local: u64, value: Rc<dyn Any>) -> Option<Rc<dyn Any>> {
        let slots = self.tasks.get_mut(&task);
        let slot = slots.and_then(|slots| slots.iter_mut().find(|slot| slot.local == local));
        let slot = slot.expect("the task has a place for it");
        slot.value.replace(value)
    }

    /// Takes out what `task` made as its `index`th, and leaves an empty place.
    /// `None`: it has not made so many, and no trace of it is left here.
    fn take(&mut self, task: TaskId, index: usize) -> Option<Slot> {
        let Some(slot) = self.tasks.get_mut(&task)?.get_mut(index) else {
            self.tasks.remove(&task);
            return None;
        };
        let local = slot.local;
        Some(mem::replace(slot, Slot { local, value: None }))
    }
}

impl LoopState {
    /// Drops the values of `task`, which is over (invariant 2), and those that
    /// their destructors make. Returns the last panic of a destructor.
    pub(crate) fn drop_locals(&self, task: TaskId) -> Result<(), Panic> {
        let mut outcome = Ok(());
        for index in 0.. {
            let taken = self.locals.borrow_mut().take(task, index);
            let Some(slot) = taken else { break };
            if let Err(panic) = drop_caught(slot) {
                discard(mem::replace(&mut outcome, Err(panic))); // nothing is borrowed
            }
        }
        outcome
    }
}
