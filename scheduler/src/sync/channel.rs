//! A channel: a queue between threads that blocks who is too fast.
//!
//! It has room for so many values; or for none, and then a sender waits for a
//! receiver (a *rendezvous*); or for any number, and then no sender waits.
//!
//! Invariants: (1) values come out in the order in which they went in, and at
//! most `capacity` are inside, and one more for each receiver that waits if that
//! is 0; (2) each value that goes in wakes at most one
//! receiver, each that comes out at most one sender; whoever was woken and came
//! too late waits again, before all others; (3) when one side is gone, all that
//! wait on the other are woken: senders fail at once, receivers when the
//! channel is empty; (4) room for values is allocated outside of the critical
//! section.
//!
//! Left out: sending with a time limit, which std promises to nobody yet.
//!
//! Book: chapter 3. Mirror: `runtime::sync::channel`.

mod iterate;
mod receive;
mod send;

use super::wait_queue::{self, WaitQueue};
use crate::control::{Control, On, current};
use crate::critical::Critical;
use crate::explore::{Access, Operation, Room};
use crate::place::Place;
use crate::run::Number;
use crate::time::Time;
use crate::trace::{Kind, Value, record};
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

pub use iterate::{IntoIter, Iter, TryIter};
pub use receive::Receiver;
pub use send::{Sender, UnboundedSender};
pub use std::sync::mpsc::{RecvError, RecvTimeoutError, SendError, TryRecvError, TrySendError};

/// A channel in which `capacity` values have room, and its two ends. Both can
/// be cloned: each value goes to one of the receivers.
///
/// With a capacity of 0 nothing is ever kept: a value goes in when a receiver
/// waits for it.
///
/// The room is allocated at once.
///
/// # Panics
///
/// If so many values cannot be in memory. Where they could be, and the system has
/// no room for them, the process is aborted, as by every allocation.
pub fn channel<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    make(Some(capacity))
}

/// A channel in which any number of values have room, and its two ends. Sending
/// never waits, so something else must bound how many there will be.
pub fn unbounded<T>() -> (UnboundedSender<T>, Receiver<T>) {
    let (sender, receiver) = make(None);
    (UnboundedSender(sender), receiver)
}

/// A channel of a `capacity`, or without a bound.
fn make<T>(capacity: Option<usize>) -> (Sender<T>, Receiver<T>) {
    let shared = Arc::new(Channel {
        number: Number::default(),
        capacity,
        state: Critical::new(State {
            values: VecDeque::with_capacity(capacity.unwrap_or(0)),
            hungry: 0,
            senders: Side::new(),
            receivers: Side::new(),
        }),
    });
    if let Some(thread) = current() {
        shared.number_in(&thread);
    }
    let receiver = Receiver {
        channel: Arc::clone(&shared),
    };
    (Sender { channel: shared }, receiver)
}

/// What both ends share.
struct Channel<T> {
    /// Which channel.
    number: Number,
    /// How many values have room; None if any number.
    capacity: Option<usize>,
    /// The rest, changed in one piece.
    state: Critical<State<T>>,
}

/// The state of a channel.
struct State<T> {
    /// The values inside.
    values: VecDeque<T>,
    /// How many receivers wait, or were woken and have no value yet.
    hungry: usize,
    /// Those who send.
    senders: Side,
    /// Those who receive.
    receivers: Side,
}

/// One side of a channel.
struct Side {
    /// How many ends there are.
    ends: usize,
    /// Threads that wait on this side.
    waiting: WaitQueue,
}

impl Side {
    /// One end, and nobody waits.
    const fn new() -> Side {
        Side {
            ends: 1,
            waiting: WaitQueue::new(),
        }
    }

    /// Queues `thread`, before the others if it was woken already (2).
    fn queue(&mut self, thread: Option<&Arc<Control>>, was_woken: bool) {
        if let Some(thread) = thread {
            self.waiting.add(thread, was_woken);
        }
    }
}

/// Which side of a channel.
type Which<T> = fn(&mut State<T>) -> &mut Side;

impl<T> State<T> {
    /// Whether one more value has room.
    fn has_room(&self, capacity: Option<usize>) -> bool {
        match capacity {
            None => true,
            Some(0) => self.values.len() < self.hungry,
            Some(capacity) => self.values.len() < capacity,
        }
    }
}

