//! An operation of the OS that can only block, as a future.
//!
//! Files, the standard streams and the look-up of names are built on it.
//!
//! Invariants: (1) like every future it does nothing before it is polled; its
//! first poll hands the call over; (2) dropped after that, it detaches the call,
//! which is made to its end: what was to be written is written.

use super::{Job, Kind, Run};
use crate::context;
use std::any::Any;
use std::fmt;
use std::io;
use std::mem;
use std::panic::{Location, resume_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

/// Waits for an operation that a thread of the pool carries out.
///
/// It begins when this is first polled. Dropped after that, this gives up the
/// result, but not the operation.
#[must_use = "nothing is done unless this is awaited"]
pub struct Operation<T>(Stage<T>);

/// How far an operation has come.
enum Stage<T> {
    /// Not polled yet.
    New {
        /// The function of the API, for a panic's message.
        what: &'static str,
        /// What it waits for.
        kind: Kind,
        /// The operation.
        run: Run,
    },
    /// Handed over.
    Out(Job<io::Result<T>>),
    /// Its result was given.
    Over,
}

impl<T: Send + 'static> Operation<T> {
    /// Will carry out `operation`, for `what`.
    pub(crate) fn new(
        what: &'static str,
        kind: Kind,
        operation: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> Self {
        let run: Run = Box::new(move || Box::new(operation()) as Box<dyn Any + Send>);
        Operation(Stage::New { what, kind, run })
    }
}

impl<T> Operation<T> {
    /// Wakes nobody any more, until it is polled again.
    pub(crate) fn pause(&mut self) {
        if let Stage::Out(job) = &mut self.0 {
            job.pause();
        }
    }
}

impl<T: 'static> Future for Operation<T> {
    type Output = io::Result<T>;

    /// # Panics
    ///
    /// If it is first polled outside of an event loop, or after it was ready; or
    /// if foreign code in the operation did.
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut job = match mem::replace(&mut self.0, Stage::Over) {
            Stage::New { what, kind, run } => {
                let state = context::expect_current(what);
                let number = state.hand_over(kind, run, Location::caller());
                Job::new(state, number)
            }
            Stage::Out(job) => job,
            Stage::Over => panic!("an operation's result was taken already"),
        };
        let Poll::Ready(result) = Pin::new(&mut job).poll(context) else {
            self.0 = Stage::Out(job);
            return Poll::Pending;
        };
        Poll::Ready(match result {
            Ok(result) => result,
            Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
            Err(error) => Err(error.into()),
        })
    }
}

impl<T> Unpin for Operation<T> {}

impl<T> fmt::Debug for Operation<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Stage::New { what, .. } => write!(f, "Operation({what})"),
            Stage::Out(job) => f.debug_tuple("Operation").field(job).finish(),
            Stage::Over => f.write_str("Operation(over)"),
        }
    }
}
