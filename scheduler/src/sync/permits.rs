//! Permits: what a read-write lock and a semaphore are made of.
//!
//! There are so many; to take some is to wait until they are there and it is
//! one's turn; whoever holds some gives them back. A read-write lock has
//! [`EVERY`]: a reader takes one, a writer takes them all.
//!
//! Invariants: (1) permits are there, or held: their sum changes only by
//! [`Permits::add`], [`Held::forget`] and [`Permits::remove_free`]; (2) who came
//! first is served first: what comes back is *granted* to those who wait, before
//! they are woken, and nobody who comes later takes it (unlike a
//! [mutex](super::mutex), there is no barging); (3) while enough is there for
//! the first who waits, it does not wait; (4) a thread that is unwound, or
//! whose time is over, passes on what it was granted.
//!
//! Mirror: `runtime::sync::permits`.

mod held;
mod record;

pub(super) use held::Held;

use super::holders::Holders;
use super::lock::Holder;
use super::wait_queue::{WaitQueue, is_queued};
use crate::control::{Control, On, current};
use crate::critical::Critical;
use crate::explore::{Access, Operation};
use crate::place::Place;
use crate::run::{Number, Run};
use crate::trace::Kind;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

/// All the permits of a read-write lock.
pub(super) const EVERY: usize = usize::MAX;

/// Permits, and who waits for them.
#[derive(Debug)]
pub(crate) struct Permits {
    /// Of a read-write lock or of a semaphore.
    kind: Kind,
    /// Which one.
    number: Number,
    /// The rest, changed in one piece.
    state: Critical<State>,
}

/// The state of [`Permits`].
#[derive(Debug)]
struct State {
    /// How many are there, granted to somebody or not.
    there: usize,
    /// How many of them are granted to threads that were woken for them.
    granted: usize,
    /// Nobody gets any more.
    is_closed: bool,
    /// Who waits.
    waiting: WaitQueue,
    /// Who holds some.
    holders: Holders,
}

/// There will be no more permits for anybody.
#[derive(Clone, Copy, Debug)]
pub(super) struct IsClosed;

/// Whether a thread that wants permits waits for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waits {
    /// It does not.
    No,
    /// It will, behind all others.
    New,
    /// It did, and had to leave the queue: before the others.
    Again,
}

impl State {
    /// How many permits are there for whoever comes.
    fn free(&self) -> usize {
        self.there - self.granted
    }

    /// Takes `wanted` permits if it is `thread`'s turn.
    fn take(
        &mut self,
        thread: Option<&Arc<Control>>,
        wanted: usize,
        waits: Waits,
    ) -> Poll<Result<(), IsClosed>> {
        let was_granted = thread.is_some_and(|thread| thread.claim.take_grant());
        if was_granted {
            self.granted -= wanted;
        }
        if self.is_closed {
            if let Some(thread) = thread {
                self.waiting.withdraw(thread);
            }
            return Poll::Ready(Err(IsClosed));
        }
        let may_come = || {
            let is_first = self.waiting.is_empty() || waits == Waits::Again; // (2)
            let queued = thread.is_some_and(|thread| is_queued(thread));
            is_first && !queued && wanted <= self.free()
        };
        if was_granted || may_come() {
            self.there -= wanted;
            Poll::Ready(Ok(()))
        } else {
            Poll::Pending
        }
    }
}

impl Permits {
    /// So many permits, for a `kind` of lock.
    pub(super) fn with(kind: Kind, there: usize) -> Arc<Permits> {
        let permits = Arc::new(Permits {
            kind,
            number: Number::default(),
            state: Critical::new(State {
                there,
                granted: 0,
                is_closed: false,
                waiting: WaitQueue::new(),
                holders: Holders::default(),
            }),
        });
        if let Some(thread) = current() {
            permits.number_in(&thread.run);
        }
        permits
    }

