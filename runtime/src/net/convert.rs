//! From the standard library's sockets, and back.
//!
//! Whatever only the standard library or the crate `socket2` can do to a socket
//! is done before or after, or to the file descriptor in between.
//!
//! Invariants: (1) a socket of ours never blocks; (2) one that is given back
//! blocks, as the standard library's do, and the loop has forgotten it.
//!
//! Book: chapter 9.

use super::datagram::Datagram;
use super::family::Family;
use super::listener::Listener;
use super::stream::Stream;
use super::{TcpListener, TcpStream, UdpSocket};
use crate::context;
use crate::reactor::{Interest, os};
use std::io;
#[cfg(unix)]
use std::os::fd::{AsFd, BorrowedFd};
use std::panic::Location;
#[cfg(unix)]
use {super::unix, std::os::unix::net as unix_std};

/// The two ways for one type of socket: its name, `mio`'s and the standard
/// library's; and how it is registered.
macro_rules! conversions {
    ($ours:ty, $os:ty, $std:ty, $register:path $(, $interest:expr)?) => {
        impl $ours {
            /// Has the loop watch a socket of the standard library, which must
            /// not be used elsewhere: it will no longer block.
            ///
            /// # Errors
            ///
            /// As the OS says.
            ///
            /// # Panics
            ///
            /// If it is called outside of an event loop.
            #[track_caller]
            pub fn from_std(socket: $std) -> io::Result<Self> {
                let place = Location::caller();
                let state = context::expect_current("from_std()");
                socket.set_nonblocking(true)?; // invariant 1
                $register(&state, <$os>::from_std(socket) $(, $interest)?, place)
            }

            /// Has the loop forget the socket, which blocks from now on.
            ///
            /// # Errors
            ///
            /// As the OS says.
            pub fn into_std(self) -> io::Result<$std> {
                let socket = <$std>::from(self.source.deregister());
                socket.set_nonblocking(false)?; // invariant 2
                Ok(socket)
            }
        }
    };
}

conversions!(
    TcpStream,
    os::TcpStream,
    std::net::TcpStream,
    Stream::register,
    Interest::ReadableAndWritable
);
conversions!(
    TcpListener,
    os::TcpListener,
    std::net::TcpListener,
    Listener::register
);
conversions!(
    UdpSocket,
    os::UdpSocket,
    std::net::UdpSocket,
    Datagram::register
);

#[cfg(unix)]
conversions!(
    unix::UnixStream,
    os::UnixStream,
    unix_std::UnixStream,
    Stream::register,
    Interest::ReadableAndWritable
);
#[cfg(unix)]
conversions!(
    unix::UnixListener,
    os::UnixListener,
    unix_std::UnixListener,
    Listener::register
);
#[cfg(unix)]
conversions!(
    unix::UnixDatagram,
    os::UnixDatagram,
    unix_std::UnixDatagram,
    Datagram::register
);

#[cfg(unix)]
impl<F: Family<Stream: AsFd>> AsFd for Stream<F> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.source.object().as_fd()
    }
}

#[cfg(unix)]
impl<F: Family<Listener: AsFd>> AsFd for Listener<F> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.source.object().as_fd()
    }
}

#[cfg(unix)]
impl<F: Family<Datagram: AsFd>> AsFd for Datagram<F> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.source.object().as_fd()
    }
}
