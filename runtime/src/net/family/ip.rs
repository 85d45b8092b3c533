//! The internet's family: how the OS is asked about TCP and UDP.

use super::{Ip, Sockets};
use crate::reactor::os;
use std::io;
use std::net::{Shutdown, SocketAddr};

impl Sockets for Ip {
    type Address = SocketAddr;
    type Target = SocketAddr;
    type Stream = os::TcpStream;
    type Listener = os::TcpListener;
    type Datagram = os::UdpSocket;

    const CONNECT: &'static str = "TcpStream::connect()";
    const STREAM: &'static str = "stream";
    const LISTENER: &'static str = "listener";
    const DATAGRAM: &'static str = "udp";
    /// Where the OS tells of urgent bytes, and once of what is new.
    const SHORT_READ_DRAINS: bool = cfg!(any(target_os = "linux", target_os = "android"));

    fn show(address: &SocketAddr) -> Option<String> {
        Some(address.to_string())
    }

    fn connect(target: &SocketAddr) -> io::Result<os::TcpStream> {
        os::TcpStream::connect(*target)
    }

    fn peek(stream: &os::TcpStream, buffer: &mut [u8]) -> io::Result<usize> {
        stream.peek(buffer)
    }

    fn shutdown(stream: &os::TcpStream, how: Shutdown) -> io::Result<()> {
        stream.shutdown(how)
    }

    fn stream_error(stream: &os::TcpStream) -> io::Result<Option<io::Error>> {
        stream.take_error()
    }

    fn stream_local(stream: &os::TcpStream) -> io::Result<SocketAddr> {
        stream.local_addr()
    }

    fn stream_peer(stream: &os::TcpStream) -> io::Result<SocketAddr> {
        stream.peer_addr()
    }

    fn accept(listener: &os::TcpListener) -> io::Result<(os::TcpStream, SocketAddr)> {
        listener.accept()
    }

    fn listener_local(listener: &os::TcpListener) -> io::Result<SocketAddr> {
        listener.local_addr()
    }

    fn listener_error(listener: &os::TcpListener) -> io::Result<Option<io::Error>> {
        listener.take_error()
    }

    fn send(socket: &os::UdpSocket, bytes: &[u8]) -> io::Result<usize> {
        socket.send(bytes)
    }

    fn recv(socket: &os::UdpSocket, buffer: &mut [u8]) -> io::Result<usize> {
        socket.recv(buffer)
    }

    fn recv_from(socket: &os::UdpSocket, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        socket.recv_from(buffer)
    }

    fn peek_datagram(socket: &os::UdpSocket, buffer: &mut [u8]) -> io::Result<usize> {
        socket.peek(buffer)
    }

    fn datagram_local(socket: &os::UdpSocket) -> io::Result<SocketAddr> {
        socket.local_addr()
    }

    fn datagram_peer(socket: &os::UdpSocket) -> io::Result<SocketAddr> {
        socket.peer_addr()
    }

    fn datagram_error(socket: &os::UdpSocket) -> io::Result<Option<io::Error>> {
        socket.take_error()
    }
}