    /// What is done to them.
    fn op(&self, access: Access) -> Operation<'_> {
        Operation::on(self.kind, &self.number, access)
    }

    /// How so many permits are taken: a reader's beside others.
    fn taking(&self, wanted: usize) -> Access {
        match self.kind {
            Kind::RwLock if wanted < EVERY => Access::Share,
            _ => Access::Acquire,
        }
    }

    /// What the calling thread is about to do, where a conductor wants to know.
    fn note(&self, access: Access, at: Option<Place>) {
        if let Some(thread) = current() {
            thread.note(self.op(access), at);
        }
    }

    /// What they are the permits of.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// Its number in the trace.
    pub(crate) fn number(&self) -> u32 {
        self.number.latest()
    }

    /// Its number in `run`.
    fn number_in(&self, run: &Run) -> u32 {
        let is_rwlock = self.kind == Kind::RwLock;
        let (number, _) = self.number.get(run, |counts| {
            if is_rwlock {
                &counts.rwlocks
            } else {
                &counts.semaphores
            }
        });
        number
    }

    /// Who holds some; None if somebody is changing that right now.
    pub(crate) fn holders(&self) -> Option<Holders> {
        self.state.peek(|state| state.holders)
    }

    /// Takes `wanted` permits, and waits until they are there and it is the
    /// caller's turn.
    ///
    /// # Panics
    ///
    /// If the calling thread is not scheduled and would have to wait.
    pub(super) fn take(self: &Arc<Self>, wanted: usize, at: Place) -> Result<Held, IsClosed> {
        match self.take_within(None, wanted, at) {
            Poll::Ready(taken) => taken,
            Poll::Pending => unreachable!("without a limit no time is over"),
        }
    }

    /// The same, but it waits for at most `limit`, if there is one; pending if its
    /// time is over.
    pub(super) fn take_within(
        self: &Arc<Self>,
        limit: Option<Duration>,
        wanted: usize,
        at: Place,
    ) -> Poll<Result<Held, IsClosed>> {
        let thread = current();
        if let Some(thread) = &thread {
            thread.checkpoint(self.op(self.taking(wanted)), at);
        }
        let until = thread.as_ref().zip(limit);
        let until = until.and_then(|(thread, limit)| thread.until(limit));
        let mut waits = Waits::New;
        loop {
            if let Poll::Ready(taken) = self.poll(thread.as_ref(), wanted, at, waits) {
                return Poll::Ready(taken);
            }
            if let Some(thread) = &thread
                && waits == Waits::Again
                && thread.is_late(until)
            {
                self.leave(thread, Some(at));
                return Poll::Pending;
            }
            let Some(thread) = &thread else {
                let what = match self.kind {
                    Kind::RwLock => "a read-write lock is held",
                    _ => "a semaphore has too few permits",
                };
                panic!(
                    "{what}, and only a thread that a scheduler runs, outside `blocking`, \
                     can wait for it"
                );
            };
            let on = On::Permits(Arc::clone(self));
            thread.park_until(until, on, at, || self.leave(thread, None));
            waits = Waits::Again;
        }
    }

    /// Takes `wanted` permits, if they are there for whoever comes.
    pub(super) fn try_take(
        self: &Arc<Self>,
        wanted: usize,
        at: Place,
    ) -> Poll<Result<Held, IsClosed>> {
        let thread = current();
        if let Some(thread) = &thread {
            thread.checkpoint(self.op(self.taking(wanted)), at);
        }
        self.poll(thread.as_ref(), wanted, at, Waits::No)
    }

    /// Takes `wanted` permits if it is `thread`'s turn. Else, if it waits, sees
    /// to it that it is queued.
    fn poll(
        self: &Arc<Self>,
        thread: Option<&Arc<Control>>,
        wanted: usize,
        at: Place,
        waits: Waits,
    ) -> Poll<Result<Held, IsClosed>> {
        let number = thread.map_or(0, |thread| self.number_in(&thread.run));
        let taken_by = Holder::new(thread.map(|thread| &**thread), at);
        let mut state = self.state.enter();
        let taken = state.take(thread, wanted, waits);
        match (taken, thread) {
            (Poll::Ready(Ok(())), _) => {
                if wanted > 0 {
                    state.holders.add(taken_by);
                }
                self.tell_taken(thread, number, (wanted, state.there), at);
            }
            (Poll::Pending, Some(thread)) if waits != Waits::No && !is_queued(thread) => {
                if waits == Waits::New {
                    self.tell_contended(thread, number, wanted, at);
                }
                state.waiting.claim(thread, wanted, waits == Waits::Again);
            }
            _ => {}
        }
        drop(state);
        taken.map_ok(|()| Held {
            permits: Arc::clone(self),
            count: wanted,
            taken_by,
            given_back_at: None,
        })
    }

    /// `thread` waits no more: its time is over, `at` this line, or its run is
    /// doomed.
    fn leave(&self, thread: &Arc<Control>, at: Option<Place>) {
        {
            let mut state = self.state.enter();
            if thread.claim.take_grant() {
                state.granted -= thread.claim.wanted(); // (4)
            } else {
                state.waiting.withdraw(thread);
            }
        }
        let by = at.map(|_| &**thread);
        self.grant(by, at); // those behind may want less
    }

    /// Puts `count` permits in, and wakes those for whom there is enough now.
    ///
    /// # Panics
    ///
    /// If there would be more than `usize::MAX`.
    fn put(&self, count: usize, at: Option<Place>) {
        let thread = current();
        let thread = thread.as_deref();
        let number = thread.map_or(0, |thread| self.number_in(&thread.run));
        let fits = {
            let mut state = self.state.enter();
            let sum = state.there.checked_add(count);
            if let Some(sum) = sum {
                state.there = sum;
                self.tell_given_back(thread, number, (count, sum), at);
            }
            sum.is_some()
        };
        assert!(fits, "a semaphore has no more than usize::MAX permits");
        self.grant(thread, at);
    }

    /// Adds so many permits.
    ///
    /// # Panics
    ///
    /// If there would be more than `usize::MAX`.
    pub(super) fn add(&self, count: usize, at: Place) {
        if let Some(thread) = current() {
            thread.checkpoint(self.op(Access::Release), at);
        }
        self.put(count, Some(at));
    }

    /// Wakes those who wait first, as long as there is enough for them (3).
    fn grant(&self, by: Option<&Control>, at: Option<Place>) {
        loop {
            let next = {
                let mut state = self.state.enter();
                if state.is_closed {
                    return; // whoever waits is woken by who closed it
                }
                let free = state.free();
                let next = state.waiting.grant(|wanted| wanted <= free);
                if let Some(next) = &next {
                    state.granted += next.claim.wanted();
                }
                next
            };
            match next {
                Some(next) => next.unpark(by, at), // the section is left
                None => return,
            }
        }
    }

    /// How many are there and granted to nobody.
    pub(super) fn free(&self) -> usize {
        self.note(Access::Acquire, None);
        self.state.enter().free()
    }

    /// Removes up to `count` permits that are granted to nobody. Returns how many.
    pub(super) fn remove_free(&self, count: usize) -> usize {
        self.note(Access::Acquire, None);
        let mut state = self.state.enter();
        let removed = count.min(state.free());
        state.there -= removed;
        removed
    }

    /// From now on nobody gets any. Whoever waits is told.
    pub(super) fn close(&self, at: Place) {
        let thread = current();
        if let Some(thread) = &thread {
            thread.checkpoint(self.op(Access::Close), at);
        }
        self.state.enter().is_closed = true;
        loop {
            let next = self.state.enter().waiting.pop();
            match next {
                Some(next) => next.unpark(thread.as_deref(), Some(at)),
                None => return,
            }
        }
    }

    /// Whether it is closed.
    pub(super) fn is_closed(&self) -> bool {
        self.state.enter().is_closed
    }
}
