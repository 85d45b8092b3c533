//! What tasks wait on: channels of every kind, locks, semaphores, barriers.

mod barrier;
mod cancellation;
mod loops;
mod mutex;
mod notify;
mod oneshot;
mod properties;
mod rwlock;
mod semaphore;
#[path = "../support/mod.rs"]
mod support;
mod unbounded;
mod watch;

use runtime::{Clock, EventLoop};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// Runs `main` in virtual time.
fn block_on<T>(main: impl Future<Output = T>) -> T {
    EventLoop::new(Clock::Virtual).block_on(main)
}

/// Polls once, inside of a loop, with a waker that does nothing.
fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}
