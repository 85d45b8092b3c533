//! Unix sockets: what they alone can do.
//!
//! A listener or a datagram socket that is bound makes a file, which outlives
//! it: whoever binds removes it. A pair needs neither file nor name.
//!
//! Left out: abstract names, and passing file descriptors. `from_std` takes a
//! socket that was bound otherwise.
//!
//! Book: chapter 9.

use super::connect::Connect;
use super::datagram::Datagram;
use super::family::{Unix, at};
use super::listener::Listener;
use super::stream::Stream;
use crate::context;
use crate::reactor::{Direction, Interest, Source, os};
use crate::sleep::{Sleep, sleep};
use std::io;
use std::net::Shutdown;
use std::panic::Location;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

/// A Unix connection: see [`Stream`].
pub type UnixStream = Stream<Unix>;

/// Listens for Unix connections: see [`Listener`].
pub type UnixListener = Listener<Unix>;

/// A Unix socket for datagrams: see [`Datagram`].
///
/// Unlike UDP's they are neither lost nor reordered, and a sender waits for a
/// receiver that is slow.
pub type UnixDatagram = Datagram<Unix>;

impl UnixStream {
    /// Connects to the listener at `path`, and waits if its queue is full.
    ///
    /// # Errors
    ///
    /// `NotFound` if there is no such file, `ConnectionRefused` if nobody listens
    /// there any more, `InvalidInput` if `path` is empty, or too long for a socket
    /// (some 100 bytes); else as the OS says.
    ///
    /// # Panics
    ///
    /// Awaiting it panics outside of an event loop, or after it was ready.
    pub fn connect(path: impl AsRef<Path>) -> Connect<Unix> {
        Connect::to_path(path.as_ref().to_path_buf())
    }

    /// Two streams that are connected to each other.
    ///
    /// # Errors
    ///
    /// As the OS says.
    ///
    /// # Panics
    ///
    /// If it is called outside of an event loop.
    #[track_caller]
    pub fn pair() -> io::Result<(Self, Self)> {
        let place = Location::caller();
        let state = context::expect_current("UnixStream::pair()");
        let (one, other) = os::UnixStream::pair()?;
        let both = Interest::ReadableAndWritable;
        Ok((
            Stream::register(&state, one, both, place)?,
            Stream::register(&state, other, both, place)?,
        ))
    }
}

impl UnixListener {
    /// Listens at `path`, where it makes a file.
    ///
    /// # Errors
    ///
    /// `AddrInUse` if there is a file already, be it of a listener that is gone;
    /// `InvalidInput` if `path` is empty, or too long for a socket (some 100
    /// bytes); else as the OS says.
    ///
    /// # Panics
    ///
    /// If it is called outside of an event loop.
    #[track_caller]
    pub fn bind(path: impl AsRef<Path>) -> io::Result<Self> {
        let (place, path) = (Location::caller(), path.as_ref());
        let state = context::expect_current("UnixListener::bind()");
        let listener = at(path, os::UnixListener::bind)?;
        Listener::register(&state, listener, place)
    }
}

impl UnixDatagram {
    /// A socket at `path`, where it makes a file.
    ///
    /// # Errors
    ///
    /// As [`UnixListener::bind`].
    ///
    /// # Panics
    ///
    /// If it is called outside of an event loop.
    #[track_caller]
    pub fn bind(path: impl AsRef<Path>) -> io::Result<Self> {
        let (place, path) = (Location::caller(), path.as_ref());
        let state = context::expect_current("UnixDatagram::bind()");
        let socket = at(path, os::UnixDatagram::bind)?;
        Datagram::register(&state, socket, place)
    }

    /// A socket without a name: it can send, and receives once it is connected.
    ///
    /// # Errors
    ///
    /// As the OS says.
    ///
    /// # Panics
    ///
    /// If it is called outside of an event loop.
    #[track_caller]
    pub fn unbound() -> io::Result<Self> {
        let place = Location::caller();
        let state = context::expect_current("UnixDatagram::unbound()");
        Datagram::register(&state, os::UnixDatagram::unbound()?, place)
    }

    /// Two sockets that are connected to each other.
    ///
    /// # Errors
    ///
    /// As the OS says.
    ///
    /// # Panics
    ///
    /// If it is called outside of an event loop.
    #[track_caller]
    pub fn pair() -> io::Result<(Self, Self)> {
        let place = Location::caller();
        let state = context::expect_current("UnixDatagram::pair()");
        let (one, other) = os::UnixDatagram::pair()?;
        Ok((
            Datagram::register(&state, one, place)?,
            Datagram::register(&state, other, place)?,
        ))
    }

    /// Sends to the socket at `path` from now on, and receives from it alone.
    ///
    /// # Errors
    ///
    /// `NotFound` if there is no such file, `ConnectionRefused` if its socket is
    /// gone; else as the OS says.
    pub fn connect(&self, path: impl AsRef<Path>) -> io::Result<()> {
        at(path.as_ref(), |path| self.source.object().connect(path))
    }

    /// Sends a datagram to the socket at `path`, and waits if that has no room.
    /// Returns the number of its bytes: all of them.
    ///
    /// # Errors
    ///
    /// As [`connect`](UnixDatagram::connect) and [`send`](Datagram::send).
    pub fn send_to<'a>(
        &'a self,
        bytes: &'a [u8],
        path: &'a (impl AsRef<Path> + ?Sized),
    ) -> impl Future<Output = io::Result<usize>> {
        let path = path.as_ref();
        let operation =
            move |socket: &os::UnixDatagram| at(path, |path| socket.send_to(bytes, path));
        Insistent {
            source: &self.source,
            operation,
            rest: None,
        }
    }

    /// Ends the receiving, the sending or both; the peer then receives 0 bytes.
    ///
    /// # Errors
    ///
    /// `NotConnected` if it is not connected; else as the OS says.
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.source.object().shutdown(how)
    }
}

/// How long to wait for room in another's socket.
const REST: Duration = Duration::from_millis(2);

/// Sends to a socket that ours is not connected to; tries again after [`REST`].
///
/// careful: the OS never says when *that* socket has room, and calls ours
/// writable after each attempt that failed: to wait for readiness is to spin.
#[must_use = "nothing is sent unless this is awaited"]
struct Insistent<'a, O> {
    /// Our socket.
    source: &'a Source<os::UnixDatagram>,
    /// What to ask the OS.
    operation: O,
    /// Until it is tried again, while it waits.
    rest: Option<Sleep>,
}

impl<O> Future for Insistent<'_, O>
where
    O: FnMut(&os::UnixDatagram) -> io::Result<usize> + Unpin,
{
    type Output = io::Result<usize>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let place = Location::caller();
        let Insistent {
            source,
            operation,
            rest,
        } = &mut *self;
        loop {
            if let Some(sleep) = rest {
                ready!(Pin::new(sleep).poll(context));
            }
            match source.attempt_once("send", Direction::Write, place, &mut *operation) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    *rest = Some(sleep(REST));
                }
                sent => {
                    let bytes = sent?;
                    source.transferred("send", bytes, place);
                    return Poll::Ready(Ok(bytes));
                }
            }
        }
    }
}
