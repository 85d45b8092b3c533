//! A semaphore: so many permits, for so many tasks at a time.
//!
//! Tasks get permits in the order in which they began to wait; one that wants
//! many is not passed by those behind it that want few. See
//! [`permits`](super::permits).
//!
//! It differs from tokio's in two points: [`Semaphore::acquire`] says how many
//! permits it wants, and a [`Permit`] borrows nothing, so that a task can be
//! spawned with it. As there, whoever was woken and has not fetched its permits
//! when the semaphore is closed gets an error, too.
//!
//! Left out: merging and splitting permits.
//!
//! Mirror: `scheduler::sync::Semaphore`.

use super::object::{Kind, Polled};
use super::permits::{Held, Permits, Taking};
use super::queue::IsClosed;
use crate::trace::here;
use std::error::Error;
use std::fmt;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// So many permits.
///
/// ```
/// # use runtime::{Clock, EventLoop, now, sleep, spawn, sync::Semaphore};
/// # use std::time::Duration;
/// # EventLoop::new(Clock::Virtual).block_on(async {
/// let connections = Semaphore::new(2);
/// for _ in 0..6 {
///     let permit = connections.acquire(1).await.expect("nobody closes it");
///     drop(spawn(async move {
///         sleep(Duration::from_secs(1)).await;
///         drop(permit); // the next may come
///     }));
/// }
/// assert_eq!(now(), Duration::from_secs(2)); // two at a time
/// # });
/// ```
#[derive(Debug)]
pub struct Semaphore {
    /// The permits.
    permits: Rc<Permits>,
}

impl Semaphore {
    /// A semaphore with so many permits.
    pub fn new(permits: usize) -> Self {
        Semaphore {
            permits: Permits::with(Kind::Semaphore, permits),
        }
    }

    /// Waits until so many permits are there and it is this task's turn, and
    /// takes them.
    ///
    /// To want more than there will ever be is to wait for ever, and everybody
    /// behind with it. Dropped before it is over, the future leaves its turn to
    /// the next.
    ///
    /// # Errors
    ///
    /// If the semaphore is closed.
    ///
    /// # Panics
    ///
    /// If it is polled outside of an event loop.
    pub fn acquire(&self, permits: usize) -> Acquiring {
        Acquiring(self.permits.taking(permits))
    }

    /// Takes so many permits, if they are there and nobody waits. It works
    /// outside of an event loop, too.
    ///
    /// # Errors
    ///
    /// If they are not, or the semaphore is closed.
    #[track_caller]
    pub fn try_acquire(&self, permits: usize) -> Result<Permit, TryAcquireError> {
        match self.permits.try_take(permits, Location::caller()) {
            Poll::Ready(Ok(held)) => Ok(Permit(held)),
            Poll::Ready(Err(IsClosed)) => Err(TryAcquireError::Closed),
            Poll::Pending => Err(TryAcquireError::NoPermits),
        }
    }

    /// Adds so many permits, and wakes those for whom there is enough now.
    ///
    /// # Panics
    ///
    /// If there would be more than `usize::MAX`, with those that are held.
    #[track_caller]
    pub fn add_permits(&self, permits: usize) {
        self.permits.add(permits, Location::caller());
    }

    /// Removes up to so many permits of those that are there for whoever comes.
    /// Returns how many.
    pub fn forget_permits(&self, permits: usize) -> usize {
        self.permits.remove_free(permits)
    }

    /// How many permits are there for whoever comes: not held, and not granted
    /// to a task that was woken for them.
    pub fn available_permits(&self) -> usize {
        self.permits.free()
    }

    /// From now on nobody gets a permit: whoever waits, was woken or comes gets
    /// an error. Permits that are held stay so.
    pub fn close(&self) {
        self.permits.close();
    }

    /// Whether it is closed.
    pub fn is_closed(&self) -> bool {
        self.permits.is_closed()
    }
}

/// See [`Semaphore::acquire`].
#[derive(Debug)]
#[must_use = "permits are acquired when this is awaited"]
pub struct Acquiring(Taking);

impl Future for Acquiring {
    type Output = Result<Permit, AcquireError>;

    /// # Panics
    ///
    /// If it is polled outside of an event loop.
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let polled = Polled::new("acquire()", context, here!());
        let taken = self.0.poll(&polled);
        taken.map(|taken| taken.map(Permit).map_err(|IsClosed| AcquireError))
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
