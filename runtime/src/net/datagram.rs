//! Datagrams: messages that arrive whole, or not at all.
//!
//! Invariants: (1) a datagram that does not fit the receiver's buffer is an
//! error, [`TooLong`], and never a shorter datagram in silence; (2) one call
//! sends or receives one datagram: dropped early, it has done either or nothing.
//!
//! The OS cuts what does not fit, and tells only those who ask it in words that
//! the standard library does not have. So it is given a buffer that is one byte
//! longer than the receiver's, and a datagram that needs this byte is too long.
//!
//! Left out: several datagrams in one call to the OS.
//!
//! Book: chapter 9.

use super::family::{self, Family};
use super::transfer::{Amount, Ready, Transfer};
use crate::reactor::{Direction, Interest, Source};
use crate::state::LoopState;
use crate::trace::Place;
use std::cell::RefCell;
use std::error::Error;
use std::fmt;
use std::io;
use std::rc::Rc;

/// A socket for datagrams: a [`UdpSocket`](super::UdpSocket) or a `UnixDatagram`.
///
/// Everything takes `&self`, so that several tasks can share it through an
/// [`Rc`]. Dropping it closes it.
pub struct Datagram<F: Family> {
    /// The OS's socket.
    pub(super) source: Source<F::Datagram>,
    /// Where the OS puts what it receives, a byte longer than the longest buffer
    /// so far. It is borrowed during one call to the OS.
    arrivals: RefCell<Vec<u8>>,
}

impl<F: Family> Datagram<F> {
    /// Receives a datagram, and says from whom. Returns the number of its bytes.
    ///
    /// # Errors
    ///
    /// `InvalidData`, with [`TooLong`] in it, if `buffer` is too short for the
    /// datagram, which is lost; else as [`recv`](Datagram::recv).
    pub fn recv_from<'a>(
        &'a self,
        buffer: &'a mut [u8],
    ) -> impl Future<Output = io::Result<(usize, F::Address)>> {
        Transfer::new(&self.source, "recv", Direction::Read, |socket| {
            self.receive(buffer, |arrivals| F::recv_from(socket, arrivals))
        })
    }

    /// Receives a datagram: from the peer, if the socket is connected, else from
    /// anybody. Returns the number of its bytes; a datagram may be empty.
    ///
    /// # Errors
    ///
    /// `InvalidData`, with [`TooLong`] in it, if `buffer` is too short for the
    /// datagram, which is lost. `ConnectionRefused` if an earlier datagram of ours
    /// found nobody at the peer's port, of which only a connected socket is told;
    /// the next call may succeed. Else as the OS says.
    pub fn recv<'a>(&'a self, buffer: &'a mut [u8]) -> impl Future<Output = io::Result<usize>> {
        Transfer::new(&self.source, "recv", Direction::Read, |socket| {
            self.receive(buffer, |arrivals| F::recv(socket, arrivals))
        })
    }

    /// As [`recv`](Datagram::recv), but the next call gets the same datagram
    /// again; and only its beginning, if `buffer` is too short for it.
    ///
    /// # Errors
    ///
    /// As `recv`, but for the length; for a Unix socket also if the process has
    /// no file descriptor left, since one is needed for a moment.
    pub fn peek<'a>(&'a self, buffer: &'a mut [u8]) -> impl Future<Output = io::Result<usize>> {
        let operation = |socket: &F::Datagram| F::peek_datagram(socket, buffer);
        Transfer::new(&self.source, "peek", Direction::Read, operation)
    }

    /// Sends a datagram to the peer, and waits if the OS has no room for it.
    /// Returns the number of its bytes: all of them.
    ///
    /// # Errors
    ///
    /// `NotConnected` (or, of some systems, another kind) if the socket is not
    /// connected; `ConnectionRefused` if nobody is there, or was there for an
    /// earlier one; the OS's error `EMSGSIZE` if the datagram is longer than it
    /// can send. None of them is the end of the socket.
    pub fn send<'a>(&'a self, bytes: &'a [u8]) -> impl Future<Output = io::Result<usize>> {
        let operation = |socket: &F::Datagram| F::send(socket, bytes);
        Transfer::new(&self.source, "send", Direction::Write, operation)
    }

    /// Waits until the OS says that receiving will not block, and receives
    /// nothing. That may be out of date: see [`Stream::readable`](super::Stream::readable).
    pub fn readable(&self) -> impl Future<Output = ()> {
        Ready::new(&self.source, Direction::Read)
    }

    /// Waits until the OS says that sending will not block, and sends nothing:
    /// see [`readable`](Datagram::readable).
    pub fn writable(&self) -> impl Future<Output = ()> {
        Ready::new(&self.source, Direction::Write)
    }

    /// Its own address.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn local_addr(&self) -> io::Result<F::Address> {
        F::datagram_local(self.source.object())
    }

    /// Whom it is connected to.
    ///
    /// # Errors
    ///
    /// `NotConnected` if it is not; else as the OS says.
    pub fn peer_addr(&self) -> io::Result<F::Address> {
        F::datagram_peer(self.source.object())
    }

    /// What went wrong since the last time that this was asked, if anything did.
    ///
    /// # Errors
    ///
    /// If the OS does not answer.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        F::datagram_error(self.source.object())
    }

    /// Receives by way of a longer buffer (invariant 1).
    fn receive<T: Amount>(
        &self,
        buffer: &mut [u8],
        ask: impl FnOnce(&mut [u8]) -> io::Result<T>,
    ) -> io::Result<T> {
        let room = buffer.len();
        let mut arrivals = self.arrivals.borrow_mut();
        if arrivals.len() <= room {
            arrivals.resize(room + 1, 0);
        }
        let received = ask(&mut arrivals[..=room])?;
        let length = received.bytes();
        if length > room {
            return Err(io::Error::new(io::ErrorKind::InvalidData, TooLong { room }));
        }
        buffer[..length].copy_from_slice(&arrivals[..length]);
        Ok(received)
    }

    /// Registers a socket of the OS.
    pub(super) fn register(
        state: &Rc<LoopState>,
        socket: F::Datagram,
        place: Place,
    ) -> io::Result<Self> {
        let local = || F::datagram_local(&socket);
        let ends = family::ends::<F>(state, local, || F::datagram_peer(&socket));
        let (kind, interest) = (F::DATAGRAM, Interest::ReadableAndWritable);
        Ok(Datagram {
            source: Source::register(state, socket, kind, interest, &ends, place)?,
            arrivals: RefCell::default(),
        })
    }
}

impl<F: Family> fmt::Debug for Datagram<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source.fmt(f)
    }
}

/// A datagram was longer than the receiver's buffer, and is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong {
    /// How many bytes the buffer had room for.
    pub room: usize,
}

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let room = self.room;
        write!(
            f,
            "a datagram of more than {room} bytes came, and is lost: receive into a longer buffer"
        )
    }
}

impl Error for TooLong {}
