//! A series: operations on one object, of which one is out at a time.
//!
//! A future that is dropped cannot take its operation back. So what the
//! operation gives stays here, for the next one to find.
//!
//! Invariants: (1) the operations of a series are carried out in the order in
//! which they were begun; (2) bytes that were read for nobody come first in the
//! next read; (3) an error that nobody has seen is the next operation's error.

use super::{Kind, Operation};
use std::fmt;
use std::io;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// What an operation has done.
#[derive(Debug)]
pub(crate) enum Done {
    /// It read this; nothing at the end.
    Read(Vec<u8>),
    /// Something else.
    Other {
        /// It gave this number, if any.
        number: io::Result<u64>,
        /// What is left of the bytes that were read and nobody had.
        unread: Vec<u8>,
    },
}

/// The operations on one object.
#[derive(Debug, Default)]
pub(crate) struct Series {
    /// The one that is out.
    out: Option<Operation<Done>>,
    /// What was read, and that nobody has had yet (invariant 2).
    unread: Vec<u8>,
    /// What the last operation that reads nothing gave.
    number: u64,
    /// An error that nobody has seen (invariant 3).
    error: Option<io::Error>,
}

impl Series {
    /// Waits until nothing is out, and takes the error that was left, if any.
    #[track_caller]
    pub(crate) fn settle(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let Some(out) = &mut self.out {
            let done = ready!(Pin::new(out).poll(context));
            self.out = None;
            match done {
                Ok(Done::Read(bytes)) => self.unread.extend(bytes),
                Ok(Done::Other { number, unread }) => {
                    self.unread = unread;
                    match number {
                        Ok(number) => self.number = number,
                        Err(error) => self.error = Some(error),
                    }
                }
                Err(error) => self.error = Some(error),
            }
        }
        Poll::Ready(self.error.take().map_or(Ok(()), Err))
    }

    /// Begins the next operation (invariant 1).
    pub(crate) fn begin(
        &mut self,
        what: &'static str,
        kind: Kind,
        run: impl FnOnce() -> io::Result<Done> + Send + 'static,
    ) {
        debug_assert!(self.out.is_none(), "one is out at a time");
        self.out = Some(Operation::new(what, kind, run));
    }

    /// Whoever waited gives up, and nobody is to be woken.
    pub(crate) fn pause(&mut self) {
        if let Some(out) = &mut self.out {
            out.pause();
        }
    }

    /// Fills `buffer` with what was read and nobody had. Returns how much that is.
    pub(crate) fn take_unread(&mut self, buffer: &mut [u8]) -> usize {
        let count = buffer.len().min(self.unread.len());
        buffer[..count].copy_from_slice(&self.unread[..count]);
        self.unread.drain(..count);
        count
    }
}

/// Waits for an operation of a series.
///
/// It begins when this is first polled, after those that were begun before it.
/// Dropped after that, this gives up the result, but not the operation: an error
/// of its is then the next operation's error.
#[must_use = "nothing is done unless this is awaited"]
pub struct Action<'a, T> {
    /// The object's operations.
    series: &'a mut Series,
    /// What is to be done. `None`: it was begun.
    begin: Option<Box<Begin>>,
    /// Makes the result of the number that the operation gave.
    finish: fn(u64) -> T,
}

/// Begins an operation. It may use up what was read and nobody had.
type Begin = dyn FnOnce(&mut Series);

impl<'a, T> Action<'a, T> {
    /// Will carry out `run`, for `what`, which is lent the bytes that were read
    /// and nobody had: what it does not take away comes first in the next read.
    pub(crate) fn new(
        series: &'a mut Series,
        what: &'static str,
        run: impl FnOnce(&mut Vec<u8>) -> io::Result<u64> + Send + 'static,
        finish: fn(u64) -> T,
    ) -> Self {
        let begin = move |series: &mut Series| {
            let mut unread = mem::take(&mut series.unread);
            series.begin(what, Kind::Work, move || {
                let number = run(&mut unread);
                Ok(Done::Other { number, unread })
            });
        };
        Action {
            series,
            begin: Some(Box::new(begin)),
            finish,
        }
    }
}

impl<T> Future for Action<'_, T> {
    type Output = io::Result<T>;

    /// # Panics
    ///
    /// If it is first polled outside of an event loop.
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        ready!(self.series.settle(context))?;
        if let Some(begin) = self.begin.take() {
            begin(self.series);
            ready!(self.series.settle(context))?;
        }
        Poll::Ready(Ok((self.finish)(self.series.number)))
    }
}

impl<T> Drop for Action<'_, T> {
    fn drop(&mut self) {
        self.series.pause();
    }
}

impl<T> fmt::Debug for Action<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Action")
            .field("has_begun", &self.begin.is_none())
            .finish_non_exhaustive()
    }
}
