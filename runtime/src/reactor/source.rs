//! A source: something of the OS that becomes ready, registered while it lives.
//!
//! Invariants: (1) registered when made, deregistered when dropped, and never
//! unknown to the OS in between; (2) an operation that may have to wait goes
//! through [`Source::attempt`]: tried first, and waited for only if it would block.
//!
//! Book: chapter 9. Mirror: a blocking call, and the kernel's wait queues.

use super::{Direction, Entry, Interest, Reactor};
use crate::clock::Clock;
use crate::state::{LoopState, Numbers};
use crate::trace::{Place, Reference, here, record};
use crate::wait_list::{Ticket, WaitList, Waiter};
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::task::{Context, Poll};

/// An object of the OS, with the loop that watches it.
#[derive(Debug)]
pub(crate) struct Source<S: mio::event::Source> {
    /// The object itself.
    pub(crate) object: S,
    /// The loop in which it is registered.
    pub(crate) state: Rc<LoopState>,
    /// Its key there.
    key: usize,
    /// Its number in the trace.
    number: u64,
}

/// The two ends of a connection, for the trace: `None` where there is none yet.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ends {
    /// Our address.
    pub(crate) local: Option<SocketAddr>,
    /// The other's.
    pub(crate) peer: Option<SocketAddr>,
}

impl<S: mio::event::Source> Source<S> {
    /// Registers `object`, which the trace calls `kind`, with the OS.
    pub(crate) fn register(
        state: &Rc<LoopState>,
        mut object: S,
        kind: &str,
        interest: Interest,
        ends: Ends,
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
                readers: WaitList::default(),
                writers: WaitList::default(),
            });
            key
        };
        // A run in virtual time has one trace; addresses would make it many.
        let is_real = state.time.clock == Clock::Real;
        record!(state, "registered" at Some(place);
            source = number, kind = kind, interest = interest;
            local = ends.local.filter(|_| is_real), peer = ends.peer.filter(|_| is_real));
        Ok(Source {
            object,
            state: state.clone(),
            key,
            number,
        })
    }

    /// Asks the OS for something else from now on. It tells at once what of it
    /// is ready already.
    pub(crate) fn reregister(&mut self, interest: Interest, place: Place) -> io::Result<()> {
        let reactor = self.state.reactor.borrow();
        let token = mio::Token(self.key);
        let registry = reactor.poll.registry();
        registry.reregister(&mut self.object, token, interest.into())?;
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
        mut operation: impl FnMut(&S) -> io::Result<T>,
    ) -> Poll<io::Result<T>> {
        let state = &self.state;
        loop {
            match operation(&self.object) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    record!(state, "would_block" at Some(place); source = self.number, op = op);
                    let waiter = Waiter::new(state, context.waker());
                    let (kept, before) =
                        self.with_waiting(direction, |waiting| waiting.wait(ticket.take(), waiter));
                    *ticket = Some(kept);
                    state.give_up(self.reference(), before);
                    state.wait_on(self.reference(), here!(), place);
                    return Poll::Pending;
                }
                done => {
                    self.forget(direction, ticket);
                    return Poll::Ready(done);
                }
            }
        }
    }
    // ANCHOR_END: attempt

    /// Gives up the wait that `ticket` stands for, if it still waits.
    pub(crate) fn forget(&self, direction: Direction, ticket: &mut Option<Ticket>) {
        if let Some(ticket) = ticket.take() {
            let waiter = self.with_waiting(direction, |waiting| waiting.remove(ticket));
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

    /// Does something with those who wait for `direction`.
    fn with_waiting<T>(&self, direction: Direction, action: impl FnOnce(&mut WaitList) -> T) -> T {
        let mut reactor = self.state.reactor.borrow_mut();
        let entry = &mut reactor.sources[self.key]; // ours while we live (invariant 1)
        action(entry.waiting(direction))
    }
}

impl<S: mio::event::Source> Drop for Source<S> {
    fn drop(&mut self) {
        let (result, entry) = {
            let Reactor { poll, sources, .. } = &mut *self.state.reactor.borrow_mut();
            let result = poll.registry().deregister(&mut self.object);
            (result, sources.remove(self.key))
        };
        // The OS forgets a closed object by itself, so a refusal changes nothing.
        drop(result);
        record!(self.state, "deregistered"; source = self.number);
        let Entry {
            readers, writers, ..
        } = entry;
        for mut waiting in [readers, writers] {
            for waiter in waiting.take_all() {
                self.state.give_up(self.reference(), Some(waiter)); // nothing is borrowed
            }
        }
    }
}
