//! Waiters: wakers that tasks left with something that will happen.
//!
//! Whatever a task can wait for (a task's end, a timer, a source, a channel)
//! keeps a [`Waiter`], or a [`WaitList`] of several, in the order of arrival.
//!
//! Invariants: (1) waiters leave a list in the order in which they came; one
//! that is polled again keeps its place; (2) a waiter says during which poll it
//! was left: if its task has been polled since and did not come back, the task
//! waits for something else now, and the waker is only a leftover; (3) to wake
//! is to run foreign code: a waiter is first taken out, then woken, after every
//! borrow is released; (4) a foreign waker that panics harms neither the code
//! that called it nor the others that are to be woken: it is reported, no more.
//!
//! Book: chapter 5. Mirror: `scheduler::wait_queue`.

use crate::foreign::call_waker;
use crate::state::LoopState;
use std::collections::VecDeque;
use std::mem;
use std::task::Waker;

/// A waker that was left behind, and by whom.
#[derive(Debug)]
pub(crate) struct Waiter {
    /// To be called when it happens.
    waker: Waker,
    /// In which poll it was left, which also says by which task of which loop
    /// (invariant 2): see [`LoopState::running_poll`]. 0: outside of any task.
    pub(crate) poll: u64,
}

impl Waiter {
    /// A waiter for the running task, which `waker` will wake.
    #[inline]
    pub(crate) fn new(state: &LoopState, waker: &Waker) -> Self {
        Waiter {
            waker: waker.clone(),
            poll: state.running_poll(),
        }
    }

    /// A waiter by which no task of the loop waits: `waker` belongs to something
    /// that keeps the tasks' own waiters.
    pub(crate) fn of_nobody(waker: Waker) -> Self {
        Waiter { waker, poll: 0 }
    }

    /// Whether it is `waker` that would be called.
    pub(crate) fn wakes(&self, waker: &Waker) -> bool {
        self.waker.will_wake(waker)
    }

    /// Wakes whoever waits. A panic of a foreign waker is logged (invariant 4).
    pub(crate) fn wake(self) {
        call_waker(|| self.waker.wake());
    }
}

/// A place in one [`WaitList`]: tickets are never used twice there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ticket(u64);

/// Waiters in the order in which they came, or what else there is one of for each.
#[derive(Debug)]
pub(crate) struct WaitList<T = Waiter> {
    /// Sorted by ticket, since tickets only grow. No memory until somebody waits.
    waiters: VecDeque<(Ticket, T)>,
    /// The ticket that the next to come will get.
    next: u64,
}

impl<T> Default for WaitList<T> {
    fn default() -> Self {
        WaitList {
            waiters: VecDeque::new(),
            next: 0,
        }
    }
}

impl<T> WaitList<T> {
    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        self.waiters.len()
    }

    /// Whether the holder of `ticket` still waits.
    pub(crate) fn contains(&self, ticket: Ticket) -> bool {
        self.position(ticket).is_some()
    }

    /// Leaves `waiter` at its ticket's place, or at the tail if it has none: if
    /// this is its first wait, or it has been woken since.
    ///
    /// Also returns the waiter that it replaces, to be dropped by the caller
    /// once nothing is borrowed: its waker may be foreign.
    pub(crate) fn wait(&mut self, ticket: Option<Ticket>, waiter: T) -> (Ticket, Option<T>) {
        if let Some(index) = ticket.and_then(|ticket| self.position(ticket)) {
            let (ticket, waiting) = &mut self.waiters[index];
            return (*ticket, Some(mem::replace(waiting, waiter)));
        }
        let ticket = Ticket(self.next);
        self.next += 1;
        if self.waiters.capacity() == 0 {
            self.waiters.reserve_exact(1); // most lists never hold a second
        }
        self.waiters.push_back((ticket, waiter));
        (ticket, None)
    }

    /// The first to have come.
    pub(crate) fn first(&self) -> Option<&T> {
        self.waiters.front().map(|(_, waiter)| waiter)
    }

    /// Takes out the first to have come, and its ticket.
    pub(crate) fn pop_with_ticket(&mut self) -> Option<(Ticket, T)> {
        self.waiters.pop_front()
    }

    /// Takes out the first to have come.
    pub(crate) fn pop(&mut self) -> Option<T> {
        self.waiters.pop_front().map(|(_, waiter)| waiter)
    }

    /// Takes out the holder of `ticket`, if it still waits.
    pub(crate) fn remove(&mut self, ticket: Ticket) -> Option<T> {
        let index = self.position(ticket)?;
        self.waiters.remove(index).map(|(_, waiter)| waiter)
    }

    /// Takes everybody out, in order.
    pub(crate) fn take_all(&mut self) -> Vec<T> {
        self.waiters.drain(..).map(|(_, waiter)| waiter).collect()
    }

    /// Everybody, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.waiters.iter().map(|(_, waiter)| waiter)
    }

    /// Where the holder of `ticket` stands now.
    fn position(&self, ticket: Ticket) -> Option<usize> {
        self.waiters
            .binary_search_by_key(&ticket, |(ticket, _)| *ticket)
            .ok()
    }
}
