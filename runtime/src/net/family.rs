//! Families of sockets: what the internet's and Unix's have in common.
//!
//! Each family has streams, listeners and datagrams, and the OS moves their
//! bytes by the same calls; they differ in how an address looks, and in how a
//! socket is made. So [`Stream`](super::Stream), [`Listener`](super::Listener)
//! and [`Datagram`](super::Datagram) are written once, for any family, and what
//! only one of them can do stands in a file of its own ([`tcp`](super::tcp),
//! [`udp`](super::udp), [`unix`](super::unix)).
//!
//! Invariants: (1) each function is one call to the OS, which never waits;
//! (2) the trace names no address in virtual time: every run has one trace.
//!
//! Left out: families of others' making. The trait is sealed.
//!
//! Book: chapter 9.

mod ip;
#[cfg(unix)]
mod unix;

#[cfg(unix)]
pub(super) use unix::at;

use crate::clock::Clock;
use crate::reactor::OsSource;
use crate::state::LoopState;
use crate::trace::{self, Ends};
use std::fmt;
use std::io;
use std::net::Shutdown;

/// A family of sockets: [`Ip`] or `Unix`. Nobody else can implement it.
pub trait Family: Sockets {}

/// The internet's sockets: TCP and UDP.
#[derive(Clone, Copy, Debug)]
pub enum Ip {}

impl Family for Ip {}

/// Unix's sockets: between processes of one machine, named by a path.
#[cfg(unix)]
#[derive(Clone, Copy, Debug)]
pub enum Unix {}

#[cfg(unix)]
impl Family for Unix {}

/// What the OS does for a family: the table behind [`Family`].
pub trait Sockets: fmt::Debug + Sized + 'static {
    /// Where a socket is.
    type Address;
    /// Whither to connect.
    type Target: fmt::Debug;
    /// The OS's stream.
    type Stream: Bytes + fmt::Debug;
    /// The OS's listener.
    type Listener: OsSource + fmt::Debug;
    /// The OS's datagram socket.
    type Datagram: OsSource + fmt::Debug;

    /// The function that connects, for a panic's message.
    const CONNECT: &'static str;
    /// What the trace calls a stream.
    const STREAM: &'static str;
    /// What the trace calls a listener.
    const LISTENER: &'static str;
    /// What the trace calls a datagram socket.
    const DATAGRAM: &'static str;
    /// Whether a read that was not filled has left nothing behind, if the OS has
    /// told of nothing else.
    const SHORT_READ_DRAINS: bool;

    /// How the trace shows an address, if it has anything to show.
    fn show(address: &Self::Address) -> Option<String>;

    /// Begins to connect.
    fn connect(target: &Self::Target) -> io::Result<Self::Stream>;
    /// Reads, and leaves what it has read to the next.
    fn peek(stream: &Self::Stream, buffer: &mut [u8]) -> io::Result<usize>;
    /// Ends a direction, or both.
    fn shutdown(stream: &Self::Stream, how: Shutdown) -> io::Result<()>;
    /// What went wrong since the last time that this was asked.
    fn stream_error(stream: &Self::Stream) -> io::Result<Option<io::Error>>;
    /// This end's address.
    fn stream_local(stream: &Self::Stream) -> io::Result<Self::Address>;
    /// The other end's.
    fn stream_peer(stream: &Self::Stream) -> io::Result<Self::Address>;

    /// Takes a connection, and says who it is.
    fn accept(listener: &Self::Listener) -> io::Result<(Self::Stream, Self::Address)>;
    /// Where it listens.
    fn listener_local(listener: &Self::Listener) -> io::Result<Self::Address>;
    /// What went wrong since the last time that this was asked.
    fn listener_error(listener: &Self::Listener) -> io::Result<Option<io::Error>>;

    /// Sends to whom the socket is connected.
    fn send(socket: &Self::Datagram, bytes: &[u8]) -> io::Result<usize>;
    /// Receives from anybody, or from whom the socket is connected to.
    fn recv(socket: &Self::Datagram, buffer: &mut [u8]) -> io::Result<usize>;
    /// Receives, and says from whom.
    fn recv_from(socket: &Self::Datagram, buffer: &mut [u8]) -> io::Result<(usize, Self::Address)>;
    /// Receives, and leaves what it has received to the next.
    fn peek_datagram(socket: &Self::Datagram, buffer: &mut [u8]) -> io::Result<usize>;
    /// Its own address.
    fn datagram_local(socket: &Self::Datagram) -> io::Result<Self::Address>;
    /// Whom it is connected to.
    fn datagram_peer(socket: &Self::Datagram) -> io::Result<Self::Address>;
    /// What went wrong since the last time that this was asked.
    fn datagram_error(socket: &Self::Datagram) -> io::Result<Option<io::Error>>;
}

/// An object of the OS from which bytes are read, and to which they are written.
pub trait Bytes: OsSource {
    /// Reads what is there.
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize>;
    /// Reads what is there, into one buffer after the other.
    fn read_vectored(&self, buffers: &mut [io::IoSliceMut<'_>]) -> io::Result<usize>;
    /// Writes what there is room for.
    fn write(&self, bytes: &[u8]) -> io::Result<usize>;
    /// Writes what there is room for, from one buffer after the other.
    fn write_vectored(&self, buffers: &[io::IoSlice<'_>]) -> io::Result<usize>;
}

impl<S: OsSource> Bytes for S
where
    for<'a> &'a S: io::Read + io::Write,
{
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        io::Read::read(&mut &*self, buffer)
    }

    fn read_vectored(&self, buffers: &mut [io::IoSliceMut<'_>]) -> io::Result<usize> {
        io::Read::read_vectored(&mut &*self, buffers)
    }

    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        io::Write::write(&mut &*self, bytes)
    }

    fn write_vectored(&self, buffers: &[io::IoSlice<'_>]) -> io::Result<usize> {
        io::Write::write_vectored(&mut &*self, buffers)
    }
}

/// The ends of a socket, if the trace wants them (invariant 2). The OS is asked
/// for them only then.
pub(super) fn ends<F: Family>(
    state: &LoopState,
    local: impl FnOnce() -> io::Result<F::Address>,
    peer: impl FnOnce() -> io::Result<F::Address>,
) -> Ends {
    if !trace::enabled() || state.time.clock == Clock::Virtual {
        return Ends::default();
    }
    let show = |address: io::Result<F::Address>| F::show(&address.ok()?);
    Ends {
        local: show(local()),
        peer: show(peer()),
    }
}
