//! A read-write lock: many tasks may read a value, or one may write it.
//!
//! A reader takes one permit, a writer takes them all: see
//! [`permits`](super::permits).
//!
//! The rule, which starves neither side: tasks get the lock in the order in
//! which they began to wait, readers beside readers. A reader that comes after
//! a waiting writer waits behind it, though others are reading; a writer waits
//! for those readers that were there before it, and for no others.
//!
//! careful: so a task that reads must not ask to read again before it has let
//! go: a writer may wait in between, and then both wait for ever.
//!
//! Invariants: (1) only holders reach the value; (2) a guard first gives the
//! value up and then unlocks. A panic does not poison the lock: see
//! [`mutex`](super::mutex).
//!
//! Left out: upgrading and downgrading a guard.
//!
//! Mirror: `scheduler::sync::RwLock`.

use super::object::{Kind, Polled};
use super::permits::{EVERY, Held, Permits, Taking};
use crate::trace::here;
use std::cell::{Ref, RefCell, RefMut};
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// A value that many tasks may read at a time, or one may write.
pub struct RwLock<T: ?Sized> {
    /// Its permits.
    permits: Rc<Permits>,
    /// The value, borrowed by holders alone.
    value: RefCell<T>,
}

impl<T> RwLock<T> {
    /// A lock around `value`, that nobody holds.
    pub fn new(value: T) -> Self {
        RwLock {
            permits: Permits::with(Kind::RwLock, EVERY),
            value: RefCell::new(value),
        }
    }

    /// The value, without its lock.
    pub fn into_inner(self) -> T {
        self.value.into_inner()
    }
}

impl<T: ?Sized> RwLock<T> {
    /// Waits until nobody writes, and no writer waits that came earlier.
    ///
    /// Dropped before it is over, the future leaves its turn to the next.
    ///
    /// # Panics
    ///
    /// If it is polled outside of an event loop.
    pub fn read(&self) -> Reading<'_, T> {
        Reading {
            lock: self,
            taking: self.permits.taking(1),
        }
    }

    /// Waits until nobody reads or writes, and it is this task's turn.
    ///
    /// Dropped before it is over, the future leaves its turn to the next.
    ///
    /// # Panics
    ///
    /// If it is polled outside of an event loop.
    pub fn write(&self) -> Writing<'_, T> {
        Writing {
            lock: self,
            taking: self.permits.taking(EVERY),
        }
    }

    /// Takes the lock to read, if nobody writes and nobody waits. It works
    /// outside of an event loop, too.
    #[track_caller]
    pub fn try_read(&self) -> Option<RwLockReadGuard<'_, T>> {
        match self.permits.try_take(1, Location::caller()) {
            Poll::Ready(Ok(permit)) => Some(self.read_guard(permit)),
            _ => None,
        }
    }

    /// Takes the lock to write, if nobody holds it and nobody was woken to take
    /// it. It works outside of an event loop, too.
    #[track_caller]
    pub fn try_write(&self) -> Option<RwLockWriteGuard<'_, T>> {
        match self.permits.try_take(EVERY, Location::caller()) {
            Poll::Ready(Ok(permits)) => Some(self.write_guard(permits)),
            _ => None,
        }
    }

    /// The value: nobody else can know the lock.
    pub fn get_mut(&mut self) -> &mut T {
        self.value.get_mut()
    }

    /// The guard of one who holds a permit.
    fn read_guard(&self, permit: Held) -> RwLockReadGuard<'_, T> {
        RwLockReadGuard {
            value: self.value.borrow(), // invariant 1: nobody has borrowed it to write
            _permit: permit,
        }
    }

    /// The guard of the one who holds every permit.
    fn write_guard(&self, permits: Held) -> RwLockWriteGuard<'_, T> {
        RwLockWriteGuard {
            value: self.value.borrow_mut(), // invariant 1: nobody has borrowed it
            _permits: permits,
        }
    }
}

impl<T: Default> Default for RwLock<T> {
    fn default() -> Self {
        RwLock::new(T::default())
    }
}

impl<T: ?Sized> fmt::Debug for RwLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RwLock").field(&self.permits).finish()
    }
}

/// See [`RwLock::read`].
#[must_use = "the lock is taken when this is awaited"]
pub struct Reading<'a, T: ?Sized> {
    /// Whose value the guard will reach.
    lock: &'a RwLock<T>,
    /// Takes a permit.
    taking: Taking,
}

impl<'a, T: ?Sized> Future for Reading<'a, T> {
    type Output = RwLockReadGuard<'a, T>;

    /// # Panics
    ///
    /// If it is polled outside of an event loop.
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let polled = Polled::new("read()", context, here!());
        let taken = self.taking.poll(&polled);
        taken.map(|taken| self.lock.read_guard(taken.expect("nobody closes a lock")))
    }
}

impl<T: ?Sized> fmt::Debug for Reading<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reading").field(&self.lock).finish()
    }
}

/// See [`RwLock::write`].
#[must_use = "the lock is taken when this is awaited"]
pub struct Writing<'a, T: ?Sized> {
    /// Whose value the guard will reach.
    lock: &'a RwLock<T>,
    /// Takes every permit.
    taking: Taking,
}

impl<'a, T: ?Sized> Future for Writing<'a, T> {
    type Output = RwLockWriteGuard<'a, T>;

    /// # Panics
    ///
    /// If it is polled outside of an event loop.
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let polled = Polled::new("write()", context, here!());
        let taken = self.taking.poll(&polled);
        taken.map(|taken| self.lock.write_guard(taken.expect("nobody closes a lock")))
    }
}

impl<T: ?Sized> fmt::Debug for Writing<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Writing").field(&self.lock).finish()
    }
}

/// The right to read a lock's value; dropping it unlocks.
#[must_use = "the lock is given up when the guard is dropped"]
pub struct RwLockReadGuard<'a, T: ?Sized> {
    /// The value. Fields are dropped in their order: this one first (invariant 2).
    value: Ref<'a, T>,
    /// What is given back.
    _permit: Held,
}

impl<T: ?Sized> Deref for RwLockReadGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLockReadGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// The right to write a lock's value; dropping it unlocks.
#[must_use = "the lock is given up when the guard is dropped"]
pub struct RwLockWriteGuard<'a, T: ?Sized> {
    /// The value. Fields are dropped in their order: this one first (invariant 2).
    value: RefMut<'a, T>,
    /// What is given back.
    _permits: Held,
}

impl<T: ?Sized> Deref for RwLockWriteGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: ?Sized> DerefMut for RwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLockWriteGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
