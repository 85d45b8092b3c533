//! The traits of `futures-io`, by which other crates read and write.
//!
//! A `poll_read` has no future that could keep its place among those who wait,
//! so the stream keeps it: one place for each direction.
//!
//! Invariants: (1) of several tasks that poll one direction of one stream
//! through these traits the last is woken, as the traits have it; tasks that
//! await [`Stream::read`] and the like are always woken; (2) closing ends the
//! writing, and waits for nothing.
//!
//! Book: chapter 9.

use super::family::{Bytes as _, Family};
use super::split::{Holds, ReadHalf, WriteHalf};
use super::stream::Stream;
use crate::reactor::Direction;
use crate::wait_list::Ticket;
use futures_io::{AsyncRead, AsyncWrite};
use std::cell::Cell;
use std::io::{self, IoSlice, IoSliceMut};
use std::net::Shutdown;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// The places of those who poll a stream through the traits: see [`Direction`].
pub(super) type Polled = [Cell<Option<Ticket>>; 2];

impl<F: Family> Stream<F> {
    /// Tries to transfer some bytes; if that would block, whoever polls waits in
    /// the stream's own place.
    ///
    /// The line that the trace would name is some crate's, not the learner's: so
    /// it is one of ours, which is not shown.
    fn poll_transfer(
        &self,
        op: &str,
        direction: Direction,
        context: &Context<'_>,
        operation: impl FnMut(&F::Stream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        let place = Location::caller();
        let kept = &self.polled[direction as usize];
        let mut ticket = kept.take();
        let source = &self.source;
        let attempt = source.attempt(op, direction, &mut ticket, place, context, operation);
        kept.set(ticket);
        let bytes = ready!(attempt)?;
        source.transferred(op, bytes, place);
        Poll::Ready(Ok(bytes))
    }
}

impl<F: Family> AsyncRead for &Stream<F> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        if buffer.is_empty() {
            return Poll::Ready(Ok(0)); // careful: the OS would wait even so
        }
        self.poll_transfer("read", Direction::Read, context, |stream| {
            self.read_from(stream, buffer)
        })
    }

    fn poll_read_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &mut [IoSliceMut<'_>],
    ) -> Poll<io::Result<usize>> {
        if buffers.iter().all(|buffer| buffer.is_empty()) {
            return Poll::Ready(Ok(0));
        }
        let operation = |stream: &F::Stream| stream.read_vectored(buffers);
        self.poll_transfer("read", Direction::Read, context, operation)
    }
}

impl<F: Family> AsyncWrite for &Stream<F> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_transfer("write", Direction::Write, context, |stream| {
            stream.write(bytes)
        })
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let operation = |stream: &F::Stream| stream.write_vectored(buffers);
        self.poll_transfer("write", Direction::Write, context, operation)
    }

    /// There is nothing to flush: the OS has it all.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.shutdown(Shutdown::Write)) // invariant 2
    }
}

/// Passes reading on to `&Stream`, for a type that has one.
macro_rules! read_through {
    ([$($generics:tt)*] $type:ty, $stream:ident => $reference:expr) => {
        impl<$($generics)*> AsyncRead for $type {
            fn poll_read(
                self: Pin<&mut Self>,
                context: &mut Context<'_>,
                buffer: &mut [u8],
            ) -> Poll<io::Result<usize>> {
                let $stream = &*self;
                Pin::new(&mut $reference).poll_read(context, buffer)
            }

            fn poll_read_vectored(
                self: Pin<&mut Self>,
                context: &mut Context<'_>,
                buffers: &mut [IoSliceMut<'_>],
            ) -> Poll<io::Result<usize>> {
                let $stream = &*self;
                Pin::new(&mut $reference).poll_read_vectored(context, buffers)
            }
        }
    };
}

/// Passes writing on to `&Stream`, for a type that has one.
macro_rules! write_through {
    ([$($generics:tt)*] $type:ty, $stream:ident => $reference:expr) => {
        impl<$($generics)*> AsyncWrite for $type {
            fn poll_write(
                self: Pin<&mut Self>,
                context: &mut Context<'_>,
                bytes: &[u8],
            ) -> Poll<io::Result<usize>> {
                let $stream = &*self;
                Pin::new(&mut $reference).poll_write(context, bytes)
            }

            fn poll_write_vectored(
                self: Pin<&mut Self>,
                context: &mut Context<'_>,
                buffers: &[IoSlice<'_>],
            ) -> Poll<io::Result<usize>> {
                let $stream = &*self;
                Pin::new(&mut $reference).poll_write_vectored(context, buffers)
            }

            fn poll_flush(
                self: Pin<&mut Self>,
                context: &mut Context<'_>,
            ) -> Poll<io::Result<()>> {
                let $stream = &*self;
                Pin::new(&mut $reference).poll_flush(context)
            }

            fn poll_close(
                self: Pin<&mut Self>,
                context: &mut Context<'_>,
            ) -> Poll<io::Result<()>> {
                let $stream = &*self;
                Pin::new(&mut $reference).poll_close(context)
            }
        }
    };
}

read_through!([F: Family] Stream<F>, stream => &*stream);
write_through!([F: Family] Stream<F>, stream => &*stream);
read_through!([S: Holds] ReadHalf<S>, half => half.stream());
write_through!([S: Holds] WriteHalf<S>, half => half.stream());
