//! A mutex: a value that one task at a time may use, across `.await`s.
//!
//! It has one permit: see [`permits`](super::permits).
//!
//! A value that is not held across an `.await` needs no mutex: tasks of one
//! loop do not run at once, and a `Cell` or a `RefCell` will do.
//!
//! Invariants: (1) only the holder reaches the value; (2) a guard first gives
//! the value up and then unlocks; (3) tasks get the mutex in the order in which
//! they began to wait: the one that is woken has it granted, and nobody who
//! comes later can take it, `try_lock` neither.
//!
//! A panic of the holder does not poison the mutex, as with `tokio::sync` and
//! unlike `std::sync`: whoever joins the task hears of the panic, and a task
//! that is cancelled leaves the value as unfinished as one that panics does.
//!
//! Left out: a guard without a lifetime, which needs `unsafe`: let the task that
//! uses the value hold the `Rc` of its mutex.
//!
//! Mirror: `scheduler::sync::mutex`.

use super::object::{Kind, Polled};
use super::permits::{Held, Permits, Taking};
use super::queue::IsClosed;
use crate::trace::here;
use std::cell::{RefCell, RefMut};
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// A value that one task at a time may use.
///
/// ```
/// # use runtime::{Clock, EventLoop, spawn, sync::Mutex, yield_now};
/// # use std::rc::Rc;
/// # EventLoop::new(Clock::Virtual).block_on(async {
/// let total = Rc::new(Mutex::new(0));
/// let tasks = [(); 2].map(|()| {
///     let total = total.clone();
///     spawn(async move {
///         let mut total = total.lock().await;
///         let seen = *total;
///         yield_now().await; // the other task runs, and waits for the lock
///         *total = seen + 1;
///     })
/// });
/// for task in tasks {
///     task.await.expect("it does not panic");
/// }
/// assert_eq!(*total.lock().await, 2);
/// # });
/// ```
pub struct Mutex<T: ?Sized> {
    /// Its one permit.
    permit: Rc<Permits>,
    /// The value, borrowed by the holder alone.
    value: RefCell<T>,
}

impl<T> Mutex<T> {
    /// A mutex around `value`, that nobody holds.
    pub fn new(value: T) -> Self {
        Mutex {
            permit: Permits::with(Kind::Mutex, 1),
            value: RefCell::new(value),
        }
    }

    /// The value, without its mutex.
    pub fn into_inner(self) -> T {
        self.value.into_inner()
    }
}

impl<T: ?Sized> Mutex<T> {
    /// Waits until nobody holds the mutex and it is this task's turn, and takes it.
    ///
    /// A task that holds it already waits for ever. Dropped before it is over,
    /// the future leaves the mutex to the next.
    ///
    /// # Panics
    ///
    /// If it is polled outside of an event loop.
    pub fn lock(&self) -> Locking<'_, T> {
        Locking {
            mutex: self,
            taking: self.permit.taking(1),
        }
    }

    /// Takes the mutex, if nobody holds it and nobody was woken to take it. It
    /// works outside of an event loop, too.
    #[track_caller]
    pub fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        match self.permit.try_take(1, Location::caller()) {
            Poll::Ready(Ok(permit)) => Some(self.guard(permit)),
            Poll::Ready(Err(IsClosed)) | Poll::Pending => None,
        }
    }

    /// Gives the mutex up, as dropping the guard does. Here the trace knows the
    /// line.
    #[track_caller]
    pub fn unlock(guard: MutexGuard<'_, T>) {
        let MutexGuard { value, permit } = guard;
        drop(value); // invariant 2
        permit.give_back(Location::caller());
    }

    /// The value: nobody else can know the mutex.
    pub fn get_mut(&mut self) -> &mut T {
        self.value.get_mut()
    }

    /// The guard of whoever holds the permit.
    fn guard(&self, permit: Held) -> MutexGuard<'_, T> {
        MutexGuard {
            value: self.value.borrow_mut(), // invariant 1: nobody has borrowed it
            permit,
        }
    }
}

impl<T: Default> Default for Mutex<T> {
    fn default() -> Self {
        Mutex::new(T::default())
    }
}

impl<T: ?Sized> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Mutex").field(&self.permit).finish()
    }
}

/// See [`Mutex::lock`].
#[must_use = "the mutex is locked when this is awaited"]
pub struct Locking<'a, T: ?Sized> {
    /// Whose value the guard will reach.
    mutex: &'a Mutex<T>,
    /// Takes the permit.
    taking: Taking,
}

impl<'a, T: ?Sized> Future for Locking<'a, T> {
    type Output = MutexGuard<'a, T>;

    /// # Panics
    ///
    /// If it is polled outside of an event loop.
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let polled = Polled::new("lock()", context, here!());
        let taken = self.taking.poll(&polled);
        taken.map(|taken| {
            let permit = taken.expect("nobody closes a mutex");
            self.mutex.guard(permit)
        })
    }
}

impl<T: ?Sized> fmt::Debug for Locking<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Locking").field(&self.mutex).finish()
    }
}

/// The right to use a mutex's value; dropping it unlocks the mutex.
#[must_use = "the mutex is unlocked when the guard is dropped"]
pub struct MutexGuard<'a, T: ?Sized> {
    /// The value. Fields are dropped in their order: this one first (invariant 2).
    value: RefMut<'a, T>,
    /// The permit.
    permit: Held,
}

impl<T: ?Sized> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: ?Sized> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
