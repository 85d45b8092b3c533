//! A TCP listener: a source of new connections.
//!
//! Invariants: (1) an error of `accept` is returned, not retried: a process
//! without free file descriptors is told so, and does not spin; (2) a listener
//! that is dropped is closed, and whoever waits for it is not woken any more.
//!
//! Book: chapter 4.

use super::TcpStream;
use crate::context;
use crate::reactor::{Direction, Ends, Interest, OsListener, Source};
use crate::wait_list::Ticket;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// Listens for connections.
#[derive(Debug)]
pub struct TcpListener {
    /// The OS's listener.
    source: Source<OsListener>,
}

impl TcpListener {
    /// Listens on `address`; on port 0 the OS chooses one.
    ///
    /// A name, in place of an address, is looked up here, and blocks.
    ///
    /// # Errors
    ///
    /// If no address can be bound: the error of the last one.
    ///
    /// # Panics
    ///
    /// If it is called outside of an event loop.
    #[track_caller]
    pub fn bind(address: impl ToSocketAddrs) -> io::Result<Self> {
        let place = Location::caller();
        let state = context::expect_current("TcpListener::bind()");
        let mut last = io::Error::new(io::ErrorKind::InvalidInput, "there is no address to bind");
        for address in address.to_socket_addrs()? {
            match OsListener::bind(address) {
                Ok(listener) => {
                    let ends = Ends {
                        local: listener.local_addr().ok(),
                        peer: None,
                    };
                    let interest = Interest::Readable;
                    let source =
                        Source::register(&state, listener, "listener", interest, ends, place)?;
                    return Ok(TcpListener { source });
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// Waits for the next connection.
    ///
    /// # Errors
    ///
    /// As the OS says; `ConnectionAborted` concerns one peer only, and the next
    /// call may succeed.
    pub fn accept(&self) -> Accept<'_> {
        Accept {
            listener: self,
            ticket: None,
        }
    }

    /// The address on which it listens.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.source.object.local_addr()
    }
}

/// See [`TcpListener::accept`].
#[derive(Debug)]
#[must_use = "nothing is accepted unless this is awaited"]
pub struct Accept<'a> {
    /// Where.
    listener: &'a TcpListener,
    /// Its place among those who wait for the listener.
    ticket: Option<Ticket>,
}

impl Future for Accept<'_> {
    type Output = io::Result<(TcpStream, SocketAddr)>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let place = Location::caller();
        let Accept { listener, ticket } = &mut *self;
        let source = &listener.source;
        let accept = OsListener::accept;
        let attempt = source.attempt("accept", Direction::Read, ticket, place, context, accept);
        let (stream, peer) = ready!(attempt)?;
        let both = Interest::ReadableAndWritable;
        let stream = TcpStream::new(&source.state, stream, peer, both, place)?;
        Poll::Ready(Ok((stream, peer)))
    }
}

impl Drop for Accept<'_> {
    fn drop(&mut self) {
        self.listener
            .source
            .forget(Direction::Read, &mut self.ticket);
    }
}
