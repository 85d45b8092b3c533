//! A stream: a connection, from which tasks read and to which they write.
//!
//! Invariants: (1) reading and writing are independent: each has its own
//! waiters; (2) a future that is dropped early leaves nothing behind but what it
//! has transferred: `read` and `write` are either done or not begun, while
//! `write_all` and `read_exact` may be half done; (3) a peer that does not read
//! makes the writer wait, once the OS has no more room: nothing is queued here.
//!
//! Left out: buffers. Each call that does not wait is one call to the OS.
//!
//! Book: chapter 9.

use super::family::{self, Bytes as _, Family};
use super::transfer::{Filling, Ready, Transfer, TransferAll};
use crate::reactor::{Direction, Interest, Source};
use crate::state::LoopState;
use crate::trace::Place;
use std::fmt;
use std::io::{self, IoSlice, IoSliceMut};
use std::net::Shutdown;
use std::panic::Location;
use std::rc::Rc;

/// A connection: a [`TcpStream`](super::TcpStream) or a `UnixStream`.
///
/// Everything takes `&self`, so that several tasks can share a stream through
/// an [`Rc`], or through its [halves](Stream::into_split). If several read, each
/// byte reaches one of them; who gets it is the order in which they are polled.
///
/// Dropping the stream closes it. If bytes of the peer are still unread by then
/// the OS may send it a reset in place of an orderly end, as it does for everybody.
pub struct Stream<F: Family> {
    /// The OS's stream.
    pub(crate) source: Source<F::Stream>,
    /// Who polls it through the traits of others.
    #[cfg(feature = "futures-io")]
    pub(super) polled: super::futures_io::Polled,
}

