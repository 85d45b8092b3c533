//! A read-write lock: many threads may read a value, or one may write it.
//!
//! A reader takes one permit, a writer takes them all: see
//! [`permits`](super::permits).
//!
//! The rule, which starves neither side: threads get the lock in the order in
//! which they began to wait, readers beside readers. A reader that comes after
//! a waiting writer waits behind it, though others are reading; a writer waits
//! for those readers that were there before it, and for no others. (std
//! promises no order.)
//!
//! careful: so a thread that reads must not ask to read again before it has let
//! go: a writer may wait in between, and then both wait for ever.
//!
//! Invariants: (1) only holders reach the value; (2) a guard first gives the
//! value up and then unlocks. A panic does not poison the lock, and unlocking is
//! no checkpoint: see [`mutex`](super::mutex).
//!
//! Left out: upgrading and downgrading a guard.
//!
//! Book: chapter 16. Mirror: `runtime::sync::RwLock`.

use super::permits::{EVERY, Held, Permits};
use crate::place::Place;
use crate::trace::Kind;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, PoisonError, TryLockError};
use std::task::Poll;

/// A value that many threads may read at a time, or one may write.
///
/// ```
/// # use scheduler::{Preemption, Scheduler, policy::RoundRobin, spawn, sync::RwLock};
/// # use std::{sync::Arc, time::Duration};
/// # let policy = RoundRobin::new(Duration::from_millis(1));
/// # Scheduler::new(Preemption::Checkpoint, policy).run(|| {
/// let price = Arc::new(RwLock::new(3));
/// let other = price.clone();
/// let writer = spawn(move || *other.write() += 1);
/// writer.join().unwrap();
/// let (one, two) = (price.read(), price.read()); // beside each other
/// assert_eq!(*one + *two, 8);
/// # }).unwrap();
/// ```
pub struct RwLock<T> {
    /// Its permits.
    permits: Arc<Permits>,
    /// The value; its lock is taken by holders alone, so nobody waits for it.
    value: std::sync::RwLock<T>,
}

/// Only holders take the value's own lock, so it is free for them.
const FREE_FOR_HOLDERS: &str = "only holders take it, a writer alone";

impl<T> RwLock<T> {
    /// A lock around `value`, that nobody holds.
    pub fn new(value: T) -> RwLock<T> {
        RwLock {
            permits: Permits::with(Kind::RwLock, EVERY),
            value: std::sync::RwLock::new(value),
        }
    }

    /// Waits until nobody writes, and no writer waits that came earlier.
    ///
    /// # Panics
    ///
    /// If the calling thread is not scheduled and would have to wait.
    #[track_caller]
    pub fn read(&self) -> RwLockReadGuard<'_, T> {
        let taken = self.permits.take(1, Place::caller());
        self.read_guard(taken.expect("nobody closes a lock"))
    }

    /// Waits until nobody reads or writes, and it is this thread's turn.
    ///
    /// # Panics
    ///
    /// If the calling thread is not scheduled and would have to wait.
    #[track_caller]
    pub fn write(&self) -> RwLockWriteGuard<'_, T> {
        let taken = self.permits.take(EVERY, Place::caller());
        self.write_guard(taken.expect("nobody closes a lock"))
    }

    /// Takes the lock to read, if nobody writes and nobody waits.
    #[track_caller]
    pub fn try_read(&self) -> Option<RwLockReadGuard<'_, T>> {
        match self.permits.try_take(1, Place::caller()) {
            Poll::Ready(Ok(permit)) => Some(self.read_guard(permit)),
            _ => None,
        }
    }

    /// Takes the lock to write, if nobody holds it and nobody was woken to take
    /// it.
    #[track_caller]
    pub fn try_write(&self) -> Option<RwLockWriteGuard<'_, T>> {
        match self.permits.try_take(EVERY, Place::caller()) {
            Poll::Ready(Ok(permits)) => Some(self.write_guard(permits)),
            _ => None,
        }
    }

    /// The value: nobody else can know the lock.
    pub fn get_mut(&mut self) -> &mut T {
        self.value.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    /// The value, without its lock.
    pub fn into_inner(self) -> T {
        self.value
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The guard of one who holds a permit.
    fn read_guard(&self, permit: Held) -> RwLockReadGuard<'_, T> {
        let value = match self.value.try_read() {
            Ok(value) => value,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => unreachable!("{FREE_FOR_HOLDERS}"),
        };
        RwLockReadGuard { value, permit }
    }

    /// The guard of the one who holds every permit.
    fn write_guard(&self, permits: Held) -> RwLockWriteGuard<'_, T> {
        let value = match self.value.try_write() {
            Ok(value) => value,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => unreachable!("{FREE_FOR_HOLDERS}"),
        };
        RwLockWriteGuard { value, permits }
    }
}

impl<T: Default> Default for RwLock<T> {
    fn default() -> RwLock<T> {
        RwLock::new(T::default())
    }
}

impl<T> From<T> for RwLock<T> {
    fn from(value: T) -> RwLock<T> {
        RwLock::new(value)
    }
}

impl<T> fmt::Debug for RwLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RwLock")
            .field("number", &self.permits.number())
            .finish_non_exhaustive()
    }
}

/// The right to read a lock's value; dropping it unlocks.
#[must_use = "the lock is given up when the guard is dropped"]
pub struct RwLockReadGuard<'a, T> {
    /// The value. Fields are dropped in their order: this one first (2).
    value: std::sync::RwLockReadGuard<'a, T>,
    /// What is given back.
    permit: Held,
}

impl<T> RwLockReadGuard<'_, T> {
    /// Gives the lock up, as dropping the guard does. Here the trace knows the
    /// line.
    #[track_caller]
    pub fn unlock(guard: Self) {
        let RwLockReadGuard { value, permit } = guard;
        drop(value); // (2)
        permit.give_back(Place::caller());
    }
}

impl<T> Deref for RwLockReadGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Display> fmt::Display for RwLockReadGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: fmt::Debug> fmt::Debug for RwLockReadGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// The right to write a lock's value; dropping it unlocks.
#[must_use = "the lock is given up when the guard is dropped"]
pub struct RwLockWriteGuard<'a, T> {
    /// The value. Fields are dropped in their order: this one first (2).
    value: std::sync::RwLockWriteGuard<'a, T>,
    /// What is given back.
    permits: Held,
}

impl<T> RwLockWriteGuard<'_, T> {
    /// Gives the lock up, as dropping the guard does. Here the trace knows the
    /// line.
    #[track_caller]
    pub fn unlock(guard: Self) {
        let RwLockWriteGuard { value, permits } = guard;
        drop(value); // (2)
        permits.give_back(Place::caller());
    }
}

impl<T> Deref for RwLockWriteGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for RwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: fmt::Display> fmt::Display for RwLockWriteGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: fmt::Debug> fmt::Debug for RwLockWriteGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
