//! A TCP stream: a connection, from which tasks read and to which they write.
//!
//! Invariants: (1) reading and writing are independent: each has its own
//! waiters; (2) a future that is dropped early leaves nothing behind but what it
//! has transferred: `read` and `write` are either done or not begun, while
//! `write_all` and `read_exact` may be half done.
//!
//! Left out: buffers. Each call that does not wait is one call to the OS.
//!
//! Book: chapter 4.

use crate::context;
use crate::reactor::{Direction, Ends, Interest, OsStream, Source};
use crate::state::LoopState;
use crate::trace::Place;
use crate::wait_list::Ticket;
use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, ToSocketAddrs};
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::vec;

/// A connection.
#[derive(Debug)]
pub struct TcpStream {
    /// The OS's stream.
    source: Source<OsStream>,
}

impl TcpStream {
    /// Connects to `address`: to the first that answers, if it has several.
    ///
    /// A name, in place of an address, is looked up here, and blocks.
    ///
    /// # Errors
    ///
    /// If no address could be connected to: the error of the last one.
    pub fn connect(address: impl ToSocketAddrs) -> Connect {
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

    /// Reads what is there into `buffer`, and waits only if nothing is. Returns
    /// the number of bytes: 0 says that the peer will send no more.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn read<'a>(&'a self, buffer: &'a mut [u8]) -> Read<'a> {
        let wait = Wait::new(self, Direction::Read);
        Read { wait, buffer }
    }

    /// Fills `buffer` to its end.
    ///
    /// # Errors
    ///
    /// `UnexpectedEof` if the peer will send no more before that; else as the OS says.
    pub fn read_exact<'a>(&'a self, buffer: &'a mut [u8]) -> ReadExact<'a> {
        let wait = Wait::new(self, Direction::Read);
        ReadExact { wait, buffer }
    }

    /// Writes as much of `bytes` as there is room for, and waits only if there
    /// is none. Returns the number of bytes that the OS took.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn write<'a>(&'a self, bytes: &'a [u8]) -> Write<'a> {
        let wait = Wait::new(self, Direction::Write);
        Write { wait, bytes }
    }

    /// Writes all of `bytes`.
    ///
    /// # Errors
    ///
    /// As the OS says; some bytes may have been taken by then.
    pub fn write_all<'a>(&'a self, bytes: &'a [u8]) -> WriteAll<'a> {
        let wait = Wait::new(self, Direction::Write);
        WriteAll { wait, bytes }
    }

    /// Ends the reading, the writing or both; the peer then reads 0 bytes.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn shutdown(&self, how: Shutdown) -> io::Result<()> {
        self.source.object.shutdown(how)
    }

    /// The other end's address.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.source.object.peer_addr()
    }

    /// This end's address.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.source.object.local_addr()
    }

    /// Sends small writes at once instead of collecting them.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn set_nodelay(&self, is_on: bool) -> io::Result<()> {
        self.source.object.set_nodelay(is_on)
    }

    /// Registers a stream of the OS.
    pub(super) fn new(
        state: &Rc<LoopState>,
        stream: OsStream,
        peer: SocketAddr,
        interest: Interest,
        place: Place,
    ) -> io::Result<Self> {
        let ends = Ends {
            local: stream.local_addr().ok(),
            peer: Some(peer),
        };
        let source = Source::register(state, stream, "stream", interest, ends, place)?;
        Ok(TcpStream { source })
    }
}

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

/// One direction of a stream, and the place of a future among those who wait for it.
#[derive(Debug)]
struct Wait<'a> {
    /// The stream.
    stream: &'a TcpStream,
    /// Which direction.
    direction: Direction,
    /// The place; `None` while it does not wait.
    ticket: Option<Ticket>,
}

impl<'a> Wait<'a> {
    /// Does not wait yet.
    fn new(stream: &'a TcpStream, direction: Direction) -> Self {
        Wait {
            stream,
            direction,
            ticket: None,
        }
    }

    /// Tries to transfer some bytes.
    fn transfer(
        &mut self,
        place: Place,
        context: &Context<'_>,
        operation: impl FnMut(&OsStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        let op = match self.direction {
            Direction::Read => "read",
            Direction::Write => "write",
        };
        let source = &self.stream.source;
        let attempt = source.attempt(
            op,
            self.direction,
            &mut self.ticket,
            place,
            context,
            operation,
        );
        let bytes = ready!(attempt)?;
        source.transferred(op, bytes, place);
        Poll::Ready(Ok(bytes))
    }

    /// Tries to read.
    fn read(
        &mut self,
        buffer: &mut [u8],
        place: Place,
        context: &Context<'_>,
    ) -> Poll<io::Result<usize>> {
        if buffer.is_empty() {
            return Poll::Ready(Ok(0)); // careful: the OS would wait even so
        }
        self.transfer(place, context, |mut stream| stream.read(buffer))
    }

    /// Tries to write.
    fn write(
        &mut self,
        bytes: &[u8],
        place: Place,
        context: &Context<'_>,
    ) -> Poll<io::Result<usize>> {
        self.transfer(place, context, |mut stream| stream.write(bytes))
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        self.stream.source.forget(self.direction, &mut self.ticket);
    }
}

/// See [`TcpStream::read`].
#[derive(Debug)]
#[must_use = "nothing is read unless this is awaited"]
pub struct Read<'a> {
    /// Whence.
    wait: Wait<'a>,
    /// Whither.
    buffer: &'a mut [u8],
}

impl Future for Read<'_> {
    type Output = io::Result<usize>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Read { wait, buffer } = &mut *self;
        wait.read(buffer, Location::caller(), context)
    }
}

/// See [`TcpStream::read_exact`].
#[derive(Debug)]
#[must_use = "nothing is read unless this is awaited"]
pub struct ReadExact<'a> {
    /// Whence.
    wait: Wait<'a>,
    /// Whither: what is not filled yet.
    buffer: &'a mut [u8],
}

impl Future for ReadExact<'_> {
    type Output = io::Result<()>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let place = Location::caller();
        let ReadExact { wait, buffer } = &mut *self;
        while !buffer.is_empty() {
            match ready!(wait.read(buffer, place, context))? {
                0 => return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
                bytes => *buffer = &mut std::mem::take(buffer)[bytes..],
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// See [`TcpStream::write`].
#[derive(Debug)]
#[must_use = "nothing is written unless this is awaited"]
pub struct Write<'a> {
    /// Whither.
    wait: Wait<'a>,
    /// What.
    bytes: &'a [u8],
}

impl Future for Write<'_> {
    type Output = io::Result<usize>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Write { wait, bytes } = &mut *self;
        wait.write(bytes, Location::caller(), context)
    }
}

/// See [`TcpStream::write_all`].
#[derive(Debug)]
#[must_use = "nothing is written unless this is awaited"]
pub struct WriteAll<'a> {
    /// Whither.
    wait: Wait<'a>,
    /// What the OS has not taken yet.
    bytes: &'a [u8],
}

impl Future for WriteAll<'_> {
    type Output = io::Result<()>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let place = Location::caller();
        let WriteAll { wait, bytes } = &mut *self;
        while !bytes.is_empty() {
            match ready!(wait.write(bytes, place, context))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                taken => *bytes = &bytes[taken..],
            }
        }
        Poll::Ready(Ok(()))
    }
}
