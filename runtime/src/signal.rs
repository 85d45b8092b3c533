//! Signals of the OS, as something that a task waits for. Feature `signal`, on Unix.
//!
//! A signal interrupts whatever runs, and its handler may do next to nothing.
//! This one writes a byte into a socket; the other end is a source like any
//! other, of kind `signal` in the trace, and wakes the task in its turn.
//!
//! Invariants: (1) after a signal has come, the next [`recv`](Signal::recv) of
//! every listener that was made before is ready; (2) a signal that comes several
//! times between two `recv`s is told once: the OS, too, keeps only one; (3) a
//! `recv` that is dropped has told of nothing, and loses nothing.
//!
//! careful: the first listener takes the signal's usual effect away, for the
//! whole process and for good: Ctrl-C does not end a program that has once
//! waited for it.
//!
//! Left out: who sent it.
//!
//! Book: chapter 9. Mirror: `scheduler::preempt`, where the handler is the point.

mod kind;

use crate::context;
use crate::reactor::{Direction, Interest, Source, os};
use crate::trace::{Ends, Place};
use crate::wait_list::Ticket;
use signal_hook::SigId;
use signal_hook::low_level;
use std::io::{self, Read as _};
use std::os::unix::net::UnixStream;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

pub use kind::Kind;

/// Listens for a signal.
///
/// # Errors
///
/// `InvalidInput` if nobody can listen for this signal; else if the OS has no
/// file descriptors left, of which a listener takes two.
///
/// # Panics
///
/// If it is called outside of an event loop.
#[track_caller]
pub fn signal(kind: Kind) -> io::Result<Signal> {
    Signal::new("signal::signal()", kind, Location::caller())
}

/// Waits for Ctrl-C, counted from the first poll.
///
/// To hear of each one use a listener: [`signal`] of [`Kind::interrupt`].
///
/// # Errors
///
/// If the OS has no file descriptors left, of which this takes two.
pub fn ctrl_c() -> CtrlC {
    CtrlC(None)
}

/// Listens for a signal, until it is dropped.
#[derive(Debug)]
pub struct Signal {
    /// What writes the bytes. It goes first, and while it lives this listens.
    _handler: Handler,
    /// The end at which they arrive.
    source: Source<os::UnixStream>,
}

/// What the handler does for one listener.
#[derive(Debug)]
struct Handler(SigId);

impl Drop for Handler {
    fn drop(&mut self) {
        low_level::unregister(self.0); // which closes the other end
    }
}

impl Signal {
    /// Listens, for `what`.
    #[track_caller]
    pub(crate) fn new(what: &str, kind: Kind, place: Place) -> io::Result<Self> {
        let state = context::expect_current(what);
        kind.check()?;
        let (ours, handlers) = UnixStream::pair()?;
        ours.set_nonblocking(true)?;
        let ours = os::UnixStream::from_std(ours);
        let (readable, ends) = (Interest::Readable, Ends::default());
        let source = Source::register(&state, ours, "signal", readable, &ends, place)?;
        let registered = low_level::pipe::register(kind.number(), handlers);
        let handler = Handler(registered.map_err(|error| kind.refused(error))?);
        Ok(Signal {
            _handler: handler,
            source,
        })
    }

    /// The end at which its bytes arrive.
    #[cfg(feature = "process")]
    pub(crate) fn source(&self) -> &Source<os::UnixStream> {
        &self.source
    }

    /// Waits until the signal has come since the last `recv` was ready.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn recv(&mut self) -> Recv<'_> {
        Recv {
            signal: self,
            ticket: None,
        }
    }

    /// Takes what has arrived, all of it (invariant 2).
    fn poll_recv(
        &self,
        ticket: &mut Option<Ticket>,
        place: Place,
        context: &Context<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Direction::Read;
        self.source
            .attempt("read", read, ticket, place, context, drain)
    }
}

/// Takes all bytes out. `WouldBlock`: there was none.
pub(crate) fn drain(mut socket: &os::UnixStream) -> io::Result<()> {
    let mut count = 0;
    loop {
        match socket.read(&mut [0; 64]) {
            Ok(bytes) if bytes > 0 => count += bytes,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && count > 0 => return Ok(()),
            Err(error) => return Err(error),
            Ok(_) => return Err(io::ErrorKind::UnexpectedEof.into()), // the handler holds the other end
        }
    }
}

/// See [`Signal::recv`].
#[derive(Debug)]
#[must_use = "nothing is received unless this is awaited"]
pub struct Recv<'a> {
    /// The listener.
    signal: &'a mut Signal,
    /// Its place among those who wait.
    ticket: Option<Ticket>,
}

impl Future for Recv<'_> {
    type Output = io::Result<()>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Recv { signal, ticket } = &mut *self;
        signal.poll_recv(ticket, Location::caller(), context)
    }
}

impl Drop for Recv<'_> {
    fn drop(&mut self) {
        self.signal.source.forget(Direction::Read, &mut self.ticket);
    }
}

/// See [`ctrl_c`].
#[derive(Debug)]
#[must_use = "nothing is listened for unless this is awaited"]
pub struct CtrlC(Option<(Signal, Option<Ticket>)>);

impl Future for CtrlC {
    type Output = io::Result<()>;

    /// # Panics
    ///
    /// If it is first polled outside of an event loop.
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let place = Location::caller();
        if self.0.is_none() {
            let signal = Signal::new("signal::ctrl_c()", Kind::interrupt(), place)?;
            self.0 = Some((signal, None));
        }
        let (signal, ticket) = self.0.as_mut().expect("it listens by now");
        signal.poll_recv(ticket, place, context)
    }
}
