//! A source: something of the OS that becomes ready, registered while it lives.
//!
//! Invariants: (1) registered when made, deregistered when dropped, and never
//! unknown to the OS in between; (2) an operation that may have to wait goes
//! through [`Source::attempt`]: tried first, and waited for only if it would block;
//! (3) the one exception is a read after one that the OS could not fill: there is
//! nothing, and the OS tells when there is; (4) only its own loop's turns wake who
//! waits for it: when that loop is over nobody waits any more, since it would be
//! for ever.
//!
//! Book: chapter 9. Mirror: a blocking call, and the kernel's wait queues.

use super::{Direction, Entry, Interest, OsSource, Reactor};
use crate::numbers::Numbers;
use crate::state::LoopState;
use crate::trace::{Ends, Place, Reference, here, record};
use crate::wait_list::{Ticket, Waiter};
use std::fmt;
use std::io;
use std::rc::Rc;
use std::task::{Context, Poll};

/// What a source relies on when it reaches for its object.
const HELD: &str = "a source has its object until it is deregistered";

/// An object of the OS, with the loop that watches it.
pub(crate) struct Source<S: OsSource> {
    /// The object itself; gone only within [`Source::deregister`].
    object: Option<S>,
    /// The loop in which it is registered.
    pub(crate) state: Rc<LoopState>,
    /// Its key there.
    key: usize,
    /// Its number in the trace.
    number: u64,
}

impl<S: OsSource + fmt::Debug> fmt::Debug for Source<S> {
    /// The OS's object and its number; not the loop, which is long.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "source {}: {:?}", self.number, self.object())
    }
}

impl<S: OsSource> Source<S> {
    /// Registers `object`, which the trace calls `kind`, with the OS.
    pub(crate) fn register(
        state: &Rc<LoopState>,
        mut object: S,
        kind: &str,
        interest: Interest,
        ends: &Ends,
        place: Place,
    ) -> io::Result<Self> {
        let number = Numbers::next(&state.numbers.sources);
        let key = {
            let Reactor { poll, sources, .. } = &mut *state.reactor.borrow_mut();
            let vacant = sources.vacant_entry();
            let key = vacant.key();
            poll.registry()
                .register(&mut object, mio::Token(key), interest.into())?;
            vacant.insert(Entry {
                number,
                waiting: Default::default(),
                is_ready: [false; 2], // the OS tells, when it is next asked
                is_drained: false,
                stops_short: false,
            });
            key
        };
        record!(state, "registered" at Some(place);
            source = number, kind = kind, interest = interest;
            local = ends.local, peer = ends.peer);
        Ok(Source {
            object: Some(object),
            state: state.clone(),
            key,
            number,
        })
    }

    /// The object itself.
    pub(crate) fn object(&self) -> &S {
        self.object.as_ref().expect(HELD)
    }

    /// Asks the OS for something else from now on. It tells at once what of it
    /// is ready already.
    pub(crate) fn reregister(&mut self, interest: Interest, place: Place) -> io::Result<()> {
        let reactor = self.state.reactor.borrow();
        let token = mio::Token(self.key);
        let registry = reactor.poll.registry();
        let object = self.object.as_mut().expect(HELD);
        registry.reregister(object, token, interest.into())?;
        drop(reactor);
        record!(self.state, "reregistered" at Some(place);
            source = self.number, interest = interest);
        Ok(())
    }