impl<F: Family> Stream<F> {
    /// Reads what is there into `buffer`, and waits only if nothing is. Returns
    /// the number of bytes: 0 says that the peer will send no more, or that
    /// `buffer` is empty.
    ///
    /// # Errors
    ///
    /// As the OS says: `ConnectionReset` if the peer has broken the connection
    /// off, after which a read says 0.
    pub fn read<'a>(&'a self, buffer: &'a mut [u8]) -> impl Future<Output = io::Result<usize>> {
        Filling((!buffer.is_empty()).then(|| {
            let operation = |stream: &F::Stream| self.read_from(stream, buffer);
            Transfer::new(&self.source, "read", Direction::Read, operation)
        }))
    }

    /// Reads what is there into `buffers`, one after the other, in one call to
    /// the OS; else as [`read`](Stream::read).
    ///
    /// # Errors
    ///
    /// As `read`.
    pub fn read_vectored<'a>(
        &'a self,
        buffers: &'a mut [IoSliceMut<'_>],
    ) -> impl Future<Output = io::Result<usize>> {
        let is_empty = buffers.iter().all(|buffer| buffer.is_empty());
        Filling((!is_empty).then(|| {
            let operation = |stream: &F::Stream| stream.read_vectored(buffers);
            Transfer::new(&self.source, "read", Direction::Read, operation)
        }))
    }

    /// As [`read`](Stream::read), but the next read gets the same bytes again.
    ///
    /// # Errors
    ///
    /// As `read`; for a Unix stream also if the process has no file descriptor
    /// left, since one is needed for a moment.
    pub fn peek<'a>(&'a self, buffer: &'a mut [u8]) -> impl Future<Output = io::Result<usize>> {
        Filling((!buffer.is_empty()).then(|| {
            let operation = |stream: &F::Stream| F::peek(stream, buffer);
            Transfer::new(&self.source, "peek", Direction::Read, operation)
        }))
    }

    /// Fills `buffer` to its end.
    ///
    /// # Errors
    ///
    /// `UnexpectedEof` if the peer will send no more before that; else as
    /// [`read`](Stream::read). How much was read by then is not known.
    pub fn read_exact<'a>(&'a self, buffer: &'a mut [u8]) -> impl Future<Output = io::Result<()>> {
        TransferAll::read(&self.source, buffer.len(), |stream: &F::Stream, done| {
            stream.read(&mut buffer[done..])
        })
    }

    /// Writes as much of `bytes` as there is room for, and waits only if there
    /// is none. Returns the number of bytes that the OS took.
    ///
    /// # Errors
    ///
    /// As the OS says: `BrokenPipe` or `ConnectionReset` if the peer will take
    /// no more.
    pub fn write<'a>(&'a self, bytes: &'a [u8]) -> impl Future<Output = io::Result<usize>> {
        let operation = |stream: &F::Stream| stream.write(bytes);
        Transfer::new(&self.source, "write", Direction::Write, operation)
    }

    /// Writes from `buffers`, one after the other, in one call to the OS; else
    /// as [`write`](Stream::write).
    ///
    /// # Errors
    ///
    /// As `write`.
    pub fn write_vectored<'a>(
        &'a self,
        buffers: &'a [IoSlice<'_>],
    ) -> impl Future<Output = io::Result<usize>> {
        let operation = |stream: &F::Stream| stream.write_vectored(buffers);
        Transfer::new(&self.source, "write", Direction::Write, operation)
    }

    /// Writes all of `bytes`.
    ///
    /// # Errors
    ///
    /// As [`write`](Stream::write); some bytes may have been taken by then.
    pub fn write_all<'a>(&'a self, bytes: &'a [u8]) -> impl Future<Output = io::Result<()>> {
        TransferAll::write(&self.source, bytes.len(), |stream: &F::Stream, done| {
            stream.write(&bytes[done..])
        })
    }

    /// Waits until the OS says that a read will not block, and reads nothing.
    ///
    /// That may be out of date: another task may have read the bytes meanwhile,
    /// and a stream stays ready until an operation would have blocked. So follow
    /// it by [`try_read`](Stream::try_read), and wait again if that says
    /// `WouldBlock`; or use [`read`](Stream::read), which does just that.
    pub fn readable(&self) -> impl Future<Output = ()> {
        Ready::new(&self.source, Direction::Read)
    }

    /// Waits until the OS says that a write will not block, and writes nothing:
    /// see [`readable`](Stream::readable).
    pub fn writable(&self) -> impl Future<Output = ()> {
        Ready::new(&self.source, Direction::Write)
    }

    /// Reads what is there, and does not wait.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if nothing is there; else as [`read`](Stream::read).
    #[track_caller]
    pub fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        self.try_now("read", Direction::Read, |stream| stream.read(buffer))
    }

    /// Writes what there is room for, and does not wait.
    ///
    /// # Errors
    ///
    /// `WouldBlock` if there is no room; else as [`write`](Stream::write).
    #[track_caller]
    pub fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.try_now("write", Direction::Write, |stream| stream.write(bytes))
    }

    /// Ends the reading, the writing or both. After the end of writing the peer
    /// reads 0 bytes, once it has read all that was written.
    ///
    /// # Errors
    ///
    /// `NotConnected` if the peer has broken the connection off; else as the OS says.
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        F::shutdown(self.source.object(), how)
    }

    /// The other end's address.
    ///
    /// # Errors
    ///
    /// As the OS says: `NotConnected` if the connection is over.
    pub fn peer_addr(&self) -> io::Result<F::Address> {
        F::stream_peer(self.source.object())
    }

    /// This end's address.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn local_addr(&self) -> io::Result<F::Address> {
        F::stream_local(self.source.object())
    }

    /// What went wrong since the last time that this was asked, if anything did.
    ///
    /// # Errors
    ///
    /// If the OS does not answer.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        F::stream_error(self.source.object())
    }

    /// Reads what is there from the OS's `stream`, which is this one's.
    pub(super) fn read_from(&self, stream: &F::Stream, buffer: &mut [u8]) -> io::Result<usize> {
        let bytes = stream.read(buffer)?;
        if F::SHORT_READ_DRAINS {
            self.source.has_read(bytes, buffer.len());
        }
        Ok(bytes)
    }

    /// Tries an operation once.
    #[track_caller]
    fn try_now(
        &self,
        op: &str,
        direction: Direction,
        operation: impl FnMut(&F::Stream) -> io::Result<usize>,
    ) -> io::Result<usize> {
        let place = Location::caller();
        let bytes = self.source.attempt_once(op, direction, place, operation)?;
        self.source.transferred(op, bytes, place);
        Ok(bytes)
    }

    /// Registers a stream of the OS.
    pub(super) fn register(
        state: &Rc<LoopState>,
        stream: F::Stream,
        interest: Interest,
        place: Place,
    ) -> io::Result<Self> {
        let local = || F::stream_local(&stream);
        let ends = family::ends::<F>(state, local, || F::stream_peer(&stream));
        Ok(Stream {
            source: Source::register(state, stream, F::STREAM, interest, &ends, place)?,
            #[cfg(feature = "futures-io")]
            polled: Default::default(),
        })
    }
}

impl<F: Family> fmt::Debug for Stream<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source.fmt(f)
    }
}
