//! Reading and writing: the futures that move bytes through a stream.
//!
//! All of them do the same: ask the OS to transfer what it can, and wait for
//! readiness in their direction only if it can transfer nothing.
//!
//! Invariants: (1) a future's place among those who wait is given up when it is
//! dropped; (2) what the OS has taken or given is counted before the next wait.
//!
//! Book: chapter 4.

use super::TcpStream;
use crate::reactor::{Direction, OsStream};
use crate::trace::Place;
use crate::wait_list::Ticket;
use std::io::{self, Read as _, Write as _};
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// One direction of a stream, and the place of a future among those who wait for it.
#[derive(Debug)]
struct Wait<'a> {
    /// The stream.
    stream: &'a TcpStream,
    /// Which direction.
    direction: Direction,
    /// The place; `None` while it does not wait.
    ticket: Option<Ticket>,
}

impl<'a> Wait<'a> {
    /// Does not wait yet.
    fn new(stream: &'a TcpStream, direction: Direction) -> Self {
        Wait {
            stream,
            direction,
            ticket: None,
        }
    }

    /// Tries to transfer some bytes.
    fn transfer(
        &mut self,
        place: Place,
        context: &Context<'_>,
        operation: impl FnMut(&OsStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        let op = match self.direction {
            Direction::Read => "read",
            Direction::Write => "write",
        };
        let source = &self.stream.source;
        let attempt = source.attempt(
            op,
            self.direction,
            &mut self.ticket,
            place,
            context,
            operation,
        );
        let bytes = ready!(attempt)?;
        source.transferred(op, bytes, place);
        Poll::Ready(Ok(bytes))
    }

    /// Tries to read.
    fn read(
        &mut self,
        buffer: &mut [u8],
        place: Place,
        context: &Context<'_>,
    ) -> Poll<io::Result<usize>> {
        if buffer.is_empty() {
            return Poll::Ready(Ok(0)); // careful: the OS would wait even so
        }
        self.transfer(place, context, |mut stream| stream.read(buffer))
    }

    /// Tries to write.
    fn write(
        &mut self,
        bytes: &[u8],
        place: Place,
        context: &Context<'_>,
    ) -> Poll<io::Result<usize>> {
        self.transfer(place, context, |mut stream| stream.write(bytes))
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        self.stream.source.forget(self.direction, &mut self.ticket);
    }
}

/// See [`TcpStream::read`].
#[derive(Debug)]
#[must_use = "nothing is read unless this is awaited"]
pub struct Read<'a> {
    /// Whence.
    wait: Wait<'a>,
    /// Whither.
    buffer: &'a mut [u8],
}

impl<'a> Read<'a> {
    /// Will read into `buffer`.
    pub(super) fn new(stream: &'a TcpStream, buffer: &'a mut [u8]) -> Self {
        let wait = Wait::new(stream, Direction::Read);
        Read { wait, buffer }
    }
}

impl Future for Read<'_> {
    type Output = io::Result<usize>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Read { wait, buffer } = &mut *self;
        wait.read(buffer, Location::caller(), context)
    }
}

/// See [`TcpStream::read_exact`].
#[derive(Debug)]
#[must_use = "nothing is read unless this is awaited"]
pub struct ReadExact<'a> {
    /// Whence.
    wait: Wait<'a>,
    /// Whither: what is not filled yet.
    buffer: &'a mut [u8],
}

impl<'a> ReadExact<'a> {
    /// Will fill `buffer`.
    pub(super) fn new(stream: &'a TcpStream, buffer: &'a mut [u8]) -> Self {
        let wait = Wait::new(stream, Direction::Read);
        ReadExact { wait, buffer }
    }
}

impl Future for ReadExact<'_> {
    type Output = io::Result<()>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let place = Location::caller();
        let ReadExact { wait, buffer } = &mut *self;
        while !buffer.is_empty() {
            match ready!(wait.read(buffer, place, context))? {
                0 => return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
                bytes => *buffer = &mut std::mem::take(buffer)[bytes..],
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// See [`TcpStream::write`].
#[derive(Debug)]
#[must_use = "nothing is written unless this is awaited"]
pub struct Write<'a> {
    /// Whither.
    wait: Wait<'a>,
    /// What.
    bytes: &'a [u8],
}

impl<'a> Write<'a> {
    /// Will write some of `bytes`.
    pub(super) fn new(stream: &'a TcpStream, bytes: &'a [u8]) -> Self {
        let wait = Wait::new(stream, Direction::Write);
        Write { wait, bytes }
    }
}

impl Future for Write<'_> {
    type Output = io::Result<usize>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Write { wait, bytes } = &mut *self;
        wait.write(bytes, Location::caller(), context)
    }
}

/// See [`TcpStream::write_all`].
#[derive(Debug)]
#[must_use = "nothing is written unless this is awaited"]
pub struct WriteAll<'a> {
    /// Whither.
    wait: Wait<'a>,
    /// What the OS has not taken yet.
    bytes: &'a [u8],
}

impl<'a> WriteAll<'a> {
    /// Will write all of `bytes`.
    pub(super) fn new(stream: &'a TcpStream, bytes: &'a [u8]) -> Self {
        let wait = Wait::new(stream, Direction::Write);
        WriteAll { wait, bytes }
    }
}

impl Future for WriteAll<'_> {
    type Output = io::Result<()>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let place = Location::caller();
        let WriteAll { wait, bytes } = &mut *self;
        while !bytes.is_empty() {
            match ready!(wait.write(bytes, place, context))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                taken => *bytes = &bytes[taken..],
            }
        }
        Poll::Ready(Ok(()))
    }
}
