//! A planted mistake: a source counts as ready until one attempt was made, and not until it would block.

use mio::event::Source;
use mio::{Events, Interest, Poll as Selector, Token};
use std::collections::HashMap;
use std::io;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// What a task wants of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// To read from it.
    Read,
    /// To write to it.
    Write,
}

/// Who waits at a source, for each direction.
#[derive(Debug, Default)]
struct Waiting {
    /// Whether it became ready to be read.
    readable: bool,
    /// Whether it became ready to be written.
    writable: bool,
    /// The task that wants to read.
    reader: Option<Waker>,
    /// The task that wants to write.
    writer: Option<Waker>,
}

/// Knows every source, and who waits there.
#[derive(Debug)]
pub(crate) struct Reactor {
    /// What asks the operating system.
    selector: Selector,
    /// Its answers, kept only to be used again.
    events: Events,
    /// Who waits at each source.
    sources: HashMap<Token, Waiting>,
    /// The next token: it only grows, so none is ever given twice (rule 6).
    next: usize,
}

impl Reactor {
    /// A reactor without sources.
    pub(crate) fn new() -> io::Result<Reactor> {
        Ok(Reactor {
            selector: Selector::new()?,
            events: Events::with_capacity(64),
            sources: HashMap::new(),
            next: 0,
        })
    }

    /// Registers a source for both directions (rule 1).
    pub(crate) fn register(&mut self, source: &mut dyn Source) -> io::Result<Token> {
        let token = Token(self.next);
        let interest = Interest::READABLE | Interest::WRITABLE;
        self.selector.registry().register(source, token, interest)?;
        self.next += 1;
        self.sources.insert(token, Waiting::default());
        Ok(token)
    }

    /// Deregisters it, and forgets who waited there (rule 6).
    pub(crate) fn deregister(&mut self, token: Token, source: &mut dyn Source) -> io::Result<()> {
        self.sources.remove(&token).ok_or_else(unknown)?;
        self.selector.registry().deregister(source)
    }

    /// Mistake: after one attempt waits for an edge that may never come.
    pub(crate) fn attempt(
        &mut self,
        token: Token,
        direction: Direction,
        context: &mut Context<'_>,
        operation: &mut dyn FnMut() -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        let Some(waiting) = self.sources.get_mut(&token) else {
            return Poll::Ready(Err(unknown()));
        };
        let ready = match direction {
            Direction::Read => &mut waiting.readable,
            Direction::Write => &mut waiting.writable,
        };
        let answer = if std::mem::take(ready) {
            operation()
        } else {
            Err(io::ErrorKind::WouldBlock.into())
        };
        match answer {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                let waker = Some(context.waker().clone());
                match direction {
                    Direction::Read => waiting.reader = waker,
                    Direction::Write => waiting.writer = waker,
                }
                Poll::Pending
            }
            result => Poll::Ready(result),
        }
    }

    /// Waits for the operating system, and wakes whom it names (rules 4 and 5).
    pub(crate) fn poll(&mut self, timeout: Option<Duration>) -> io::Result<()> {
        self.selector.poll(&mut self.events, timeout)?;
        for event in &self.events {
            let Some(waiting) = self.sources.get_mut(&event.token()) else {
                continue;
            };
            let ended = event.is_error();
            let readable = event.is_readable() || event.is_read_closed() || ended;
            let writable = event.is_writable() || event.is_write_closed() || ended;
            waiting.readable |= readable;
            waiting.writable |= writable;
            let reader = readable.then(|| waiting.reader.take());
            let writer = writable.then(|| waiting.writer.take());
            for waker in [reader, writer].into_iter().flatten().flatten() {
                waker.wake();
            }
        }
        Ok(())
    }
}

/// What is said of a token that is not, or no longer, one of a source.
fn unknown() -> io::Error {
    io::Error::from(io::ErrorKind::NotFound)
}
