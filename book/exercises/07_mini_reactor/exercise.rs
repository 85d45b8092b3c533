//! A small reactor: tasks wait at sources of the operating system.
//!
//! The task is in `README.md` beside this file. To see what works so far:
//! `cargo run -- exercise check mini_reactor`.

use mio::event::Source;
use mio::{Events, Poll as Selector, Token};
use std::io;
use std::task::{Context, Poll};
use std::time::Duration;

/// What a task wants of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// To read from it.
    Read,
    /// To write to it.
    Write,
}

/// Knows every source, and who waits there.
#[derive(Debug)]
pub(crate) struct Reactor {
    /// What asks the operating system.
    selector: Selector,
    /// Its answers, kept only to be used again.
    events: Events,
    // Who waits at each source must be kept somewhere, for each direction.
}

impl Reactor {
    /// A reactor without sources.
    pub(crate) fn new() -> io::Result<Reactor> {
        Ok(Reactor {
            selector: Selector::new()?,
            events: Events::with_capacity(64),
        })
    }

    /// Registers a source for both directions. Its token is given to no other.
    pub(crate) fn register(&mut self, source: &mut dyn Source) -> io::Result<Token> {
        // `self.selector.registry()` has a method for it.
        let _ = (&self.selector, source);
        Err(io::Error::other("this is not written yet"))
    }

    /// Deregisters a source, and forgets who waited there.
    pub(crate) fn deregister(&mut self, token: Token, source: &mut dyn Source) -> io::Result<()> {
        let _ = (&self.selector, token, source);
        Err(io::Error::other("this is not written yet"))
    }

    /// Tries `operation`; if it would block, leaves the waker at the source.
    pub(crate) fn attempt(
        &mut self,
        token: Token,
        direction: Direction,
        context: &mut Context<'_>,
        operation: &mut dyn FnMut() -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        // Whoever waits, for what, and how to wake it.
        let _ = (&self, token, direction, context.waker());
        Poll::Ready(operation())
    }

    /// Waits until a source is ready, for `timeout` at most, and wakes whoever
    /// waits for that; `None` is without limit.
    pub(crate) fn poll(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        // The system is asked; what it answered is in `events` now.
        self.selector.poll(&mut self.events, timeout)
    }
}
