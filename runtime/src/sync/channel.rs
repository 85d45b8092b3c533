//! A bounded channel: a queue between tasks, with room for so many values.
//!
//! A sender waits while the queue is full, a receiver while it is empty. Both
//! ends can be cloned; a value goes to one receiver.
//!
//! Invariants: (1) values leave in the order in which they came; (2) so do
//! waiters: who came first is served first, and nobody who comes later takes
//! what a waiter was woken for: that room, or that value, is *granted*; (3) a
//! waiter that is dropped after it was granted something passes it on; (4)
//! while anything is there to be granted, nobody waits for it.
//!
//! Left out: capacity 0, where sender and receiver would have to meet; sending
//! between OS threads.
//!
//! Book: chapter 3. Mirror: `scheduler::sync::channel`.

mod ends;
mod futures;

use crate::account::{self, Waits};
use crate::context;
use crate::state::{LoopState, Numbers};
use crate::trace::{self, Field, Line, Place, Reference};
use crate::wait_list::{Ticket, WaitList, Waiter};
use std::cell::{Cell, RefCell, RefMut};
use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;

pub use ends::{Receiver, Sender};
pub use futures::{Receiving, RecvError, SendError, Sending};

/// Makes a channel with room for `capacity` values.
///
/// # Panics
///
/// If `capacity` is 0.
pub fn channel<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    assert!(capacity > 0, "a channel needs room for at least one value");
    let channel = Rc::new(Channel {
        capacity,
        number: Cell::new(0),
        inside: RefCell::new(Inside {
            values: VecDeque::new(),
            senders: Side::default(),
            receivers: Side::default(),
        }),
    });
    if let Some(state) = context::current() {
        channel.number(&state);
    }
    (Sender::new(channel.clone()), Receiver::new(channel))
}

/// What both ends share.
struct Channel<T> {
    /// For how many values there is room.
    capacity: usize,
    /// Its number in the trace; 0 until a loop sees it.
    number: Cell<u64>,
    /// What changes.
    inside: RefCell<Inside<T>>,
}

/// What changes in a channel.
struct Inside<T> {
    /// Sent, and not yet received: the head leaves next.
    values: VecDeque<T>,
    /// Who sends.
    senders: Side,
    /// Who receives.
    receivers: Side,
}

/// One side of a channel.
#[derive(Default)]
struct Side {
    /// How many ends are held. At 0 the side is gone for ever.
    ends: usize,
    /// Who waits: senders for room, receivers for a value.
    waiting: WaitList,
    /// How much room, or how many values, woken waiters will come for (invariant 2).
    granted: usize,
}

impl Side {
    /// Grants something that is there to the first who waits, and must be woken.
    fn grant(&mut self) -> Option<Waiter> {
        let waiter = self.waiting.pop()?;
        self.granted += 1;
        Some(waiter)
    }

    /// Takes what was granted to the holder of `ticket`: who has a ticket and
    /// waits no more. `false`: nothing was.
    fn take_grant(&mut self, ticket: &mut Option<Ticket>) -> bool {
        let is_granted = ticket.is_some_and(|ticket| !self.waiting.contains(ticket));
        if is_granted {
            *ticket = None;
            self.granted -= 1;
        }
        is_granted
    }

    /// The holder of `ticket` gives up. Returns its waiter, if it still waited,
    /// and else the one to whom the grant is passed on (invariant 3).
    fn give_up(&mut self, ticket: Ticket) -> GivenUp {
        if let Some(waiter) = self.waiting.remove(ticket) {
            return GivenUp::Wait(waiter);
        }
        self.granted -= 1;
        GivenUp::Grant(self.grant())
    }
}

/// What somebody gave up who will not wait any more.
enum GivenUp {
    /// A wait: this is to be dropped.
    Wait(Waiter),
    /// A grant: this one, who has it now, is to be woken.
    Grant(Option<Waiter>),
}

impl<T> Inside<T> {
    /// Whether no value will ever come out again.
    fn is_exhausted(&self) -> bool {
        self.senders.ends == 0 && self.values.is_empty()
    }

