//! TCP: what its streams and listeners alone can do.
//!
//! Other options of sockets (keep-alive, linger, sizes of buffers) are had
//! through the crate `socket2`, which takes any of ours: `SockRef::from(&stream)`.
//!
//! Book: chapter 9.

use super::address::{ToAddresses, bind_first};
use super::connect::Connect;
use super::family::Ip;
use super::listener::Listener;
use super::stream::Stream;
use crate::context;
use crate::reactor::os;
use std::io;
use std::panic::Location;

/// A TCP connection: see [`Stream`].
pub type TcpStream = Stream<Ip>;

/// Listens for TCP connections: see [`Listener`].
pub type TcpListener = Listener<Ip>;

impl TcpStream {
    /// Connects to `address`: to the first that answers, if it has several.
    ///
    /// It waits for as long as the OS does, which may be minutes if nobody
    /// answers: see [`timeout`](crate::timeout()).
    ///
    /// # Errors
    ///
    /// If no address could be connected to: the error of the last one, such as
    /// `ConnectionRefused`. `InvalidInput` if `address` has no port, or is no
    /// address at all.
    ///
    /// # Panics
    ///
    /// Awaiting it panics outside of an event loop, or after it was ready.
    pub fn connect(address: impl ToAddresses) -> Connect<Ip> {
        Connect::to_address(&address)
    }

    /// Whether small writes are sent at once.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn nodelay(&self) -> io::Result<bool> {
        self.source.object().nodelay()
    }

    /// Sends small writes at once instead of collecting them.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn set_nodelay(&self, is_on: bool) -> io::Result<()> {
        self.source.object().set_nodelay(is_on)
    }

    /// How many hops a packet may take.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn ttl(&self) -> io::Result<u32> {
        self.source.object().ttl()
    }

    /// Lets a packet take so many hops.
    ///
    /// # Errors
    ///
    /// As the OS says: `InvalidInput` for 0, or for more than 255.
    pub fn set_ttl(&self, hops: u32) -> io::Result<()> {
        self.source.object().set_ttl(hops)
    }
}

impl TcpListener {
    /// Listens on `address`; on port 0 the OS chooses one.
    ///
    /// A name, in place of an address, is looked up here, and blocks: a server
    /// binds before it serves.
    ///
    /// # Errors
    ///
    /// If no address can be bound: the error of the last one, such as
    /// `AddrInUse`. `InvalidInput` if `address` has no port, or is no address
    /// at all.
    ///
    /// # Panics
    ///
    /// If it is called outside of an event loop.
    #[track_caller]
    pub fn bind(address: impl ToAddresses) -> io::Result<Self> {
        let place = Location::caller();
        let state = context::expect_current("TcpListener::bind()");
        let listener = bind_first(&address, os::TcpListener::bind)?;
        Listener::register(&state, listener, place)
    }

    /// How many hops a packet may take.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn ttl(&self) -> io::Result<u32> {
        self.source.object().ttl()
    }

    /// Lets a packet take so many hops, of streams that are accepted from now on.
    ///
    /// # Errors
    ///
    /// As the OS says: `InvalidInput` for 0, or for more than 255.
    pub fn set_ttl(&self, hops: u32) -> io::Result<()> {
        self.source.object().set_ttl(hops)
    }
}
