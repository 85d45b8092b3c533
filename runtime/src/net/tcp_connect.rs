//! Connecting: a stream that is not there yet.
//!
//! The OS is told to begin, and says `writable` when it is done, with or without
//! success. Only then is it asked about reading, too.
//!
//! Invariants: (1) one address is tried at a time, in order; (2) a connect that
//! is dropped early closes what it has begun.
//!
//! Book: chapter 4.

use super::TcpStream;
use crate::context;
use crate::reactor::{Direction, Interest, OsStream};
use crate::trace::Place;
use crate::wait_list::Ticket;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::vec;

/// See [`TcpStream::connect`].
#[derive(Debug)]
#[must_use = "nothing is connected unless this is awaited"]
pub struct Connect {
    /// The addresses that were not tried yet.
    addresses: vec::IntoIter<SocketAddr>,
    /// Why the last one failed. Empty once it was returned.
    error: Option<io::Error>,
    /// The stream that is being connected.
    attempt: Option<TcpStream>,
    /// Its place among those who wait for that stream.
    ticket: Option<Ticket>,
}

impl Connect {
    /// Will connect to the first of the addresses that answers.
    pub(super) fn new(address: impl ToSocketAddrs) -> Self {
        let (addresses, error) = match address.to_socket_addrs() {
            Ok(addresses) => (addresses.collect(), io::ErrorKind::InvalidInput.into()),
            Err(error) => (Vec::new(), error),
        };
        Connect {
            addresses: addresses.into_iter(),
            error: Some(error),
            attempt: None,
            ticket: None,
        }
    }
}

impl Future for Connect {
    type Output = io::Result<TcpStream>;

    /// # Panics
    ///
    /// If it is polled outside of an event loop, or after it was ready.
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let place = Location::caller();
        loop {
            let begun = match self.attempt.take() {
                Some(stream) => Ok(stream),
                None => match self.addresses.next() {
                    Some(address) => begin(address, place),
                    None => return Poll::Ready(Err(self.error.take().expect("ready once"))),
                },
            };
            match begun.map(|stream| self.go_on(stream, place, context)) {
                Ok(Poll::Pending) => return Poll::Pending,
                Ok(Poll::Ready(Ok(stream))) => return Poll::Ready(Ok(stream)),
                Ok(Poll::Ready(Err(error))) | Err(error) => self.error = Some(error),
            }
        }
    }
}

impl Connect {
    /// Looks whether `stream` is connected by now; keeps it, if it is not.
    fn go_on(
        &mut self,
        mut stream: TcpStream,
        place: Place,
        context: &Context<'_>,
    ) -> Poll<io::Result<TcpStream>> {
        let (source, ticket) = (&stream.source, &mut self.ticket);
        let write = Direction::Write; // the OS says writable when it is connected
        let attempt = source.attempt("connect", write, ticket, place, context, is_connected);
        if attempt.is_pending() {
            self.attempt = Some(stream);
            return Poll::Pending;
        }
        ready!(attempt)?;
        let both = Interest::ReadableAndWritable;
        stream.source.reregister(both, place)?;
        Poll::Ready(Ok(stream))
    }
}

/// Has the OS begin to connect.
#[track_caller]
fn begin(address: SocketAddr, place: Place) -> io::Result<TcpStream> {
    let state = context::expect_current("TcpStream::connect()");
    let stream = OsStream::connect(address)?;
    TcpStream::new(&state, stream, address, Interest::Writable, place)
}

/// Asks the OS how far it has come with connecting.
fn is_connected(stream: &OsStream) -> io::Result<()> {
    if let Some(error) = stream.take_error()? {
        return Err(error);
    }
    match stream.peer_addr() {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotConnected => {
            Err(io::ErrorKind::WouldBlock.into())
        }
        Err(error) => Err(error),
    }
}
