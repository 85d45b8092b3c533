//! The queue: waiters for a share of something countable, served in order.
//!
//! A channel's senders wait for room and its receivers for a value; whoever
//! wants permits of a semaphore, or a lock, waits for so many of them. The
//! queue is told how much is there, and says whose it is.
//!
//! ```text
//!   take ──► taken              take, grant ──► granted ──► taken
//!     └────► waiting ── grant ──────────────────────┘ └── give_up: to the next
//!              └── give_up
//! ```
//!
//! Invariants: (1) who came first is served first: one that wants much is not
//! passed by those behind it that want little; (2) nobody who comes later takes
//! what a waiter was woken for: that share is *granted*; (3) a share that is
//! given up is free again, and the caller grants it to the next; (4) once the
//! queue is closed nothing is taken or granted any more, and nobody waits.
//!
//! Left out: what there is to share. Whoever owns the queue keeps it.
//!
//! Mirror: `scheduler::sync::wait_queue`.

use crate::wait_list::{Ticket, WaitList, Waiter};
use std::task::Poll;

/// Who waits, and what is granted.
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// Who waits, and how much each wants.
    waiting: WaitList<(usize, Waiter)>,
    /// How much the waiters that were woken will come for (invariant 2).
    granted: usize,
    /// Whether it is over (invariant 4).
    is_closed: bool,
}

/// The queue is closed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct IsClosed;

impl Queue {
    /// Takes `wanted` of what is `there`: by the ticket of one to whom that was
    /// granted, or as one who comes and finds that nobody waits and enough is free.
    /// Else the caller has to wait.
    #[inline]
    pub(super) fn take(
        &mut self,
        ticket: &mut Option<Ticket>,
        wanted: usize,
        there: usize,
    ) -> Poll<Result<(), IsClosed>> {
        if self.is_closed {
            *ticket = None;
            return Poll::Ready(Err(IsClosed));
        }
        match *ticket {
            Some(waiting) if self.waiting.contains(waiting) => return Poll::Pending,
            Some(_) => {
                *ticket = None;
                self.granted -= wanted;
            }
            None if self.waiting.len() > 0 || self.free(there) < wanted => return Poll::Pending,
            None => {}
        }
        Poll::Ready(Ok(()))
    }

    /// Leaves a waiter for `wanted`, at the place of its ticket if it has one.
    /// Returns the waiter that it replaces.
    #[inline]
    pub(super) fn wait(
        &mut self,
        ticket: &mut Option<Ticket>,
        wanted: usize,
        waiter: Waiter,
    ) -> Option<Waiter> {
        let (kept, before) = self.waiting.wait(*ticket, (wanted, waiter));
        *ticket = Some(kept);
        before.map(|(_, waiter)| waiter)
    }

    /// Grants the first who waits its share of what is `there`, if that is free.
    /// It must be woken; then there may be enough for one more.
    #[inline]
    pub(super) fn grant(&mut self, there: usize) -> Option<Waiter> {
        let (wanted, _) = self.waiting.first()?;
        if self.free(there) < *wanted {
            return None; // invariant 1
        }
        let (wanted, waiter) = self.waiting.pop()?;
        self.granted += wanted;
        Some(waiter)
    }

    /// The holder of `ticket`, who wanted so much, gives up its wait, whose
    /// waiter is returned, or its grant (invariant 3). Others may be granted
    /// something now.
    pub(super) fn give_up(&mut self, ticket: Ticket, wanted: usize) -> Option<Waiter> {
        if self.is_closed {
            return None;
        }
        let waiting = self.waiting.remove(ticket);
        if waiting.is_none() {
            self.granted -= wanted;
        }
        waiting.map(|(_, waiter)| waiter)
    }

    /// Closes the queue (invariant 4). Returns everybody who waited, to be woken.
    pub(super) fn close(&mut self) -> Vec<Waiter> {
        self.is_closed = true;
        self.granted = 0;
        let waiting = self.waiting.take_all().into_iter();
        waiting.map(|(_, waiter)| waiter).collect()
    }

    /// Whether it is closed.
    pub(super) fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// How much of what is `there` was granted to nobody.
    pub(super) fn free(&self, there: usize) -> usize {
        there - self.granted
    }

    /// Who waits, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Waiter> {
        self.waiting.iter().map(|(_, waiter)| waiter)
    }
}
