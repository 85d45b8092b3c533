//! Moving bytes: the futures behind `read`, `write`, `send` and the rest.
//!
//! All of them do the same: ask the OS to transfer what it can, and wait for
//! readiness in their direction only if it can transfer nothing. What to ask is
//! a closure; so a read differs from a write in one line.
//!
//! Invariants: (1) a future's place among those who wait is given up when it is
//! dropped; (2) what the OS has taken or given is recorded before the next wait.
//!
//! Book: chapter 9.

use crate::reactor::{Direction, OsSource, Source};
use crate::trace::Place;
use crate::wait_list::Ticket;
use std::io;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// One direction of a socket, and the place of a future among those who wait for it.
#[derive(Debug)]
struct Wait<'a, S: OsSource> {
    /// The socket.
    source: &'a Source<S>,
    /// Which direction.
    direction: Direction,
    /// The place; `None` while it does not wait.
    ticket: Option<Ticket>,
}

impl<'a, S: OsSource> Wait<'a, S> {
    /// Does not wait yet.
    fn new(source: &'a Source<S>, direction: Direction) -> Self {
        Wait {
            source,
            direction,
            ticket: None,
        }
    }

    /// Tries an operation, and records what it transferred.
    fn transfer<T: Amount>(
        &mut self,
        op: &str,
        place: Place,
        context: &Context<'_>,
        operation: impl FnMut(&S) -> io::Result<T>,
    ) -> Poll<io::Result<T>> {
        let Wait {
            source,
            direction,
            ticket,
        } = self;
        let attempt = source.attempt(op, *direction, ticket, place, context, operation);
        let transferred = ready!(attempt)?;
        source.transferred(op, transferred.bytes(), place);
        Poll::Ready(Ok(transferred))
    }
}

impl<S: OsSource> Drop for Wait<'_, S> {
    fn drop(&mut self) {
        self.source.forget(self.direction, &mut self.ticket);
    }
}

/// What an operation transferred.
pub(crate) trait Amount {
    /// How many bytes of it.
    fn bytes(&self) -> usize;
}

impl Amount for usize {
    fn bytes(&self) -> usize {
        *self
    }
}

/// With the address of whom they came from.
impl<A> Amount for (usize, A) {
    fn bytes(&self) -> usize {
        self.0
    }
}

/// One operation, until it does not block.
#[must_use = "nothing is transferred unless this is awaited"]
pub(crate) struct Transfer<'a, S: OsSource, O> {
    /// Where.
    wait: Wait<'a, S>,
    /// What the trace calls it.
    op: &'static str,
    /// What to ask the OS.
    operation: O,
}

impl<'a, S: OsSource, O> Transfer<'a, S, O> {
    /// Will do `operation`, which the trace calls `op`.
    pub(crate) fn new<T>(
        source: &'a Source<S>,
        op: &'static str,
        direction: Direction,
        operation: O,
    ) -> Self
    where
        O: FnMut(&S) -> io::Result<T>, // here, so that the closure's type is found
    {
        Transfer {
            wait: Wait::new(source, direction),
            op,
            operation,
        }
    }
}

impl<S: OsSource, T: Amount, O> Future for Transfer<'_, S, O>
where
    O: FnMut(&S) -> io::Result<T> + Unpin,
{
    type Output = io::Result<T>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let place = Location::caller();
        let Transfer {
            wait,
            op,
            operation,
        } = &mut *self;
        wait.transfer(op, place, context, operation)
    }
}

/// One operation, until it does not block; or none, where there is nothing to do.
#[must_use = "nothing is transferred unless this is awaited"]
pub(crate) struct Filling<T>(pub(crate) Option<T>);

impl<T: Future<Output = io::Result<usize>> + Unpin> Future for Filling<T> {
    type Output = io::Result<usize>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            Some(transfer) => Pin::new(transfer).poll(context),
            None => Poll::Ready(Ok(0)), // careful: the OS would wait even so
        }
    }
}

/// One operation again and again, until so many bytes are transferred.
#[must_use = "nothing is transferred unless this is awaited"]
pub(crate) struct TransferAll<'a, S: OsSource, O> {
    /// Where.
    wait: Wait<'a, S>,
    /// What the trace calls it.
    op: &'static str,
    /// How many bytes were transferred.
    done: usize,
    /// How many there are.
    total: usize,
    /// What it means if there is nothing more to transfer before that.
    too_early: io::ErrorKind,
    /// What to ask the OS, for the bytes from `done` on.
    operation: O,
}

impl<'a, S: OsSource, O> TransferAll<'a, S, O>
where
    O: FnMut(&S, usize) -> io::Result<usize>,
{
    /// Will read `total` bytes.
    pub(crate) fn read(source: &'a Source<S>, total: usize, operation: O) -> Self {
        TransferAll {
            wait: Wait::new(source, Direction::Read),
            op: "read",
            done: 0,
            total,
            too_early: io::ErrorKind::UnexpectedEof,
            operation,
        }
    }

    /// Will write `total` bytes.
    pub(crate) fn write(source: &'a Source<S>, total: usize, operation: O) -> Self {
        TransferAll {
            wait: Wait::new(source, Direction::Write),
            op: "write",
            done: 0,
            total,
            too_early: io::ErrorKind::WriteZero,
            operation,
        }
    }
}

impl<S: OsSource, O> Future for TransferAll<'_, S, O>
where
    O: FnMut(&S, usize) -> io::Result<usize> + Unpin,
{
    type Output = io::Result<()>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let place = Location::caller();
        let TransferAll {
            wait,
            op,
            done,
            total,
            too_early,
            operation,
        } = &mut *self;
        while done < total {
            match ready!(wait.transfer(op, place, context, |object| operation(object, *done)))? {
                0 => return Poll::Ready(Err((*too_early).into())),
                bytes => *done += bytes, // invariant 2
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// Readiness alone, without an operation.
#[must_use = "nothing waits unless this is awaited"]
pub(crate) struct Ready<'a, S: OsSource>(Wait<'a, S>);

impl<'a, S: OsSource> Ready<'a, S> {
    /// Will wait for `direction`.
    pub(crate) fn new(source: &'a Source<S>, direction: Direction) -> Self {
        Ready(Wait::new(source, direction))
    }
}

impl<S: OsSource> Future for Ready<'_, S> {
    type Output = ();

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let place = Location::caller();
        let Wait {
            source,
            direction,
            ticket,
        } = &mut self.0;
        source.ready(*direction, ticket, place, context)
    }
}