impl<T> Channel<T> {
    /// Its number in `thread`'s run.
    fn number_in(&self, thread: &Control) -> u32 {
        self.number.get(&thread.run, |counts| &counts.channels).0
    }

    /// Its capacity, as the trace writes it.
    fn cap(&self) -> Value {
        self.capacity.map_or(Value::Word("-"), Value::from)
    }

    /// What is done to it.
    fn op(&self, access: Access) -> Operation<'_> {
        Operation::on(Kind::Channel, &self.number, access)
    }

    /// The checkpoint of an operation at `at`; the calling thread, and the
    /// channel's number for it.
    fn step(&self, access: fn(Room) -> Access, at: Place) -> (Option<Arc<Control>>, u32) {
        let thread = current();
        if let Some(thread) = &thread {
            let access = access(Room::from(self.capacity));
            let on = On::Channel(self.number.latest());
            thread.checkpoint(self.op(access).waits_for(on), at);
        }
        let number = thread.as_ref().map_or(0, |thread| self.number_in(thread));
        (thread, number)
    }

    /// Makes the room for values larger, if it is full (4).
    fn grow(&self) {
        let full = self.state.enter().values.capacity();
        let mut larger = VecDeque::with_capacity(full.max(2) * 2);
        let mut state = self.state.enter();
        if state.values.capacity() < larger.capacity() {
            larger.append(&mut state.values);
            std::mem::swap(&mut larger, &mut state.values);
        }
        drop(state); // before what was the room is freed
    }

    /// Waits on `side` of the channel, at most until an instant, if the caller can
    /// wait; `left` is called if it had to leave the queue.
    fn park(
        &self,
        thread: Option<&Arc<Control>>,
        (side, until): (Which<T>, Option<Time>),
        at: Place,
        why: &str,
        left: impl FnOnce(),
    ) {
        let Some(thread) = thread else {
            panic!(
                "a channel is {why}, and only a thread that a scheduler runs, \
                 outside `blocking`, can wait for it"
            );
        };
        let on = On::Channel(self.number_in(thread));
        thread.park_until(until, on, at, || {
            left();
            let next = side(&mut self.state.enter()).waiting.leave(thread);
            let pop = || side(&mut self.state.enter()).waiting.pop();
            wait_queue::wake(next, pop, None, None);
        });
    }

    /// One more end of a side.
    fn add_end(&self, side: Which<T>) {
        side(&mut self.state.enter()).ends += 1;
    }

    /// One end of a side less. If it was the last, everybody on the `other`
    /// side is woken, and the values are returned, if `takes_values`, to be
    /// dropped by the caller.
    fn remove_end(&self, side: Which<T>, other: Which<T>, takes_values: bool) -> VecDeque<T> {
        let thread = current();
        let thread = thread.as_deref();
        let access = if takes_values {
            Access::DropReceiver
        } else {
            Access::DropSender
        };
        if let Some(thread) = thread {
            thread.note(self.op(access), None);
        }
        let number = thread.map_or(0, |thread| self.number_in(thread));
        let mut values = VecDeque::new();
        {
            let mut state = self.state.enter();
            side(&mut state).ends -= 1;
            if side(&mut state).ends > 0 {
                return values;
            }
            if let Some(thread) = thread {
                thread.note_closed(&self.op(access));
            }
            if takes_values {
                std::mem::swap(&mut values, &mut state.values);
            }
            if let Some(thread) = thread {
                let (len, cap) = (state.values.len(), self.cap());
                record!(thread.run, "closed", [number, len, cap, thread.id]);
            }
        }
        loop {
            let next = other(&mut self.state.enter()).waiting.pop();
            match next {
                Some(next) => next.unpark(thread, None), // (3)
                None => return values,
            }
        }
    }
}

impl<T> Channel<T> {
    /// An end called `name`, for messages.
    fn describe(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let len = self.state.peek(|state| state.values.len());
        f.debug_struct(name)
            .field("channel", &self.number.latest())
            .field("len", &len)
            .field("capacity", &self.capacity)
            .finish()
    }
}
