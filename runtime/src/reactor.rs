//! The reactor: asks the OS which sources are ready.
//!
//! The only module that knows mio. What it promises the rest:
//!
//! - A [`Source`] is registered from its making to its drop, for all that it may
//!   wait for; the OS then tells of each *change* to ready.
//! - An operation is tried first. Only if the OS says `WouldBlock` does the task
//!   leave its waker; every waiter of a direction is woken when it is ready.
//! - Who wants to know without an operation is told what was last heard: ready
//!   since the OS said so, and until an operation would have blocked.
//! - A [`Notifier`] wakes a sleeping [`Reactor::ask`] from any thread.
//!
//! Invariants: (1) no readiness is lost: between a `WouldBlock` and the wait
//! nobody asks the OS; (2) an answer is for the source that it names, though
//! keys (mio's tokens) are reused: an answer carries the source's number.
//!
//! Left out: timers, and files, which are always ready, says the OS.
//!
//! Book: chapter 9. Mirror: the kernel, which does this for threads.

#[cfg(all(feature = "process", unix))]
pub(crate) mod fd;
mod source;

use crate::account;
use crate::state::LoopState;
use crate::trace::{Reference, record};
use crate::wait_list::{WaitList, Waiter};
use slab::Slab;
use std::fmt;
use std::io;
use std::mem;
use std::time::Duration;

pub(crate) use mio::event::Source as OsSource;
pub(crate) use mio::net as os;
pub(crate) use source::Source;

/// The token of the Notifier, which no slab's key will reach.
const NOTIFIER: mio::Token = mio::Token(usize::MAX);

/// How many answers the OS may give at once; further ones come next time.
const ANSWERS: usize = 256;

/// What we ask the OS to tell us about a source.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Interest {
    /// When something can be read, or accepted.
    Readable,
    /// When there is room to write, or a connection stands.
    Writable,
    /// Both.
    ReadableAndWritable,
}

impl From<Interest> for mio::Interest {
    fn from(interest: Interest) -> Self {
        match interest {
            Interest::Readable => mio::Interest::READABLE,
            Interest::Writable => mio::Interest::WRITABLE,
            Interest::ReadableAndWritable => {
                let both = mio::Interest::READABLE | mio::Interest::WRITABLE;
                #[cfg(any(target_os = "linux", target_os = "android"))]
                let both = both | mio::Interest::PRIORITY; // see [`Entry::stops_short`]
                both
            }
        }
    }
}

impl fmt::Display for Interest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Interest::Readable => "readable",
            Interest::Writable => "writable",
            Interest::ReadableAndWritable => "readable+writable",
        })
    }
}

/// What the OS answers about a source.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the OS answers each of them alone"
)]
struct Readiness {
    /// A read will not block: there is data, the end of it, or an error.
    readable: bool,
    /// A write will not block: there is room, or an error.
    writable: bool,
    /// The peer will send nothing more, or take nothing more.
    closed: bool,
    /// Urgent bytes came, which are not read like others.
    urgent: bool,
}

impl From<&mio::event::Event> for Readiness {
    fn from(event: &mio::event::Event) -> Self {
        Readiness {
            readable: event.is_readable()
                || event.is_read_closed()
                || event.is_error()
                || event.is_priority(),
            writable: event.is_writable() || event.is_write_closed() || event.is_error(),
            closed: event.is_read_closed() || event.is_write_closed(),
            urgent: event.is_priority(),
        }
    }
}

/// For which of the two a task waits; an index into an [`Entry`].
#[derive(Clone, Copy, Debug)]
pub(crate) enum Direction {
    /// To read, or to accept.
    Read = 0,
    /// To write, or to be connected.
    Write = 1,
}

/// One answer of the OS.
#[derive(Clone, Copy, Debug)]
struct Answer {
    /// The source's key.
    key: usize,
    /// The source's number, since the key may be reused (invariant 2).
    number: u64,
    /// What is ready.
    readiness: Readiness,
}

/// A registered source, on the loop's side.
#[derive(Debug)]
struct Entry {
    /// Its number in the trace.
    number: u64,
    /// Who waits to read, and who to write: see [`Direction`].
    waiting: [WaitList; 2],
    /// Which of the two the OS called ready, and no operation has denied since.
    is_ready: [bool; 2],
    /// A read got less than it had room for, and the OS has told of nothing new since.
    is_drained: bool,
    /// A read may get less than there is: the end has been told of, and will not
    /// be again; or urgent bytes have, before which a read stops.
    stops_short: bool,
}

