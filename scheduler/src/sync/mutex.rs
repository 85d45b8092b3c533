//! A mutex: one thread at a time.
//!
//! ```text
//!            (1) lock                 (3) unlock: wakes the first that waits
//!   FREE ───────────────► HELD ───────────────► FREE
//!                          │ ▲
//!               (2) lock   └─┘  the caller waits, and tries again when woken
//! ```
//!
//! Invariants: (1) at most one thread holds it; (2) who waits is woken in the
//! order of arrival, but a thread that comes at the right moment may be faster
//! (*barging*), as with std's: the woken one then waits again, before all
//! others; (3) a mutex that is unlocked wakes at most one.
//!
//! A panic does not poison it: the panic reaches whoever joins the thread, and
//! lessons about locks need no `unwrap` on every line.
//!
//! Unlocking is no checkpoint: it happens where a scope ends, which has no line
//! to stand at, and it only enables others. Control can move at the next one.
//!
//! Left out: priority inheritance, and poisoning.
//!
//! Book: chapter 16. Mirror: `runtime::sync`.

use super::wait_queue::{self, WaitQueue};
use crate::control::{Control, On, current};
use crate::critical::Critical;
use crate::place::Place;
use crate::policy::ThreadId;
use crate::run::{Number, Run};
use crate::trace::{account_is_wanted, record};
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, PoisonError, TryLockError, Weak};

/// A value that one thread at a time may use.
///
/// ```
/// # use scheduler::{Preemption, Scheduler, policy::RoundRobin, spawn, sync::Mutex};
/// # use std::{sync::Arc, time::Duration};
/// # let policy = RoundRobin::new(Duration::from_millis(1));
/// # Scheduler::new(Preemption::Checkpoint, policy).run(|| {
/// let total = Arc::new(Mutex::new(0));
/// let other = total.clone();
/// let child = spawn(move || *other.lock() += 1);
/// *total.lock() += 1;
/// child.join().unwrap();
/// assert_eq!(*total.lock(), 2);
/// # }).unwrap();
/// ```
pub struct Mutex<T> {
    /// Who holds it and who waits.
    lock: Arc<Lock>,
    /// The value; its lock is taken by the holder alone, so nobody waits for it.
    value: std::sync::Mutex<T>,
}

/// Who holds a mutex and who waits, apart from its value: the dispatcher looks
/// at it when it finds a deadlock.
#[derive(Debug)]
pub(crate) struct Lock {
    /// Which mutex.
    number: Number,
    /// The rest, changed in one piece.
    state: Critical<State>,
}

/// The state of a [`Lock`].
#[derive(Debug)]
struct State {
    /// Who holds it; None while it is free.
    holder: Option<Holder>,
    /// Who waits.
    waiting: WaitQueue,
}

/// Who holds a mutex.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Holder {
    /// The thread; None if it is not scheduled.
    pub(crate) thread: Option<ThreadId>,
    /// Where it locked.
    pub(crate) at: Place,
}

impl Lock {
    /// Its number in the trace.
    pub(crate) fn number(&self) -> u32 {
        self.number.latest()
    }

    /// Who holds it, unless somebody is changing that right now.
    pub(crate) fn holder(&self) -> Option<Holder> {
        self.state.peek(|state| state.holder).flatten()
    }

    /// Its number in `run`, which is told of it when it first meets it.
    fn number_in(self: &Arc<Lock>, run: &Run) -> u32 {
        let (number, is_new) = self.number.get(run, |counts| &counts.mutexes);
        if is_new {
            run.locks.add(self);
        }
        number
    }

    /// Takes it for `thread` if it is free, else queues `thread`, before the
    /// others if it was woken for it. Says whether it was taken.
    fn take_or_queue(
        self: &Arc<Lock>,
        thread: Option<&Arc<Control>>,
        at: Place,
        was_woken: bool,
    ) -> bool {
        let number = thread.map(|thread| self.number_in(&thread.run));
        let mut state = self.state.enter();
        if state.holder.is_none() {
            state.holder = Some(Holder {
                thread: thread.map(|thread| thread.id),
                at,
            }); // (1) of the diagram
            if let (Some(thread), Some(number)) = (thread, number) {
                record!(thread.run, "locked", at Some(at), [number, thread.id]);
            }
            return true;
        }
        if let (Some(thread), Some(number)) = (thread, number) {
            if !was_woken {
                record!(thread.run, "contended", at Some(at), [number, thread.id]);
            }
            state.waiting.add(thread, was_woken); // invariant (2)
        }
        false
    }

    /// Gives it up, and wakes the first that waits.
    fn release(self: &Arc<Lock>, at: Option<Place>) {
        let thread = current();
        let number = thread.as_ref().map(|thread| self.number_in(&thread.run));
        let next = {
            let mut state = self.state.enter();
            state.holder = None; // (3) of the diagram
            if let (Some(thread), Some(number)) = (&thread, number) {
                record!(thread.run, "unlocked", at at, [number, thread.id]);
            }
            state.waiting.pop()
        };
        // Only now that the lock is released.
        let pop = || self.state.enter().waiting.pop();
        wait_queue::wake(next, pop, thread.as_deref(), at);
    }
}

