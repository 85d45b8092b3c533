//! A mutex: one thread at a time.
//!
//! The value is here, and the guard; who holds it and who waits is in
//! [`lock`](super::lock).
//!
//! Invariants: (1) only the holder touches the value; (2) a guard unlocks when
//! it is dropped, and first gives the value up.
//!
//! A panic does not poison it: the panic reaches whoever joins the thread, and
//! lessons about locks need no `unwrap` on every line.
//!
//! Unlocking is no checkpoint: it happens where a scope ends, which has no line
//! to stand at, and it only enables others. Control can move at the next one.
//!
//! Left out: poisoning; std's `lock` returns a `Result` for it, ours the guard.
//!
//! Book: chapter 16. Mirror: `runtime::sync`.

use super::lock::Lock;
use crate::control::{Control, On, current};
use crate::explore::Access;
use crate::place::Place;
use crate::trace::Kind;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, PoisonError, TryLockError};

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

impl<T> Mutex<T> {
    /// A mutex around `value`, that nobody holds.
    pub fn new(value: T) -> Mutex<T> {
        Mutex {
            lock: Lock::new(Kind::Mutex),
            value: std::sync::Mutex::new(value),
        }
    }

    /// A mutex with *priority inheritance*: as long as a thread waits for it, the
    /// holder is scheduled by that one's priority, if it is higher than its own.
    /// So no thread of a priority between them keeps both from running.
    ///
    /// What is lent is lent on if the holder waits for another inheriting mutex.
    /// Unlocked, it goes to the waiting thread of the highest priority. Everything
    /// else is as with [`new`](Mutex::new).
    ///
    /// ```
    /// # use scheduler::{Builder, Preemption, Scheduler, policy::StaticPriority, current};
    /// # use scheduler::sync::Mutex;
    /// # use std::sync::Arc;
    /// # Scheduler::new(Preemption::Checkpoint, StaticPriority::new()).run(|| {
    /// let mutex = Arc::new(Mutex::inheriting(()));
    /// let guard = mutex.lock();
    /// let other = mutex.clone();
    /// let important = Builder::new().priority(7).spawn(move || drop(other.lock()));
    /// assert_eq!(current().priority(), 7);
    /// drop(guard);
    /// assert_eq!(current().priority(), 0);
    /// # important.join().unwrap();
    /// # }).unwrap();
    /// ```
    pub fn inheriting(value: T) -> Mutex<T> {
        Mutex {
            lock: Lock::inheriting(),
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
            thread.checkpoint(self.lock.op_that_waits(Access::Lock), at);
        }
        let lock = &self.lock;
        lock.wait(thread.as_ref(), at, || On::Mutex(Arc::clone(lock)));
        self.guard()
    }

    /// Takes the mutex again for `thread`, which has waited for something else.
    pub(super) fn lock_again(&self, thread: &Arc<Control>, at: Place) -> MutexGuard<'_, T> {
        let lock = &self.lock;
        thread.note(lock.op_that_waits(Access::Lock), Some(at));
        lock.wait(Some(thread), at, || On::Mutex(Arc::clone(lock)));
        self.guard()
    }

    /// Takes the mutex if nobody holds it; None otherwise.
    #[track_caller]
    pub fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        let at = Place::caller();
        let thread = current();
        if let Some(thread) = &thread {
            thread.checkpoint(self.lock.op(Access::TryLock), at);
        }
        let taken = self.lock.take(thread.as_ref(), at, None);
        taken.then(|| self.guard())
    }

    /// Gives the mutex up, as dropping the guard does. Here the trace knows the
    /// line.
    #[track_caller]
    pub fn unlock(mut guard: MutexGuard<'_, T>) {
        guard.unlocked_at = Some(Place::caller());
    }

    /// Gives the mutex up in a call at line `at`.
    pub(super) fn unlock_at(mut guard: MutexGuard<'_, T>, at: Place) {
        guard.unlocked_at = Some(at);
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
            mutex: self,
            unlocked_at: None,
        }
    }
}

impl<T: Default> Default for Mutex<T> {
    fn default() -> Mutex<T> {
        Mutex::new(T::default())
    }
}

impl<T> From<T> for Mutex<T> {
    fn from(value: T) -> Mutex<T> {
        Mutex::new(value)
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
    mutex: &'a Mutex<T>,
    /// Where, if the program says it.
    unlocked_at: Option<Place>,
}

impl<'a, T> MutexGuard<'a, T> {
    /// The mutex.
    pub(super) fn mutex(&self) -> &'a Mutex<T> {
        self.mutex
    }
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
        self.mutex.lock.release(self.unlocked_at);
    }
}

impl<T: fmt::Display> fmt::Display for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: fmt::Debug> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
