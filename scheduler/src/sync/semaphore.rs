//! A semaphore: so many permits, for so many threads at a time.
//!
//! Threads get permits in the order in which they began to wait; one that wants
//! many is not passed by those behind it that want few. See
//! [`permits`](super::permits).
//!
//! std has none: this is the task's semaphore with a thread that waits, and with
//! a time limit, for which tasks have `timeout`. A
//! [`Permit`] borrows nothing, so that a thread can be spawned with it. Whoever
//! was woken and has not fetched its permits when the semaphore is closed gets
//! an error, too.
//!
//! Giving permits back is no checkpoint, for a mutex's reason: it happens where
//! a scope ends.
//!
//! Left out: merging and splitting permits.
//!
//! Book: chapter 16. Mirror: `runtime::sync::Semaphore`.

use super::permits::{Held, IsClosed, Permits};
use crate::place::Place;
use crate::trace::Kind;
use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

/// So many permits.
///
/// ```
/// # use scheduler::{Preemption, Scheduler, now, policy::RoundRobin, sleep, spawn};
/// # use scheduler::sync::Semaphore;
/// # use std::time::Duration;
/// # let policy = RoundRobin::new(Duration::from_millis(9));
/// # Scheduler::new(Preemption::Checkpoint, policy).run(|| {
/// let connections = Semaphore::new(2);
/// for _ in 0..6 {
///     let permit = connections.acquire(1).expect("nobody closes it");
///     drop(spawn(move || {
///         sleep(Duration::from_secs(1));
///         drop(permit); // the next may come
///     }));
/// }
/// assert_eq!(now().as_nanos() / 1_000_000_000, 2); // two at a time
/// # }).unwrap();
/// ```
#[derive(Debug)]
pub struct Semaphore {
    /// The permits.
    permits: Arc<Permits>,
}

impl Semaphore {
    /// A semaphore with so many permits.
    pub fn new(permits: usize) -> Semaphore {
        Semaphore {
            permits: Permits::with(Kind::Semaphore, permits),
        }
    }

    /// Waits until so many permits are there and it is this thread's turn, and
    /// takes them.
    ///
    /// To want more than there will ever be is to wait for ever, and everybody
    /// behind with it.
    ///
    /// # Errors
    ///
    /// If the semaphore is closed.
    ///
    /// # Panics
    ///
    /// If the calling thread is not scheduled and would have to wait.
    #[track_caller]
    pub fn acquire(&self, permits: usize) -> Result<Permit, AcquireError> {
        let taken = self.permits.take(permits, Place::caller());
        taken.map(Permit).map_err(|IsClosed| AcquireError)
    }

    /// [Acquires](Semaphore::acquire) so many permits, but waits for at most so
    /// long on the scheduler's clock. Permits that it is granted before the thread
    /// runs again are acquired, even if the time is over.
    ///
    /// # Errors
    ///
    /// If the time is over, or the semaphore is closed.
    ///
    /// # Panics
    ///
    /// If the calling thread is not scheduled and would have to wait.
    #[track_caller]
    pub fn acquire_timeout(
        &self,
        permits: usize,
        limit: Duration,
    ) -> Result<Permit, AcquireTimeoutError> {
        let at = Place::caller();
        match self.permits.take_within(Some(limit), permits, at) {
            Poll::Ready(Ok(held)) => Ok(Permit(held)),
            Poll::Ready(Err(IsClosed)) => Err(AcquireTimeoutError::Closed),
            Poll::Pending => Err(AcquireTimeoutError::Timeout),
        }
    }

    /// Takes so many permits, if they are there and nobody waits.
    ///
    /// # Errors
    ///
    /// If they are not, or the semaphore is closed.
    #[track_caller]
    pub fn try_acquire(&self, permits: usize) -> Result<Permit, TryAcquireError> {
        match self.permits.try_take(permits, Place::caller()) {
            Poll::Ready(Ok(held)) => Ok(Permit(held)),
            Poll::Ready(Err(IsClosed)) => Err(TryAcquireError::Closed),
            Poll::Pending => Err(TryAcquireError::NoPermits),
        }
    }

    /// Adds so many permits, and wakes those for whom there is enough now.
    ///
    /// # Panics
    ///
    /// If there would be more than `usize::MAX`.
    #[track_caller]
    pub fn add_permits(&self, permits: usize) {
        self.permits.add(permits, Place::caller());
    }

    /// Removes up to so many permits of those that are there for whoever comes.
    /// Returns how many.
    pub fn forget_permits(&self, permits: usize) -> usize {
        self.permits.remove_free(permits)
    }

    /// How many permits are there for whoever comes: not held, and not granted
    /// to a thread that was woken for them.
    pub fn available_permits(&self) -> usize {
        self.permits.free()
    }

    /// From now on nobody gets permits. Whoever waits is told.
    #[track_caller]
    pub fn close(&self) {
        self.permits.close(Place::caller());
    }

    /// Whether it is closed.
    pub fn is_closed(&self) -> bool {
        self.permits.is_closed()
    }
}

/// Permits of a semaphore. Dropping them gives them back.
#[derive(Debug)]
#[must_use = "permits that are dropped are given back"]
pub struct Permit(Held);

impl Permit {
    /// How many permits.
    pub fn count(&self) -> usize {
        self.0.count()
    }

    /// Never gives them back.
    pub fn forget(self) {
        self.0.forget();
    }
}

/// The semaphore is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AcquireError;

impl fmt::Display for AcquireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the semaphore is closed")
    }
}

impl Error for AcquireError {}

/// Why no permits were acquired in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AcquireTimeoutError {
    /// The time is over.
    Timeout,
    /// The semaphore is closed.
    Closed,
}

impl fmt::Display for AcquireTimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AcquireTimeoutError::Timeout => f.write_str("there were not enough permits in time"),
            AcquireTimeoutError::Closed => AcquireError.fmt(f),
        }
    }
}

impl Error for AcquireTimeoutError {}

/// Why no permits were acquired at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TryAcquireError {
    /// There are not so many, or somebody waits for them.
    NoPermits,
    /// The semaphore is closed.
    Closed,
}

impl fmt::Display for TryAcquireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TryAcquireError::NoPermits => f.write_str("there are no permits for whoever comes now"),
            TryAcquireError::Closed => AcquireError.fmt(f),
        }
    }
}

impl Error for TryAcquireError {}
