//! A listener: a source of new connections.
//!
//! Invariants: (1) an error of `accept` is returned, not retried; (2) an
//! `accept` after an error first gives way for [`REST`], so that a loop which
//! ignores errors neither spins nor starves the others: a process without free
//! file descriptors goes on with what it has, and accepts again when it has
//! more; (3) a listener that is dropped is closed, and whoever waits for it is
//! not woken any more.
//!
//! Left out: a limit of open connections. Hold a permit of a semaphore for each.
//!
//! Book: chapter 9.

use super::family::{self, Family};
use super::stream::Stream;
use crate::reactor::{Direction, Interest, Source};
use crate::sleep::{Sleep, sleep};
use crate::state::LoopState;
use crate::trace::Place;
use crate::wait_list::Ticket;
use std::cell::Cell;
use std::fmt;
use std::io;
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

/// How long a listener rests after an error (invariant 2).
const REST: Duration = Duration::from_millis(10);

/// Listens for connections: a [`TcpListener`](super::TcpListener) or a `UnixListener`.
///
/// Dropping it closes it; who has connected and was not accepted is reset.
pub struct Listener<F: Family> {
    /// The OS's listener.
    pub(super) source: Source<F::Listener>,
    /// Whether the last `accept` failed, and none has rested since.
    is_tired: Cell<bool>,
}

impl<F: Family> Listener<F> {
    /// Waits for the next connection, and says who it is.
    ///
    /// # Errors
    ///
    /// No error is the end of the listener: the next call may succeed.
    /// `ConnectionAborted` concerns one peer only, who has left. If the process
    /// (on Unix, `EMFILE`) or the machine has no file descriptor left, the OS
    /// says so, and the peer stays in the listener's queue. After any error but
    /// `ConnectionAborted` the next call first gives way for 10 ms: a loop that
    /// ignores errors, or only logs them, harms nobody.
    pub fn accept(&self) -> Accept<'_, F> {
        Accept {
            listener: self,
            ticket: None,
            rest: None,
        }
    }

    /// The address on which it listens.
    ///
    /// # Errors
    ///
    /// As the OS says.
    pub fn local_addr(&self) -> io::Result<F::Address> {
        F::listener_local(self.source.object())
    }

    /// What went wrong since the last time that this was asked, if anything did.
    ///
    /// # Errors
    ///
    /// If the OS does not answer.
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        F::listener_error(self.source.object())
    }

    /// Registers a listener of the OS.
    pub(super) fn register(
        state: &Rc<LoopState>,
        listener: F::Listener,
        place: Place,
    ) -> io::Result<Self> {
        let local = || F::listener_local(&listener);
        let nobody = || Err(io::ErrorKind::NotConnected.into());
        let ends = family::ends::<F>(state, local, nobody);
        let (kind, interest) = (F::LISTENER, Interest::Readable);
        Ok(Listener {
            source: Source::register(state, listener, kind, interest, &ends, place)?,
            is_tired: Cell::new(false),
        })
    }
}

impl<F: Family> fmt::Debug for Listener<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source.fmt(f)
    }
}

/// See [`Listener::accept`].
#[derive(Debug)]
#[must_use = "nothing is accepted unless this is awaited"]
pub struct Accept<'a, F: Family> {
    /// Where.
    listener: &'a Listener<F>,
    /// Its place among those who wait for the listener.
    ticket: Option<Ticket>,
    /// It rests first (invariant 2).
    rest: Option<Sleep>,
}

impl<F: Family> Future for Accept<'_, F> {
    type Output = io::Result<(Stream<F>, F::Address)>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let place = Location::caller();
        let Accept {
            listener,
            ticket,
            rest,
        } = &mut *self;
        if listener.is_tired.get() && rest.is_none() {
            *rest = Some(sleep(REST));
        }
        if let Some(sleep) = rest {
            ready!(Pin::new(sleep).poll(context));
            *rest = None;
            listener.is_tired.set(false);
        }
        let source = &listener.source;
        let attempt = source.attempt("accept", Direction::Read, ticket, place, context, F::accept);
        let accepted = ready!(attempt).and_then(|(stream, peer)| {
            let both = Interest::ReadableAndWritable;
            Ok((Stream::register(&source.state, stream, both, place)?, peer))
        });
        if let Err(error) = &accepted {
            let is_peers = error.kind() == io::ErrorKind::ConnectionAborted;
            listener.is_tired.set(!is_peers); // invariant 2
        }
        Poll::Ready(accepted)
    }
}

impl<F: Family> Drop for Accept<'_, F> {
    fn drop(&mut self) {
        let source = &self.listener.source;
        source.forget(Direction::Read, &mut self.ticket);
    }
}
