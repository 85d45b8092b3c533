//! Halves of a stream: one reads, one writes.
//!
//! Since everything takes `&self`, two tasks can share a whole stream as well.
//! Halves say in their type what they are for; and an owned half that writes
//! ends the writing when it is dropped, so that the peer learns of it while the
//! other half still reads.
//!
//! Invariants: (1) both halves are of one stream, which lives until both are
//! gone; (2) only the drop of an *owned* half ends anything: halves that are
//! borrowed leave the stream as it is, and so do halves that are reunited.
//!
//! Book: chapter 9.

use super::family::{Family, Ip};
use super::stream::Stream;
use std::error::Error;
use std::fmt;
use std::io::{self, IoSlice, IoSliceMut};
use std::net::Shutdown;
use std::ops::Deref;
use std::rc::Rc;

/// What a half has of its stream: a reference, or a counted one.
pub trait Holds: Deref<Target = Stream<Self::Family>> {
    /// The stream's family.
    type Family: Family;
}

impl<F: Family> Holds for &Stream<F> {
    type Family = F;
}

impl<F: Family> Holds for Rc<Stream<F>> {
    type Family = F;
}

/// The half of a stream that reads: borrowed by [`Stream::split`], or owned.
#[derive(Debug)]
pub struct ReadHalf<S: Holds> {
    /// The stream.
    stream: S,
}

/// The half of a stream that writes: borrowed by [`Stream::split`], or owned.
#[derive(Debug)]
pub struct WriteHalf<S: Holds> {
    /// The stream.
    stream: S,
    /// Whether its drop ends the writing (invariant 2).
    is_owned: bool,
}

/// See [`Stream::into_split`].
pub type OwnedReadHalf<F = Ip> = ReadHalf<Rc<Stream<F>>>;

/// See [`Stream::into_split`].
pub type OwnedWriteHalf<F = Ip> = WriteHalf<Rc<Stream<F>>>;

impl<F: Family> Stream<F> {
    /// Two halves, for two futures of one task.
    pub fn split(&self) -> (ReadHalf<&Self>, WriteHalf<&Self>) {
        let (stream, is_owned) = (self, false);
        (ReadHalf { stream }, WriteHalf { stream, is_owned })
    }

    /// Two halves, for two tasks. Dropping the half that writes ends the
    /// writing; dropping both closes the stream.
    pub fn into_split(self) -> (OwnedReadHalf<F>, OwnedWriteHalf<F>) {
        let stream = Rc::new(self);
        let write = WriteHalf {
            stream: stream.clone(),
            is_owned: true,
        };
        (ReadHalf { stream }, write)
    }
}

impl<S: Holds> ReadHalf<S> {
    /// See [`Stream::read`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn read<'a>(&'a self, buffer: &'a mut [u8]) -> impl Future<Output = io::Result<usize>> {
        self.stream.read(buffer)
    }

    /// See [`Stream::read_exact`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn read_exact<'a>(&'a self, buffer: &'a mut [u8]) -> impl Future<Output = io::Result<()>> {
        self.stream.read_exact(buffer)
    }

    /// See [`Stream::read_vectored`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn read_vectored<'a>(
        &'a self,
        buffers: &'a mut [IoSliceMut<'_>],
    ) -> impl Future<Output = io::Result<usize>> {
        self.stream.read_vectored(buffers)
    }

    /// See [`Stream::peek`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn peek<'a>(&'a self, buffer: &'a mut [u8]) -> impl Future<Output = io::Result<usize>> {
        self.stream.peek(buffer)
    }

    /// See [`Stream::readable`].
    pub fn readable(&self) -> impl Future<Output = ()> {
        self.stream.readable()
    }

    /// See [`Stream::try_read`].
    ///
    /// # Errors
    ///
    /// As there.
    #[track_caller]
    pub fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.try_read(buffer)
    }

    /// The whole stream, for its addresses and options.
    pub fn stream(&self) -> &Stream<S::Family> {
        &self.stream
    }
}

impl<S: Holds> WriteHalf<S> {
    /// See [`Stream::write`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn write<'a>(&'a self, bytes: &'a [u8]) -> impl Future<Output = io::Result<usize>> {
        self.stream.write(bytes)
    }

    /// See [`Stream::write_all`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn write_all<'a>(&'a self, bytes: &'a [u8]) -> impl Future<Output = io::Result<()>> {
        self.stream.write_all(bytes)
    }

    /// See [`Stream::write_vectored`].
    ///
    /// # Errors
    ///
    /// As there.
    pub fn write_vectored<'a>(
        &'a self,
        buffers: &'a [IoSlice<'_>],
    ) -> impl Future<Output = io::Result<usize>> {
        self.stream.write_vectored(buffers)
    }

    /// See [`Stream::writable`].
    pub fn writable(&self) -> impl Future<Output = ()> {
        self.stream.writable()
    }

    /// See [`Stream::try_write`].
    ///
    /// # Errors
    ///
    /// As there.
    #[track_caller]
    pub fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.try_write(bytes)
    }

    /// Ends the writing; the peer then reads 0 bytes.
    ///
    /// # Errors
    ///
    /// As [`Stream::shutdown`].
    pub fn shutdown(&self) -> io::Result<()> {
        self.stream.shutdown(Shutdown::Write)
    }

    /// The whole stream, for its addresses and options.
    pub fn stream(&self) -> &Stream<S::Family> {
        &self.stream
    }
}

impl<F: Family> OwnedReadHalf<F> {
    /// Makes one stream of its two halves again.
    ///
    /// # Errors
    ///
    /// [`NotHalves`], with both in it, if they are not of one stream.
    #[expect(
        clippy::missing_panics_doc,
        reason = "nobody else has a reference to the stream"
    )]
    pub fn reunite(self, mut write: OwnedWriteHalf<F>) -> Result<Stream<F>, NotHalves<F>> {
        if !Rc::ptr_eq(&self.stream, &write.stream) {
            return Err(NotHalves(self, write));
        }
        write.is_owned = false; // invariant 2
        drop(write);
        let stream = Rc::into_inner(self.stream);
        Ok(stream.expect("a stream's two halves are all that hold it"))
    }
}

impl<S: Holds> Drop for WriteHalf<S> {
    fn drop(&mut self) {
        if self.is_owned {
            // It fails if the connection is over; then there is nothing to end.
            let _ = self.shutdown();
        }
    }
}

/// Two halves that are not of one stream.
pub struct NotHalves<F: Family>(pub OwnedReadHalf<F>, pub OwnedWriteHalf<F>);

impl<F: Family> fmt::Debug for NotHalves<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let NotHalves(read, write) = self;
        f.debug_tuple("NotHalves").field(read).field(write).finish()
    }
}

impl<F: Family> fmt::Display for NotHalves<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the halves are of two streams: reunite those of one")
    }
}

impl<F: Family> Error for NotHalves<F> {}
