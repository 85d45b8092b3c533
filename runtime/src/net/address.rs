//! Addresses of the internet, as a program writes them: numbers, or a name.
//!
//! The standard library's `ToSocketAddrs` looks names up in place, which blocks
//! the loop. This one tells whether there is a name to look up.
//!
//! Invariant: numbers are never looked up, and what cannot be an address is an
//! error at once.
//!
//! Book: chapter 9.

use std::io;
use std::net::{
    IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6, ToSocketAddrs as _,
};

/// What can be connected to, or bound: `"127.0.0.1:80"`, `"localhost:80"`,
/// `("localhost", 80)`, a [`SocketAddr`], or a slice of several.
pub trait ToAddresses {
    /// The addresses, or the name to look up.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if it is neither.
    fn to_addresses(&self) -> io::Result<Addresses>;
}

/// Addresses that are known, or must be looked up.
#[derive(Debug)]
pub enum Addresses {
    /// These, to be tried in order.
    Known(Vec<SocketAddr>),
    /// Those of this host, and this port.
    Named(String, u16),
}

impl ToAddresses for str {
    fn to_addresses(&self) -> io::Result<Addresses> {
        if let Ok(address) = self.parse() {
            return Ok(Addresses::Known(vec![address]));
        }
        let split = self.rsplit_once(':');
        match split.and_then(|(host, port)| Some((host, port.parse().ok()?))) {
            Some((host, port)) => (host, port).to_addresses(),
            None => Err(invalid(&format!(
                "{self:?} is no address: write it as \"host:port\", the port from 0 to 65535"
            ))),
        }
    }
}

impl ToAddresses for (&str, u16) {
    fn to_addresses(&self) -> io::Result<Addresses> {
        let (host, port) = *self;
        if let Ok(address) = host.parse::<IpAddr>() {
            return (address, port).to_addresses();
        }
        if host.is_empty() || host.contains(['[', ']', '/', ' ', '\0']) {
            return Err(invalid(&format!("{host:?} is no name of a host")));
        }
        Ok(Addresses::Named(host.into(), port))
    }
}

impl ToAddresses for [SocketAddr] {
    fn to_addresses(&self) -> io::Result<Addresses> {
        Ok(Addresses::Known(self.to_vec()))
    }
}

impl ToAddresses for String {
    fn to_addresses(&self) -> io::Result<Addresses> {
        self.as_str().to_addresses()
    }
}

impl ToAddresses for (String, u16) {
    fn to_addresses(&self) -> io::Result<Addresses> {
        (self.0.as_str(), self.1).to_addresses()
    }
}

impl<T: ToAddresses + ?Sized> ToAddresses for &T {
    fn to_addresses(&self) -> io::Result<Addresses> {
        (**self).to_addresses()
    }
}

/// What is one address in other words.
macro_rules! one_address {
    ($($type:ty),*) => {$(
        impl ToAddresses for $type {
            fn to_addresses(&self) -> io::Result<Addresses> {
                Ok(Addresses::Known(vec![(*self).into()]))
            }
        }
    )*};
}

one_address!(SocketAddr, SocketAddrV4, SocketAddrV6);
one_address!((IpAddr, u16), (Ipv4Addr, u16), (Ipv6Addr, u16));

/// Binds the first of the addresses that can be bound. A name blocks here.
pub(super) fn bind_first<T>(
    address: &impl ToAddresses,
    bind: impl Fn(SocketAddr) -> io::Result<T>,
) -> io::Result<T> {
    let addresses = match address.to_addresses()? {
        Addresses::Known(addresses) => addresses,
        Addresses::Named(host, port) => (host, port).to_socket_addrs()?.collect(),
    };
    let mut last = invalid("there is no address to bind");
    for address in addresses {
        match bind(address) {
            Ok(bound) => return Ok(bound),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// An error in what the program passed.
pub(super) fn invalid(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, message)
}

#[cfg(test)]
mod tests {
    use super::{Addresses, ToAddresses};
    use std::io::ErrorKind;

    #[test]
    fn numbers_are_not_looked_up() {
        for text in ["127.0.0.1:80", "[::1]:80", "::1:80"] {
            let addresses = text.to_addresses().unwrap();
            assert!(matches!(addresses, Addresses::Known(known) if known.len() == 1));
        }
        let addresses = ("::1", 80).to_addresses().unwrap();
        assert!(matches!(addresses, Addresses::Known(_)));
    }

    #[test]
    fn a_name_is_to_be_looked_up() {
        for addresses in [
            "localhost:80".to_addresses(),
            ("localhost", 80).to_addresses(),
        ] {
            let Addresses::Named(host, 80) = addresses.unwrap() else {
                panic!("it is a name");
            };
            assert_eq!(host, "localhost");
        }
    }

    #[test]
    fn what_is_no_address_is_an_error_that_says_what_to_write() {
        for text in [
            "",
            "localhost",
            "localhost:",
            "localhost:http",
            "1.2.3.4:65536",
            ":80",
        ] {
            let error = text.to_addresses().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{text}");
        }
        let error = "localhost".to_addresses().unwrap_err();
        assert!(error.to_string().contains("write it as \"host:port\""));
    }
}
