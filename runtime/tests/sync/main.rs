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

use runtime::{Clock, EventLoop, timeout};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// Runs `main` in virtual time, which comes to its end where nobody wakes `main`.
fn block_on<T>(main: impl Future<Output = T>) -> T {
    let in_time = timeout(Duration::from_hours(1), main);
    let output = EventLoop::new(Clock::Virtual).block_on(in_time);
    output.expect("nobody waits for ever")
}

/// Runs `main` in virtual time, with nothing in its trace that is not its own.
fn block_on_alone<T>(main: impl Future<Output = T>) -> T {
    EventLoop::new(Clock::Virtual).block_on(main)
}

/// Polls once, inside of a loop, with a waker that does nothing.
fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}
