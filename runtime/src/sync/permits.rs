//! Permits: what a mutex, a read-write lock and a semaphore are made of.
//!
//! There are so many; to take some is to wait until they are there and it is
//! one's turn; whoever holds some gives them back. A mutex has one permit. A
//! read-write lock has [`EVERY`]: a reader takes one, a writer takes them all.
//!
//! Invariants: (1) permits are there, or held: their sum changes only where new
//! ones come, and where some are forgotten; it is counted, so that there is
//! always room for those that come back; (2) who came first is served first:
//! see [`queue`](super::queue); (3) while enough is there for the first who
//! waits, it does not wait.
//!
//! Mirror: `scheduler::sync::lock`.

mod record;

use self::record::Step;
use super::object::{self, Kind, Object, Polled, wake_all};
use super::queue::{IsClosed, Queue};
use crate::trace::{Place, here};
use crate::wait_list::{Ticket, Waiter};
use std::mem;
use std::rc::Rc;
use std::task::Poll;

/// All the permits of a read-write lock.
pub(super) const EVERY: usize = usize::MAX;

/// Permits, and who waits for them.
#[derive(Debug)]
pub(super) struct Inside {
    /// How many there are in all, held or not (invariant 1).
    all: usize,
    /// How many are there, granted to somebody or not.
    there: usize,
    /// Who waits.
    queue: Queue,
}

/// Permits, as they are shared by whoever holds or wants some.
pub(super) type Permits = Object<Inside>;

impl object::Inside for Inside {
    fn each_waiter(&self, tell: &mut dyn FnMut(&Waiter)) {
        self.queue.iter().for_each(tell);
    }
}

impl Inside {
    /// Takes so many permits, if it is the turn of `ticket`'s holder. Returns
    /// how many are left.
    #[inline]
    fn take(
        &mut self,
        ticket: &mut Option<Ticket>,
        wanted: usize,
    ) -> Poll<Result<usize, IsClosed>> {
        let turn = self.queue.take(ticket, wanted, self.there);
        turn.map_ok(|()| {
            self.there -= wanted;
            self.there
        })
    }
}

impl Permits {
    /// So many permits, for a `kind` of lock.
    pub(super) fn with(kind: Kind, there: usize) -> Rc<Self> {
        let inside = Inside {
            all: there,
            there,
            queue: Queue::default(),
        };
        Object::new(kind, inside)
    }

    /// Will take `wanted` permits.
    pub(super) fn taking(self: &Rc<Self>, wanted: usize) -> Taking {
        Taking {
            permits: self.clone(),
            wanted,
            ticket: None,
        }
    }

    /// Takes `wanted` permits, if they are there for whoever comes.
    pub(super) fn try_take(
        self: &Rc<Self>,
        wanted: usize,
        place: Place,
    ) -> Poll<Result<Held, IsClosed>> {
        let taken = self.inside().take(&mut None, wanted);
        taken.map_ok(|left| {
            self.record(Step::Taken, (wanted, left), (here!(), Some(place)));
            self.held(wanted)
        })
    }

    /// Somebody holds `count` permits.
    #[inline]
    fn held(self: &Rc<Self>, count: usize) -> Held {
        Held {
            permits: self.clone(),
            count,
            given_back_at: None,
        }
    }

    /// Adds so many new permits. `place` is the learner's.
    ///
    /// # Panics
    ///
    /// If there would be more than `usize::MAX`, with those that are held.
    pub(super) fn add(&self, count: usize, place: Place) {
        let sum = self.inside().all.checked_add(count);
        self.inside().all = sum.expect("a semaphore has no more than usize::MAX permits");
        self.put_in(count, Some(place));
    }

    /// Puts so many permits in, given back or new ones, and wakes those for whom
    /// there is enough now. `place` is the learner's, if the program names one.
    #[inline]
    fn put_in(&self, count: usize, place: Option<Place>) {
        let left = {
            let mut inside = self.inside();
            inside.there += count; // no more than all (invariant 1)
            inside.there
        };
        self.record(Step::GivenBack, (count, left), (here!(), place));
        self.grant();
    }

    /// Wakes those who wait first, as long as there is enough for them (invariant 3).
    #[inline]
    fn grant(&self) {
        loop {
            let next = {
                let mut inside = self.inside();
                let there = inside.there;
                inside.queue.grant(there)
            };
            match next {
                Some(next) => next.wake(), // nothing is borrowed
                None => return,
            }
        }
    }

    /// How many are there and granted to nobody.
    pub(super) fn free(&self) -> usize {
        let inside = self.inside();
        inside.queue.free(inside.there)
    }

    /// Removes up to `count` permits that are granted to nobody. Returns how many.
    pub(super) fn remove_free(&self, count: usize) -> usize {
        let count = count.min(self.free());
        let mut inside = self.inside();
        inside.there -= count;
        inside.all -= count;
        count
    }

    /// From now on nobody gets any. Whoever waits is told.
    pub(super) fn close(&self) {
        let waiting = self.inside().queue.close();
        wake_all(waiting); // nothing is borrowed
    }

    /// Whether it is closed.
    pub(super) fn is_closed(&self) -> bool {
        self.inside().queue.is_closed()
    }
}

/// A future that takes permits.
#[derive(Debug)]
pub(super) struct Taking {
    /// From where.
    permits: Rc<Permits>,
    /// How many.
    wanted: usize,
    /// Its place among those who wait, or what was granted to it.
    ticket: Option<Ticket>,
}

impl Taking {
    /// Takes the permits when it is its turn.
    #[inline]
    pub(super) fn poll(&mut self, polled: &Polled<'_>) -> Poll<Result<Held, IsClosed>> {
        let Taking {
            permits,
            wanted,
            ticket,
        } = self;
        let is_new = ticket.is_none();
        let taken = permits.poll(
            polled,
            ticket,
            |inside, ticket| inside.take(ticket, *wanted),
            |inside, ticket, waiter| inside.queue.wait(ticket, *wanted, waiter),
        );
        let at = Some(polled.place);
        if is_new && taken.is_pending() {
            permits.record(Step::Contended, (*wanted, 0), (here!(), at));
        }
        taken.map_ok(|left| {
            permits.record(Step::Taken, (*wanted, left), (here!(), at));
            permits.held(*wanted)
        })
    }
}

impl Drop for Taking {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket {
            let waiter = self.permits.inside().queue.give_up(ticket, self.wanted);
            self.permits.give_up(waiter);
            self.permits.grant(); // those behind may want less, or get what it was granted
        }
    }
}

/// Permits that somebody holds. Dropped, they are given back.
#[derive(Debug)]
pub(super) struct Held {
    /// Where they come from.
    permits: Rc<Permits>,
    /// How many; 0 once they are forgotten.
    count: usize,
    /// The learner's line that gives them back, if the program names one.
    given_back_at: Option<Place>,
}

impl Held {
    /// How many.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Gives them back, and says where.
    pub(super) fn give_back(mut self, place: Place) {
        self.given_back_at = Some(place);
    }

    /// Never gives them back.
    pub(super) fn forget(mut self) {
        let count = mem::take(&mut self.count);
        self.permits.inside().all -= count;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.count > 0 {
            self.permits.put_in(self.count, self.given_back_at);
        }
    }
}
