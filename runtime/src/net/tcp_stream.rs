//! A TCP stream: a connection, from which tasks read and to which they write.
//!
//! Invariants: (1) reading and writing are independent: each has its own
//! waiters; (2) a future that is dropped early leaves nothing behind but what it
//! has transferred: `read` and `write` are either done or not begun, while
//! `write_all` and `read_exact` may be half done.
//!
//! Left out: buffers. Each call that does not wait is one call to the OS.
//!
//! Book: chapter 4.

use super::{Connect, Read, ReadExact, Write, WriteAll};
use crate::reactor::{Ends, Interest, OsStream, Source};
use crate::state::LoopState;
use crate::trace::Place;
use std::io;
use std::net::{Shutdown, SocketAddr, ToSocketAddrs};
use std::rc::Rc;

/// A connection.
#[derive(Debug)]
pub struct TcpStream {
    /// The OS's stream.
    pub(super) source: Source<OsStream>,
}

impl TcpStream {
    /// Connects to `address`: to the first that answers, if it has several.
    ///
    /// A name, in place of an address, is looked up here, and blocks.
    ///
    /// # Errors
    ///
    /// If no address could be connected to: the error of the last one.
    pub fn connect(address: impl ToSocketAddrs) -> Connect {
        Connect::new(address)
    }

    /// Reads what is there into `buffer`, and waits only if nothing is. Returns
    /// the number of bytes: 0 says that the peer will send no more.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn read<'a>(&'a self, buffer: &'a mut [u8]) -> Read<'a> {
        Read::new(self, buffer)
    }

    /// Fills `buffer` to its end.
    ///
    /// # Errors
    ///
    /// `UnexpectedEof` if the peer will send no more before that; else as the OS says.
    pub fn read_exact<'a>(&'a self, buffer: &'a mut [u8]) -> ReadExact<'a> {
        ReadExact::new(self, buffer)
    }

    /// Writes as much of `bytes` as there is room for, and waits only if there
    /// is none. Returns the number of bytes that the OS took.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn write<'a>(&'a self, bytes: &'a [u8]) -> Write<'a> {
        Write::new(self, bytes)
    }

    /// Writes all of `bytes`.
    ///
    /// # Errors
    ///
    /// As the OS says; some bytes may have been taken by then.
    pub fn write_all<'a>(&'a self, bytes: &'a [u8]) -> WriteAll<'a> {
        WriteAll::new(self, bytes)
    }

    /// Ends the reading, the writing or both; the peer then reads 0 bytes.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.source.object.shutdown(how)
    }

    /// The other end's address.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.source.object.peer_addr()
    }

    /// This end's address.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.source.object.local_addr()
    }

    /// Sends small writes at once instead of collecting them.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn set_nodelay(&self, is_on: bool) -> io::Result<()> {
        self.source.object.set_nodelay(is_on)
    }

    /// Registers a stream of the OS.
    pub(super) fn new(
        state: &Rc<LoopState>,
        stream: OsStream,
        peer: SocketAddr,
        interest: Interest,
        place: Place,
    ) -> io::Result<Self> {
        let ends = Ends {
            local: stream.local_addr().ok(),
            peer: Some(peer),
        };
        let source = Source::register(state, stream, "stream", interest, ends, place)?;
        Ok(TcpStream { source })
    }
}
