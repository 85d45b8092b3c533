//! The trace's queue: records that threads and dispatcher hand to the clerk.
//!
//! The dispatcher may not log, since a frozen thread could hold the logger's
//! lock; so every record is first a few plain numbers in this queue, and an
//! ordinary thread writes them out. After D. Vyukov, "Bounded MPMC queue".
//!
//! Invariants: (1) pushing neither allocates nor locks; (2) records come out
//! in the order of their tickets, so a pop sees what happened before its own
//! record first; (3) a slot belongs to whom its turn says: the pusher with
//! ticket `t` at turn `t`, the popper with ticket `t` at turn `t + 1`.
//!
//! Left out: waiting: a full queue says so, an empty one too.
//!
//! Book: chapter 13.

use std::cell::UnsafeCell;
use std::fmt;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A place for one record.
struct Slot<T> {
    /// Whose turn it is (3).
    turn: AtomicUsize,
    /// The record; initialised from turn `t + 1` on.
    record: UnsafeCell<MaybeUninit<T>>,
}

/// A counter in a cache line of its own.
#[derive(Debug)]
#[repr(align(64))]
struct Tickets(AtomicUsize);

impl Tickets {
    /// The ticket that is next.
    fn next(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// Takes `ticket`, or says which one is next by now.
    fn take(&self, ticket: usize) -> Result<(), usize> {
        let next = ticket.wrapping_add(1);
        self.0
            .compare_exchange_weak(ticket, next, Ordering::Relaxed, Ordering::Relaxed)
            .map(drop)
    }
}

/// A bounded queue of records for many pushers and poppers.
pub(crate) struct Queue<T: Copy> {
    /// A power of two of them; ticket `t` belongs to slot `t` modulo that.
    slots: Box<[Slot<T>]>,
    /// The next pusher's ticket.
    pushed: Tickets,
    /// The next popper's ticket.
    popped: Tickets,
}

// SAFETY: sharing a queue moves records between threads, which `T: Send`
// allows, and never lends one out. A slot's record is touched only by whom its
// turn names (3), and turns pass by release and acquire. A method that returned
// a reference to a record would break it.
unsafe impl<T: Copy + Send> Sync for Queue<T> {}

impl<T: Copy> fmt::Debug for Queue<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Queue")
            .field("capacity", &self.slots.len())
            .field("pushed", &self.pushed)
            .field("popped", &self.popped)
            .finish_non_exhaustive()
    }
}

impl<T: Copy> Queue<T> {
    /// A queue for at least `capacity` records. Their memory is touched here,
    /// so that no push ever waits for the kernel to find a page.
    pub(crate) fn new(capacity: usize) -> Self {
        let slot = |turn| Slot {
            turn: AtomicUsize::new(turn),
            record: UnsafeCell::new(MaybeUninit::uninit()),
        };
        // Two slots at least: with one, "full" and "empty" share a turn.
        let capacity = capacity.next_power_of_two().max(2);
        Self {
            slots: (0..capacity).map(slot).collect(),
            pushed: Tickets(AtomicUsize::new(0)),
            popped: Tickets(AtomicUsize::new(0)),
        }
    }

    /// Appends `record`.
    ///
    /// A scheduled thread must hold a [`Guard`](super::current::Guard): frozen
    /// with a ticket in hand, it would withhold all that is pushed after it.
    ///
    /// # Errors
    /// When the queue is full: the record comes back.
    pub(crate) fn push(&self, record: T) -> Result<(), T> {
        let mut ticket = self.pushed.next();
        loop {
            let slot = self.slot(ticket);
            let turn = slot.turn.load(Ordering::Acquire);
            match turn.wrapping_sub(ticket).cast_signed() {
                0 => match self.pushed.take(ticket) {
                    Ok(()) => {
                        // SAFETY: writing requires that nobody else touches the
                        // record. Its turn is our ticket, which nobody else
                        // has (3); it changes below, after the write.
                        unsafe { slot.record.get().write(MaybeUninit::new(record)) };
                        slot.turn.store(ticket.wrapping_add(1), Ordering::Release);
                        return Ok(());
                    }
                    Err(newer) => ticket = newer,
                },
                // The record of one round ago is still there.
                ..0 => return Err(record),
                // Another pusher was faster.
                1.. => ticket = self.pushed.next(),
            }
        }
    }

    /// Takes the oldest record, if its pusher is done with it.
    pub(crate) fn pop(&self) -> Option<T> {
        let mut ticket = self.popped.next();
        loop {
            let slot = self.slot(ticket);
            let turn = slot.turn.load(Ordering::Acquire);
            match turn.wrapping_sub(ticket.wrapping_add(1)).cast_signed() {
                0 => match self.popped.take(ticket) {
                    Ok(()) => {
                        // SAFETY: reading requires that nobody writes the
                        // record meanwhile. Its turn is our ticket plus 1,
                        // which lets us alone in (3), until the store below.
                        let record = unsafe { slot.record.get().read() };
                        let next_round = ticket.wrapping_add(self.slots.len());
                        slot.turn.store(next_round, Ordering::Release);
                        // SAFETY: requires an initialised record: the turn
                        // became ticket + 1 only after `push` wrote one.
                        return Some(unsafe { record.assume_init() });
                    }
                    Err(newer) => ticket = newer,
                },
                // Nothing pushed yet, or its pusher is still writing.
                ..0 => return None,
                // Another popper was faster.
                1.. => ticket = self.popped.next(),
            }
        }
    }

    /// The slot of `ticket`.
    fn slot(&self, ticket: usize) -> &Slot<T> {
        &self.slots[ticket & (self.slots.len() - 1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn records_come_out_in_the_order_in_which_they_went_in() {
        let queue = Queue::new(8);
        for round in 0..100 {
            for record in 0..8 {
                queue.push(round * 8 + record).unwrap();
            }
            for record in 0..8 {
                assert_eq!(queue.pop(), Some(round * 8 + record));
            }
        }
        assert_eq!(queue.pop(), None);
    }

    #[test]
    fn a_full_queue_gives_the_record_back() {
        let queue = Queue::new(2);
        assert_eq!(queue.push('a'), Ok(()));
        assert_eq!(queue.push('b'), Ok(()));
        assert_eq!(queue.push('c'), Err('c'));
        assert_eq!(queue.pop(), Some('a'));
        assert_eq!(queue.push('c'), Ok(()));
    }

    #[test]
    fn a_capacity_of_one_still_tells_full_from_empty() {
        let queue = Queue::new(1);
        assert_eq!(queue.pop(), None);
        queue.push(1).unwrap();
        let _ = queue.push(2); // whether it fits or not, 1 stays
        assert_eq!(queue.pop(), Some(1));
    }

    #[test]
    fn no_record_of_many_pushers_is_lost_or_out_of_its_pushers_order() {
        const PUSHERS: usize = 4;
        const RECORDS: usize = 20_000;
        let queue = Queue::new(64);
        let mut next = [0; PUSHERS];
        thread::scope(|scope| {
            for pusher in 0..PUSHERS {
                let queue = &queue;
                scope.spawn(move || {
                    for record in 0..RECORDS {
                        while queue.push((pusher, record)).is_err() {
                            thread::yield_now();
                        }
                    }
                });
            }
            while next != [RECORDS; PUSHERS] {
                match queue.pop() {
                    Some((pusher, record)) => {
                        assert_eq!(record, next[pusher]);
                        next[pusher] += 1;
                    }
                    None => thread::yield_now(),
                }
            }
        });
        assert_eq!(queue.pop(), None);
    }
}
