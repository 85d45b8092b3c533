//! An object: what tasks wait on, as the loop, the trace and the account see it.
//!
//! A channel, a lock, a barrier: each differs in what is inside, and in who is
//! woken when. What they share is here: a number in the trace, and the one way
//! to poll, which is to try, and else to leave a waiter.
//!
//! Invariants: (1) while the inside is borrowed nobody is woken and nothing
//! foreign runs: no waker is cloned, called or dropped, and no value dropped;
//! (2) an object has one number in each loop that sees it: it gets a new one
//! when it comes to another loop, and nobody else ever has that.
//!
//! Left out: locks, and use by several OS threads: an object is not `Send`.

use crate::account::KeepsWaiters;
use crate::context;
use crate::numbers::Numbers;
use crate::state::LoopState;
use crate::trace::{Line, Place, Reference};
use crate::wait_list::{Ticket, Waiter};
use std::cell::{Cell, RefCell, RefMut};
use std::fmt;
use std::panic::Location;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

/// What there is to wait on, in the order in which the account sorts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// A channel of any kind.
    Channel,
    /// A mutex.
    Mutex,
    /// A read-write lock.
    RwLock,
    /// A semaphore.
    Semaphore,
    /// A notify.
    Notify,
    /// A barrier.
    Barrier,
    /// A set of tasks.
    Set,
}

impl Kind {
    /// How many kinds there are: each is numbered on its own.
    pub(crate) const COUNT: usize = Kind::Set as usize + 1;

    /// What the trace calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Channel => "channel",
            Kind::Mutex => "mutex",
            Kind::RwLock => "rwlock",
            Kind::Semaphore => "semaphore",
            Kind::Notify => "notify",
            Kind::Barrier => "barrier",
            Kind::Set => "set",
        }
    }
}

/// The inside of an object: it shows who waits there.
pub(crate) trait Inside {
    /// Shows each waiter to `tell`.
    fn each_waiter(&self, tell: &mut dyn FnMut(&Waiter));
}

/// Something on which tasks wait, with `S` inside.
pub(crate) struct Object<S> {
    /// What it is.
    kind: Kind,
    /// The last loop that saw it, and its number there; 0 until a loop does.
    number: Cell<(u64, u64)>,
    /// Whether that loop knows its waiters.
    is_counted_in: Cell<bool>,
    /// What changes.
    inside: RefCell<S>,
}

impl<S: Inside> Object<S> {
    /// A new one. If a loop makes it, it has its number in the order of making.
    pub(crate) fn new(kind: Kind, inside: S) -> Rc<Self> {
        let object = Rc::new(Object {
            kind,
            number: Cell::new((0, 0)),
            is_counted_in: Cell::new(false),
            inside: RefCell::new(inside),
        });
        if let Some(state) = context::current() {
            object.number(&state);
        }
        object
    }

    /// What it is.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// Looks inside (invariant 1).
    pub(crate) fn inside(&self) -> RefMut<'_, S> {
        self.inside.borrow_mut()
    }

    /// Its number in this loop's trace (invariant 2).
    pub(crate) fn number(&self, state: &LoopState) -> u64 {
        let (seen_by, number) = self.number.get();
        if number != 0 && seen_by == state.number {
            return number;
        }
        let number = Numbers::next(&state.numbers.objects[self.kind as usize]);
        self.number.set((state.number, number));
        self.is_counted_in.set(false);
        number
    }

    /// How the trace refers to it.
    fn reference(&self, state: &LoopState) -> Reference {
        Reference::Object(self.kind, self.number(state))
    }

    // ANCHOR: poll
    /// Polls a future that waits here: tries, and else leaves a waiter.
    ///
    /// `attempt` is ready if there is no need to wait. `wait` leaves the waiter
    /// at its ticket's place, and returns the one that was there before.
    #[inline]
    pub(crate) fn poll<T>(
        self: &Rc<Self>,
        polled: &Polled<'_>,
        ticket: &mut Option<Ticket>,
        mut attempt: impl FnMut(&mut S, &mut Option<Ticket>) -> Poll<T>,
        wait: impl FnOnce(&mut S, &mut Option<Ticket>, Waiter) -> Option<Waiter>,
    ) -> Poll<T>
    where
        S: 'static,
    {
        let state = &*polled.state;
        let mut waiter = None;
        let before = loop {
            let mut inside = self.inside();
            if let Poll::Ready(done) = attempt(&mut inside, ticket) {
                drop(inside);
                return Poll::Ready(done); // and a waiter is dropped
            }
            if let Some(waiter) = waiter.take() {
                break wait(&mut inside, ticket, waiter);
            }
            drop(inside);
            waiter = Some(Waiter::new(state, polled.waker));
            // careful: tried again, since a foreign waker may use this object
            // while it is cloned.
        };
        let reference = self.reference(state);
        if !self.is_counted_in.replace(true) {
            state.count_in(self);
        }
        if before.is_some() {
            state.give_up(reference, before);
        }
        state.wait_on(reference, polled.line, polled.place);
        Poll::Pending
    }
    // ANCHOR_END: poll

    /// A waiter was taken out, not to be woken: it gave up.
    pub(crate) fn give_up(&self, waiter: Option<Waiter>) {
        match context::current() {
            Some(state) => state.give_up(self.reference(&state), waiter),
            None => drop(waiter),
        }
    }
}

/// One poll of a future that waits on an object.
pub(crate) struct Polled<'a> {
    /// The loop in which it is polled.
    pub(crate) state: Rc<LoopState>,
    /// What wakes the task that polls it.
    waker: &'a Waker,
    /// The learner's `.await`.
    pub(crate) place: Place,
    /// Our line.
    line: Line,
}

impl<'a> Polled<'a> {
    /// The caller's caller polls `what`.
    ///
    /// # Panics
    ///
    /// Outside of an event loop.
    #[track_caller]
    #[inline]
    pub(crate) fn new(what: &str, context: &'a Context<'_>, line: Line) -> Self {
        Polled {
            state: context::expect_current(what),
            waker: context.waker(),
            place: Location::caller(),
            line,
        }
    }
}

/// Wakes everybody, in order. Nothing may be borrowed.
pub(crate) fn wake_all(waiters: Vec<Waiter>) {
    for waiter in waiters {
        waiter.wake();
    }
}

impl<S: Inside> KeepsWaiters for Object<S> {
    fn each_waiter(&self, tell: &mut dyn FnMut(Reference, &Waiter)) {
        let reference = Reference::Object(self.kind, self.number.get().1);
        self.inside()
            .each_waiter(&mut |waiter| tell(reference, waiter));
    }
}

impl<S> fmt::Debug for Object<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(self.kind.name())
            .field("number", &self.number.get().1)
            .finish_non_exhaustive()
    }
}
