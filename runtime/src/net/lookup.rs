//! Looking up a name, off the loop.
//!
//! The OS has no way to do this without blocking, so a thread of the pool waits
//! for it. The loop's end does not: nothing is lost when nobody is there to ask.
//!
//! Book: chapter 9.

use crate::blocking::{Kind, Operation};
use std::net::{SocketAddr, ToSocketAddrs};
use std::vec;

/// Looks up the addresses of a host, given as `"name:port"` or `("name", port)`.
///
/// ```
/// use runtime::{Clock, EventLoop, net::lookup_host};
///
/// let addresses = EventLoop::new(Clock::Virtual).block_on(lookup_host("127.0.0.1:80"));
/// let addresses: Vec<_> = addresses.expect("an address needs no name server").collect();
/// assert_eq!(addresses, ["127.0.0.1:80".parse().expect("an address")]);
/// ```
///
/// # Errors
///
/// `InvalidInput` if the port is missing or none; else as the OS says, which is
/// how an unknown name shows.
pub fn lookup_host(
    name: impl ToSocketAddrs + Send + 'static,
) -> Operation<vec::IntoIter<SocketAddr>> {
    Operation::new("lookup_host()", Kind::Query, move || {
        let addresses: Vec<_> = name.to_socket_addrs()?.collect();
        Ok(addresses.into_iter())
    })
}