    /// Puts a value in, if there is room that was granted to this sender, or to
    /// nobody (invariant 2). Returns which receiver to wake, or the value.
    fn put(
        &mut self,
        capacity: usize,
        ticket: &mut Option<Ticket>,
        value: T,
    ) -> Result<Option<Waiter>, T> {
        let has_room = self.values.len() + self.senders.granted < capacity;
        if !self.senders.take_grant(ticket) && !has_room {
            return Err(value);
        }
        self.values.push_back(value);
        Ok(self.receivers.grant()) // invariant 4
    }

    /// Takes a value out, if there is one that was granted to this receiver, or
    /// to nobody (invariant 2). Also returns whom to wake: the sender for whom
    /// there is room now; and, after the last value, everybody.
    fn take(&mut self, ticket: &mut Option<Ticket>) -> Option<(T, Option<Waiter>, Vec<Waiter>)> {
        let has_value = self.values.len() > self.receivers.granted;
        if !self.receivers.take_grant(ticket) && !has_value {
            return None;
        }
        let value = self.values.pop_front();
        let value = value.expect("what is granted or available is there");
        let sender = self.senders.grant(); // invariant 4
        let receivers = if self.is_exhausted() {
            self.receivers.waiting.take_all()
        } else {
            Vec::new()
        };
        Some((value, sender, receivers))
    }
}

impl<T> Channel<T> {
    /// Looks inside. Nobody may be woken, and nothing foreign dropped, meanwhile.
    fn inside(&self) -> RefMut<'_, Inside<T>> {
        self.inside.borrow_mut()
    }

    /// Its number in the trace, given when a loop first sees it.
    fn number(&self, state: &LoopState) -> u64 {
        if self.number.get() == 0 {
            self.number.set(Numbers::next(&state.numbers.channels));
        }
        self.number.get()
    }

    /// Records what the running task did (`sent`, `received` or `closed`), and
    /// how many values are inside now.
    fn record(&self, state: &LoopState, step: &'static str, line: Line, place: Option<Place>) {
        if !trace::enabled() {
            return;
        }
        if let Some(task) = state.running_task() {
            let (channel, len) = (self.number(state), self.inside().values.len());
            let fields = [
                Field::new("channel").is(&channel),
                Field::new("len").is(&len),
                Field::new("cap").is(&self.capacity),
                Field::new("task").is(&task),
            ];
            state.record(step, line, place, &fields);
        }
    }

    /// The running task waits on this channel; `before` is its waiter from before.
    fn wait_on(self: &Rc<Self>, state: &LoopState, before: Option<Waiter>, line: Line, place: Place)
    where
        T: 'static,
    {
        let reference = Reference::Channel(self.number(state));
        if account::enabled() {
            state.count_in(self);
        }
        state.give_up(reference, before);
        state.wait_on(reference, line, place);
    }

    /// Somebody gave up. Foreign code may run: nothing may be borrowed.
    fn settle(&self, given_up: GivenUp) {
        match (given_up, context::current()) {
            (GivenUp::Wait(waiter), Some(state)) => {
                state.give_up(Reference::Channel(self.number(&state)), Some(waiter));
            }
            (GivenUp::Wait(waiter), None) => drop(waiter),
            (GivenUp::Grant(Some(next)), _) => next.wake(),
            (GivenUp::Grant(None), _) => {}
        }
    }
}

impl<T> Waits for Channel<T> {
    fn each_waiter(&self, tell: &mut dyn FnMut(Reference, &Waiter)) {
        let inside = self.inside();
        for waiter in inside
            .senders
            .waiting
            .iter()
            .chain(inside.receivers.waiting.iter())
        {
            tell(Reference::Channel(self.number.get()), waiter);
        }
    }
}

impl<T> fmt::Debug for Channel<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel")
            .field("number", &self.number)
            .field("capacity", &self.capacity)
            .finish_non_exhaustive()
    }
}
