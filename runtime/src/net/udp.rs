//! UDP: what its sockets alone can do.
//!
//! Other options of sockets (sizes of buffers, reuse of a port) are had through
//! the crate `socket2`, which takes any of ours: `SockRef::from(&socket)`.
//!
//! Book: chapter 9.

use super::address::{ToAddresses, bind_first};
use super::datagram::Datagram;
use super::family::Ip;
use super::transfer::Transfer;
use crate::context;
use crate::reactor::{Direction, os};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::panic::Location;

/// A UDP socket: see [`Datagram`].
pub type UdpSocket = Datagram<Ip>;

impl UdpSocket {
    /// A socket on `address`; on port 0 the OS chooses one.
    ///
    /// A name, in place of an address, is looked up here, and blocks.
    ///
    /// # Errors
    ///
    /// If no address can be bound: the error of the last one. `InvalidInput` if
    /// `address` has no port, or is no address at all.
    ///
    /// # Panics
    ///
    /// If it is called outside of an event loop.
    #[track_caller]
    pub fn bind(address: impl ToAddresses) -> io::Result<Self> {
        let place = Location::caller();
        let state = context::expect_current("UdpSocket::bind()");
        Datagram::register(&state, bind_first(&address, os::UdpSocket::bind)?, place)
    }

    /// Sends and receives to and from `peer` alone from now on.
    ///
    /// # Errors
    ///
    /// As the OS says, which only notes the address and asks nobody.
    pub fn connect(&self, peer: SocketAddr) -> io::Result<()> {
        self.source.object().connect(peer)
    }

    /// Sends a datagram to `receiver`. Returns the number of its bytes: all of them.
    ///
    /// # Errors
    ///
    /// As [`send`](Datagram::send).
    pub fn send_to<'a>(
        &'a self,
        bytes: &'a [u8],
        receiver: SocketAddr,
    ) -> impl Future<Output = io::Result<usize>> {
        Transfer::new(&self.source, "send", Direction::Write, move |socket| {
            os::UdpSocket::send_to(socket, bytes, receiver)
        })
    }

    /// As [`recv_from`](Datagram::recv_from), but the next call gets the same
    /// datagram again; and only its beginning, if `buffer` is too short for it.
    ///
    /// # Errors
    ///
    /// As [`recv`](Datagram::recv), but for the length.
    pub fn peek_from<'a>(
        &'a self,
        buffer: &'a mut [u8],
    ) -> impl Future<Output = io::Result<(usize, SocketAddr)>> {
        Transfer::new(&self.source, "peek", Direction::Read, |socket| {
            os::UdpSocket::peek_from(socket, buffer)
        })
    }

    /// Whether it may send to a network's broadcast address.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn broadcast(&self) -> io::Result<bool> {
        self.source.object().broadcast()
    }

    /// Lets it send to a network's broadcast address, or not.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn set_broadcast(&self, is_on: bool) -> io::Result<()> {
        self.source.object().set_broadcast(is_on)
    }

    /// Whether this machine hears its own multicasts (IPv4).
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn multicast_loop_v4(&self) -> io::Result<bool> {
        self.source.object().multicast_loop_v4()
    }

    /// Has this machine hear its own multicasts (IPv4), or not.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn set_multicast_loop_v4(&self, is_on: bool) -> io::Result<()> {
        self.source.object().set_multicast_loop_v4(is_on)
    }

    /// How many hops a multicast may take (IPv4): 1, unless set.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn multicast_ttl_v4(&self) -> io::Result<u32> {
        self.source.object().multicast_ttl_v4()
    }

    /// Lets a multicast take so many hops (IPv4).
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn set_multicast_ttl_v4(&self, hops: u32) -> io::Result<()> {
        self.source.object().set_multicast_ttl_v4(hops)
    }

    /// Whether this machine hears its own multicasts (IPv6).
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn multicast_loop_v6(&self) -> io::Result<bool> {
        self.source.object().multicast_loop_v6()
    }

    /// Has this machine hear its own multicasts (IPv6), or not.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn set_multicast_loop_v6(&self, is_on: bool) -> io::Result<()> {
        self.source.object().set_multicast_loop_v6(is_on)
    }

    /// How many hops a datagram may take.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn ttl(&self) -> io::Result<u32> {
        self.source.object().ttl()
    }

    /// Lets a datagram take so many hops.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn set_ttl(&self, hops: u32) -> io::Result<()> {
        self.source.object().set_ttl(hops)
    }

    /// Receives what is sent to `group`, through the interface of this address;
    /// through any, if it is `UNSPECIFIED`.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn join_multicast_v4(&self, group: Ipv4Addr, interface: Ipv4Addr) -> io::Result<()> {
        self.source.object().join_multicast_v4(&group, &interface)
    }

    /// Undoes [`join_multicast_v4`](UdpSocket::join_multicast_v4).
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn leave_multicast_v4(&self, group: Ipv4Addr, interface: Ipv4Addr) -> io::Result<()> {
        self.source.object().leave_multicast_v4(&group, &interface)
    }

    /// Receives what is sent to `group`, through the interface of this index;
    /// through any, if it is 0.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn join_multicast_v6(&self, group: Ipv6Addr, interface: u32) -> io::Result<()> {
        self.source.object().join_multicast_v6(&group, interface)
    }

    /// Undoes [`join_multicast_v6`](UdpSocket::join_multicast_v6).
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn leave_multicast_v6(&self, group: Ipv6Addr, interface: u32) -> io::Result<()> {
        self.source.object().leave_multicast_v6(&group, interface)
    }
}