/// The mutexes of a run, if the dispatcher's account is wanted.
#[derive(Debug)]
pub(crate) struct Locks {
    /// Those that the run has met; None if nobody wants the account.
    met: Option<std::sync::Mutex<Vec<Weak<Lock>>>>,
}

impl Locks {
    /// None yet.
    pub(crate) fn new() -> Locks {
        let wanted = account_is_wanted();
        Locks {
            met: wanted.then(std::sync::Mutex::default),
        }
    }

    /// The run has met `lock`.
    fn add(&self, lock: &Arc<Lock>) {
        if let Some(met) = &self.met {
            let mut met = met.lock().unwrap_or_else(PoisonError::into_inner);
            met.push(Arc::downgrade(lock));
        }
    }

    /// Which mutex is held by which thread, in the order of the mutexes. Never
    /// waits: where a thread is adding one right now, there is no answer.
    pub(crate) fn owners(&self) -> Vec<(u32, ThreadId)> {
        let met = self.met.as_ref().and_then(|met| met.try_lock().ok());
        let locks = met
            .iter()
            .flat_map(|met| met.iter().filter_map(Weak::upgrade));
        let held = locks.filter_map(|lock| Some((lock.number(), lock.holder()?.thread?)));
        let mut owners: Vec<_> = held.collect();
        owners.sort_unstable();
        owners
    }
}

impl<T> Mutex<T> {
    /// A mutex around `value`, that nobody holds.
    pub fn new(value: T) -> Mutex<T> {
        let lock = Arc::new(Lock {
            number: Number::default(),
            state: Critical::new(State {
                holder: None,
                waiting: WaitQueue::new(),
            }),
        });
        if let Some(thread) = current() {
            lock.number_in(&thread.run);
        }
        Mutex {
            lock,
            value: std::sync::Mutex::new(value),
        }
    }

    /// Waits until nobody holds the mutex, and takes it.
    ///
    /// # Panics
    ///
    /// If the calling thread is not scheduled and would have to wait.
    #[track_caller]
    pub fn lock(&self) -> MutexGuard<'_, T> {
        let at = Place::caller();
        let thread = current();
        if let Some(thread) = &thread {
            thread.checkpoint(at);
        }
        let mut was_woken = false;
        while !self.lock.take_or_queue(thread.as_ref(), at, was_woken) {
            let Some(thread) = &thread else {
                panic!(
                    "a mutex is held, and only a thread that a scheduler runs, \
                     outside `blocking`, can wait for it"
                );
            };
            thread.park(On::Mutex(Arc::clone(&self.lock)), at); // (2)
            was_woken = true;
        }
        self.guard()
    }

    /// Takes the mutex if nobody holds it; None otherwise.
    #[track_caller]
    pub fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        let at = Place::caller();
        let thread = current();
        if let Some(thread) = &thread {
            thread.checkpoint(at);
        }
        let number = thread
            .as_ref()
            .map(|thread| self.lock.number_in(&thread.run));
        {
            let mut state = self.lock.state.enter();
            if state.holder.is_some() {
                return None;
            }
            state.holder = Some(Holder {
                thread: thread.as_ref().map(|thread| thread.id),
                at,
            });
            if let (Some(thread), Some(number)) = (&thread, number) {
                record!(thread.run, "locked", at Some(at), [number, thread.id]);
            }
        }
        Some(self.guard())
    }

    /// Gives the mutex up, as dropping the guard does. Here the trace knows the
    /// line.
    #[track_caller]
    pub fn unlock(mut guard: MutexGuard<'_, T>) {
        guard.unlocked_at = Some(Place::caller());
    }

    /// The value: nobody else can know the mutex.
    pub fn get_mut(&mut self) -> &mut T {
        self.value.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    /// The value, without its mutex.
    pub fn into_inner(self) -> T {
        self.value
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The guard of the thread that has just taken the lock.
    fn guard(&self) -> MutexGuard<'_, T> {
        let value = match self.value.try_lock() {
            Ok(value) => value,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => unreachable!("only the holder takes it"),
        };
        MutexGuard {
            value: Some(value),
            lock: &self.lock,
            unlocked_at: None,
        }
    }
}

impl<T: Default> Default for Mutex<T> {
    fn default() -> Mutex<T> {
        Mutex::new(T::default())
    }
}

impl<T> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mutex")
            .field("number", &self.lock.number())
            .field("holder", &self.lock.holder())
            .finish_non_exhaustive()
    }
}

/// The right to use a mutex's value; dropping it unlocks the mutex.
#[must_use = "the mutex is unlocked when the guard is dropped"]
pub struct MutexGuard<'a, T> {
    /// The value; taken when the guard is dropped, before the lock is released.
    value: Option<std::sync::MutexGuard<'a, T>>,
    /// What is to be released.
    lock: &'a Arc<Lock>,
    /// Where, if the program says it.
    unlocked_at: Option<Place>,
}

/// A guard has its value until it is dropped.
const UNTIL_DROPPED: &str = "a guard has its value until it is dropped";

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value.as_ref().expect(UNTIL_DROPPED)
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.value.as_mut().expect(UNTIL_DROPPED)
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        self.value = None;
        self.lock.release(self.unlocked_at);
    }
}

impl<T: fmt::Debug> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