    // ANCHOR: attempt
    /// Tries an operation of the OS, called `op` in the trace. If it would
    /// block, the running task's waker waits for `direction`; `ticket` keeps
    /// its place there.
    pub(crate) fn attempt<T>(
        &self,
        op: &str,
        direction: Direction,
        ticket: &mut Option<Ticket>,
        place: Place,
        context: &Context<'_>,
        operation: impl FnMut(&S) -> io::Result<T>,
    ) -> Poll<io::Result<T>> {
        if matches!(direction, Direction::Read) && self.with_entry(|entry| entry.is_drained) {
            self.wait(direction, ticket, place, context); // the OS would only say so, too
            return Poll::Pending;
        }
        match self.attempt_once(op, direction, place, operation) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.wait(direction, ticket, place, context);
                Poll::Pending
            }
            done => {
                self.forget(direction, ticket);
                Poll::Ready(done)
            }
        }
    }
    // ANCHOR_END: attempt

    /// Tries an operation, and waits for nothing: if it would block, it says so.
    pub(crate) fn attempt_once<T>(
        &self,
        op: &str,
        direction: Direction,
        place: Place,
        mut operation: impl FnMut(&S) -> io::Result<T>,
    ) -> io::Result<T> {
        loop {
            match operation(self.object()) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    record!(self.state, "would_block" at Some(place);
                        source = self.number, op = op);
                    self.with_entry(|entry| entry.is_ready[direction as usize] = false);
                    return Err(error);
                }
                done => return done,
            }
        }
    }

    /// A read got `bytes`, and had room for so many. If it was not filled the OS
    /// has no more, and tells when more comes: the next read need not ask.
    ///
    /// careful: the end of what comes may have been told with the bytes, and is
    /// not told again; and a read stops before urgent bytes. After either the OS
    /// is always asked.
    pub(crate) fn has_read(&self, bytes: usize, room: usize) {
        if (1..room).contains(&bytes) {
            self.with_entry(|entry| {
                entry.is_drained = !entry.stops_short;
                entry.is_ready[Direction::Read as usize] = entry.stops_short;
            });
        }
    }

    /// Ready if the OS said so, and no operation has been denied since.
    pub(crate) fn ready(
        &self,
        direction: Direction,
        ticket: &mut Option<Ticket>,
        place: Place,
        context: &Context<'_>,
    ) -> Poll<()> {
        if self.with_entry(|entry| entry.is_ready[direction as usize]) {
            self.forget(direction, ticket);
            return Poll::Ready(());
        }
        self.wait(direction, ticket, place, context);
        Poll::Pending
    }

    /// The running task's waker waits for `direction`.
    fn wait(
        &self,
        direction: Direction,
        ticket: &mut Option<Ticket>,
        place: Place,
        context: &Context<'_>,
    ) {
        let state = &self.state;
        assert!(
            !state.reactor.borrow().is_over,
            "source {} would be waited for, but the event loop in which it was made is over: \
             make it in the loop that uses it",
            self.number, // invariant 4
        );
        let waiter = Waiter::new(state, context.waker());
        let (kept, before) =
            self.with_entry(|entry| entry.waiting[direction as usize].wait(ticket.take(), waiter));
        *ticket = Some(kept);
        state.give_up(self.reference(), before);
        state.wait_on(self.reference(), here!(), place);
    }

    /// Gives up the wait that `ticket` stands for, if it still waits.
    pub(crate) fn forget(&self, direction: Direction, ticket: &mut Option<Ticket>) {
        if let Some(ticket) = ticket.take() {
            let waiter = self.with_entry(|entry| entry.waiting[direction as usize].remove(ticket));
            self.state.give_up(self.reference(), waiter);
        }
    }

    /// Records that the OS took or gave `bytes`.
    pub(crate) fn transferred(&self, op: &str, bytes: usize, place: Place) {
        record!(self.state, "transferred" at Some(place);
            source = self.number, op = op, bytes = bytes);
    }

    /// Its name in the trace.
    fn reference(&self) -> Reference {
        Reference::Source(self.number)
    }

    /// Does something with the loop's side of it.
    fn with_entry<T>(&self, action: impl FnOnce(&mut Entry) -> T) -> T {
        let mut reactor = self.state.reactor.borrow_mut();
        action(&mut reactor.sources[self.key]) // ours while we live (invariant 1)
    }

    /// Has the OS and the loop forget it, and returns what it was.
    pub(crate) fn deregister(mut self) -> S {
        self.forget_all().expect(HELD)
    }

    /// The same, the first time; later there is nothing left to do.
    fn forget_all(&mut self) -> Option<S> {
        let mut object = self.object.take()?;
        let entry = {
            let Reactor { poll, sources, .. } = &mut *self.state.reactor.borrow_mut();
            // The OS forgets a closed object by itself, so a refusal changes nothing.
            let _ = poll.registry().deregister(&mut object);
            sources.remove(self.key)
        };
        record!(self.state, "deregistered"; source = self.number);
        for mut waiting in entry.waiting {
            for waiter in waiting.take_all() {
                self.state.give_up(self.reference(), Some(waiter)); // nothing is borrowed
            }
        }
        Some(object)
    }
}

impl<S: OsSource> Drop for Source<S> {
    fn drop(&mut self) {
        drop(self.forget_all());
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Entry, os};
    use super::Source;

    #[test]
    fn a_source_that_nobody_waits_for_costs_136_bytes() {
        assert!(size_of::<Entry>() <= 96, "{}", size_of::<Entry>());
        let source = size_of::<Source<os::TcpStream>>();
        assert!(source <= 40, "{source}");
    }
}
