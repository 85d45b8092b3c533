//! Unix's family: how the OS is asked about sockets that a path names.

use super::super::address::invalid;
use super::{Sockets, Unix};
use crate::reactor::os;
use crate::trace::Text;
use std::io;
use std::net::Shutdown;
use std::os::fd::AsFd;
use std::os::unix::net::SocketAddr;
use std::path::{Path, PathBuf};

impl Sockets for Unix {
    type Address = SocketAddr;
    type Target = PathBuf;
    type Stream = os::UnixStream;
    type Listener = os::UnixListener;
    type Datagram = os::UnixDatagram;

    const CONNECT: &'static str = "UnixStream::connect()";
    const STREAM: &'static str = "unix_stream";
    const LISTENER: &'static str = "unix_listener";
    const DATAGRAM: &'static str = "unix_datagram";
    /// careful: a read stops behind bytes that came with file descriptors.
    const SHORT_READ_DRAINS: bool = false;

    fn show(address: &SocketAddr) -> Option<String> {
        let path = address.as_pathname()?; // most clients have none
        Some(Text(&path.to_string_lossy()).to_string())
    }

    fn connect(target: &PathBuf) -> io::Result<os::UnixStream> {
        at(target, os::UnixStream::connect)
    }

    fn peek(stream: &os::UnixStream, buffer: &mut [u8]) -> io::Result<usize> {
        peek(stream, buffer)
    }

    fn shutdown(stream: &os::UnixStream, how: Shutdown) -> io::Result<()> {
        stream.shutdown(how)
    }

    fn stream_error(stream: &os::UnixStream) -> io::Result<Option<io::Error>> {
        stream.take_error()
    }

    fn stream_local(stream: &os::UnixStream) -> io::Result<SocketAddr> {
        stream.local_addr()
    }

    fn stream_peer(stream: &os::UnixStream) -> io::Result<SocketAddr> {
        stream.peer_addr()
    }

    fn accept(listener: &os::UnixListener) -> io::Result<(os::UnixStream, SocketAddr)> {
        listener.accept()
    }

    fn listener_local(listener: &os::UnixListener) -> io::Result<SocketAddr> {
        listener.local_addr()
    }

    fn listener_error(listener: &os::UnixListener) -> io::Result<Option<io::Error>> {
        listener.take_error()
    }

    fn send(socket: &os::UnixDatagram, bytes: &[u8]) -> io::Result<usize> {
        socket.send(bytes)
    }

    fn recv(socket: &os::UnixDatagram, buffer: &mut [u8]) -> io::Result<usize> {
        socket.recv(buffer)
    }

    fn recv_from(socket: &os::UnixDatagram, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        socket.recv_from(buffer)
    }

    fn peek_datagram(socket: &os::UnixDatagram, buffer: &mut [u8]) -> io::Result<usize> {
        peek(socket, buffer)
    }

    fn datagram_local(socket: &os::UnixDatagram) -> io::Result<SocketAddr> {
        socket.local_addr()
    }

    fn datagram_peer(socket: &os::UnixDatagram) -> io::Result<SocketAddr> {
        socket.peer_addr()
    }

    fn datagram_error(socket: &os::UnixDatagram) -> io::Result<Option<io::Error>> {
        socket.take_error()
    }
}

/// Peeks into a socket of any family.
///
/// The standard library can do so for the internet's alone, but asks the OS in
/// words that hold for every family: so it is lent a duplicate, whose type is
/// wrong and whose socket is right. It costs two calls to the OS more.
fn peek(socket: &impl AsFd, buffer: &mut [u8]) -> io::Result<usize> {
    let lent = socket.as_fd().try_clone_to_owned()?;
    std::net::TcpStream::from(lent).peek(buffer)
}

/// Does something with the socket at `path`. An error names the path, and says
/// what to do.
pub(crate) fn at<'a, T>(
    path: &'a Path,
    action: impl FnOnce(&'a Path) -> io::Result<T>,
) -> io::Result<T> {
    if path.as_os_str().is_empty() {
        // careful: Linux would bind it to a name of its own choosing, without a file.
        return Err(invalid("a Unix socket needs a path, and this one is empty"));
    }
    action(path).map_err(|error| of_path(path, error))
}

/// The OS's error with the path in it, and with what to do. `WouldBlock`, which
/// is no error yet, stays as it is.
fn of_path(path: &Path, error: io::Error) -> io::Error {
    let advice = match error.kind() {
        io::ErrorKind::WouldBlock => return error,
        io::ErrorKind::AddrInUse => {
            "; remove the file, if no other process listens there: it outlives its listener"
        }
        io::ErrorKind::ConnectionRefused => "; the file is there, but nobody listens",
        _ => "",
    };
    io::Error::new(error.kind(), format!("{}: {error}{advice}", path.display()))
}
