//! Timeout: a future that may take only so long.
//!
//! The future is polled first, the sleep after it: what is ready in time wins,
//! and a future that is ready at once never arms a timer. When the time is up
//! the future is not polled again; it is dropped with the timeout.
//!
//! Costs: one allocation, since the pin of a field cannot be reached without
//! `unsafe`; and a timer, if the future has to wait.
//!
//! Book: chapter 6. Mirror: none: a thread cannot be told to give up.

use crate::sleep::{Sleep, sleep};
use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// Waits for `future`, but no longer than `duration`, counted from the first poll.
///
/// A future that is ready at its first poll is in time, even with
/// `Duration::ZERO`; with `Duration::MAX` there is no limit. Within another
/// timeout the shorter one decides: the inner is polled first, and wins a tie.
///
/// # Errors
///
/// [`Elapsed`], when it is awaited, if the time is up first. The future is then
/// dropped with the timeout.
///
/// # Panics
///
/// When it is polled: if the future panics, whose timer is then given up; if it
/// has to wait outside of an event loop; or after it was ready, if the future does.
pub fn timeout<F: Future>(duration: Duration, future: F) -> Timeout<F> {
    Timeout {
        future: Box::pin(future),
        sleep: sleep(duration),
    }
}

/// See [`timeout()`].
#[derive(Debug)]
#[must_use = "a timeout does nothing unless it is awaited"]
pub struct Timeout<F> {
    /// What is waited for.
    future: Pin<Box<F>>,
    /// How long.
    sleep: Sleep,
}

impl<F: Future> Future for Timeout<F> {
    type Output = Result<F::Output, Elapsed>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Poll::Ready(output) = self.future.as_mut().poll(context) {
            return Poll::Ready(Ok(output));
        }
        Pin::new(&mut self.sleep)
            .poll(context)
            .map(|()| Err(Elapsed))
    }
}

/// The time was up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elapsed;

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the time was up")
    }
}

impl Error for Elapsed {}