/// The OS's side of the loop.
#[derive(Debug)]
pub(crate) struct Reactor {
    /// What is asked.
    poll: mio::Poll,
    /// Where mio puts its answers.
    events: mio::Events,
    /// Ours, for step 4 of the turn; empty otherwise.
    answers: Vec<Answer>,
    /// The registered sources; a key is mio's token.
    sources: Slab<Entry>,
    /// The loop is over: nobody will ask any more.
    is_over: bool,
}

impl Reactor {
    /// A reactor without sources, and what wakes it.
    pub(crate) fn new() -> io::Result<(Self, Notifier)> {
        let poll = mio::Poll::new()?;
        let notifier = Notifier(mio::Waker::new(poll.registry(), NOTIFIER)?);
        let reactor = Reactor {
            poll,
            events: mio::Events::with_capacity(ANSWERS),
            answers: Vec::new(),
            sources: Slab::new(),
            is_over: false,
        };
        Ok((reactor, notifier))
    }

    /// Asks the OS, and sleeps until it has an answer, but no longer than
    /// `limit`. Returns how many sources it answered for.
    pub(crate) fn ask(&mut self, limit: Option<Duration>) -> usize {
        match self.poll.poll(&mut self.events, limit) {
            Ok(()) => {}
            // A signal came. The loop will see what it has to do, and ask again.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return 0,
            Err(error) => panic!("the OS refuses to say what is ready: {error}"),
        }
        for event in &self.events {
            let key = event.token().0;
            if let Some(source) = self.sources.get(key) {
                self.answers.push(Answer {
                    key,
                    number: source.number,
                    readiness: Readiness::from(event),
                });
            } // else the Notifier: the loop looks into its inbox anyway
        }
        self.answers.len()
    }

    /// Nobody will ask any more: sources that are left can be used as long as
    /// they need not wait.
    pub(crate) fn close(&mut self) {
        self.is_over = true;
    }

    /// Whether any source is registered.
    pub(crate) fn has_sources(&self) -> bool {
        !self.sources.is_empty()
    }

    /// The numbers of the registered sources.
    pub(crate) fn numbers(&self) -> impl ExactSizeIterator<Item = u64> {
        self.sources.iter().map(|(_, source)| source.number)
    }

    /// The source that was registered as `number`, if it still is.
    fn source(&mut self, key: usize, number: u64) -> Option<&mut Entry> {
        self.sources
            .get_mut(key)
            .filter(|source| source.number == number)
    }
}

impl account::KeepsWaiters for Reactor {
    fn each_waiter(&self, tell: &mut dyn FnMut(Reference, &Waiter)) {
        for (_, source) in &self.sources {
            for waiter in source.waiting.iter().flat_map(WaitList::iter) {
                tell(Reference::Source(source.number), waiter);
            }
        }
    }
}

impl LoopState {
    // ANCHOR: wake
    /// Step 4 of a turn: turns each readiness into wakes.
    pub(crate) fn wake_the_ready(&self) {
        if self.reactor.borrow().answers.is_empty() {
            return;
        }
        let mut answers = mem::take(&mut self.reactor.borrow_mut().answers);
        for Answer {
            key,
            number,
            readiness,
        } in &answers
        {
            record!(self, "readiness"; source = number, readable = readiness.readable,
                writable = readiness.writable, closed = readiness.closed);
            let stops_short = readiness.closed || readiness.urgent;
            if readiness.readable {
                self.became_ready(*key, *number, Direction::Read, stops_short);
            }
            if readiness.writable {
                self.became_ready(*key, *number, Direction::Write, stops_short);
            }
        }
        answers.clear();
        self.reactor.borrow_mut().answers = answers;
    }
    // ANCHOR_END: wake

    /// Notes it, and wakes those who wait for it now; not those who come meanwhile.
    fn became_ready(&self, key: usize, number: u64, direction: Direction, stops_short: bool) {
        let count = match self.reactor.borrow_mut().source(key, number) {
            Some(source) => {
                source.is_ready[direction as usize] = true;
                source.is_drained = false;
                source.stops_short |= stops_short;
                source.waiting[direction as usize].len()
            }
            None => return,
        };
        for _ in 0..count {
            // One at a time: to wake is to run foreign code, which may drop the source.
            let waiter = self
                .reactor
                .borrow_mut()
                .source(key, number)
                .and_then(|source| source.waiting[direction as usize].pop());
            if let Some(waiter) = waiter {
                self.caused_by(Reference::Source(number), || waiter.wake());
            }
        }
    }
}

/// Wakes a loop that sleeps in the OS, from any thread.
#[derive(Debug)]
pub(crate) struct Notifier(mio::Waker);

impl Notifier {
    /// Makes the current or the next [`Reactor::ask`] return.
    pub(crate) fn notify(&self) {
        self.0
            .wake()
            .expect("the OS takes a notification as long as the reactor lives");
    }
}
