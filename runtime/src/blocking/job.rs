//! A job: a blocking call, as the task sees it that wants the result.
//!
//! Awaiting it waits for the call. Dropping it detaches: the call is made all
//! the same, since a thread cannot be stopped in the middle of it, and what it
//! gives is dropped, by the loop when it learns of it.
//!
//! Invariant: the job is known to its loop until the result was taken.

use super::pool::Outcome;
use crate::foreign::{self, Panic};
use crate::state::LoopState;
use crate::trace::{Reference, here};
use crate::wait_list::Waiter;
use std::any::Any;
use std::error::Error;
use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// A blocking call's result when it is awaited; see [`spawn`](super::spawn).
///
/// Dropping it detaches the call, which is made all the same.
#[must_use = "the call is made even so, but its result and its panic are lost"]
pub struct Job<T> {
    /// The loop that handed the call over.
    state: Rc<LoopState>,
    /// Its number there.
    number: u64,
    /// Whether the result was taken.
    is_taken: bool,
    /// What the call gives.
    output: PhantomData<fn() -> T>,
}

impl<T> Job<T> {
    /// The job of a call that was just handed over.
    pub(super) fn new(state: Rc<LoopState>, number: u64) -> Self {
        Job {
            state,
            number,
            is_taken: false,
            output: PhantomData,
        }
    }

    /// The job's number in the trace.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Wakes nobody any more, until it is polled again.
    pub(super) fn pause(&mut self) {
        self.state.leave_job(self.number);
    }

    /// Whether the call is over, as far as the loop has heard. In virtual time
    /// it hears of that only when no task is ready.
    pub fn is_finished(&self) -> bool {
        self.is_taken || self.state.blocking.is_over(self.number)
    }
}

impl<T: 'static> Future for Job<T> {
    type Output = Result<T, JobError>;

    /// # Panics
    ///
    /// If it is polled after it gave the result.
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        assert!(!self.is_taken, "a job's result was taken already");
        let (state, number) = (self.state.clone(), self.number);
        let waiter = Waiter::new(&state, context.waker());
        match state.take_result(number, waiter) {
            Ok(result) => {
                self.is_taken = true;
                Poll::Ready(result.and_then(|outcome| unbox(number, outcome)))
            }
            Err(before) => {
                state.give_up(Reference::Job(number), before);
                state.wait_on(Reference::Job(number), here!(), Location::caller());
                Poll::Pending
            }
        }
    }
}

/// What a call gave, in its own type.
fn unbox<T: 'static>(number: u64, outcome: Outcome) -> Result<T, JobError> {
    match outcome {
        Ok(output) => Ok(*output
            .downcast()
            .expect("a job has the type of its call's output")),
        Err(panic) => Err(JobError {
            number,
            why: Why::Panicked(panic),
        }),
    }
}

impl<T> Drop for Job<T> {
    fn drop(&mut self) {
        if !self.is_taken {
            self.state.detach_job(self.number);
        }
    }
}

impl<T> fmt::Debug for Job<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("number", &self.number)
            .field("is_finished", &self.is_finished())
            .finish_non_exhaustive()
    }
}

/// Why a blocking call has no result.
pub struct JobError {
    /// The job.
    number: u64,
    /// Why.
    why: Why,
}

/// The ways to end without a result.
enum Why {
    /// The call panicked; this is what the panic carries.
    Panicked(Panic),
    /// The loop ended before the call did.
    Cancelled,
    /// The OS gave no thread.
    NoThread(io::Error),
}

impl JobError {
    /// The loop ended before the call did.
    pub(super) fn cancelled(number: u64) -> Self {
        let why = Why::Cancelled;
        JobError { number, why }
    }

    /// The OS gave no thread, for this reason.
    pub(super) fn no_thread(number: u64, error: io::Error) -> Self {
        let why = Why::NoThread(error);
        JobError { number, why }
    }

    /// Whether the loop ended before the call did.
    pub fn is_cancelled(&self) -> bool {
        matches!(self.why, Why::Cancelled)
    }

    /// Whether the call panicked.
    pub fn is_panic(&self) -> bool {
        matches!(self.why, Why::Panicked(_))
    }

    /// What the panic carried, for [`std::panic::resume_unwind`].
    ///
    /// # Panics
    ///
    /// If the call did not panic.
    #[track_caller]
    pub fn into_panic(self) -> Box<dyn Any + Send> {
        match self.why {
            Why::Panicked(panic) => panic,
            _ => panic!("{self}; it did not panic"),
        }
    }
}

impl fmt::Display for JobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.number;
        match &self.why {
            Why::Panicked(panic) => {
                let message = foreign::message(panic);
                write!(f, "blocking job {number} panicked: {message}")
            }
            Why::Cancelled => write!(f, "blocking job {number}: its event loop ended before it"),
            Why::NoThread(error) => {
                write!(f, "blocking job {number}: the OS gives no thread: {error}")
            }
        }
    }
}

impl fmt::Debug for JobError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JobError({self})")
    }
}

impl Error for JobError {}

impl From<JobError> for io::Error {
    fn from(error: JobError) -> Self {
        match error.why {
            Why::NoThread(ref why) => io::Error::new(why.kind(), error.to_string()),
            _ => io::Error::other(error.to_string()), // a panic's load cannot be shared
        }
    }
}
