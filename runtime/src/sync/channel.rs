//! Channels: queues between tasks, with room for so many values, or without end.
//!
//! A sender waits while the channel is full, a receiver while it is empty. Both
//! ends can be cloned; a value goes to one receiver.
//!
//! Invariants: (1) values leave in the order in which they came; (2) so do
//! waiters, and nobody takes the room or the value that another was woken for:
//! see [`queue`](super::queue); (3) a waiter that is dropped after it was granted
//! something passes it on; (4) while anything is there to be granted, nobody
//! waits for it; (5) the senders' queue is closed when no receiver is left, the
//! receivers' when no value will come out any more.
//!
//! Left out: capacity 0, where sender and receiver would have to meet, as they
//! do in `std::sync::mpsc`: to wait until a value has arrived, send a
//! [`oneshot`](super::oneshot()) along for the answer. And sending between OS threads.
//!
//! Book: chapter 3. Mirror: `scheduler::sync::channel`.

mod ends;
mod errors;
mod futures;
mod oneshot;
mod unbounded;

use super::object::{self, Kind, Object};
use super::queue::{IsClosed, Queue};
use crate::state::LoopState;
use crate::trace::{self, Field, Line, Place};
use crate::wait_list::{Ticket, Waiter};
use std::collections::VecDeque;
use std::fmt::{self, Display};
use std::rc::Rc;
use std::task::Poll;

pub use ends::{Receiver, Sender};
pub use errors::{RecvError, SendError, TryRecvError, TrySendError};
pub use futures::{Receiving, Sending};
pub use oneshot::{OneshotReceiver, OneshotSender, oneshot};
pub use unbounded::{UnboundedSender, unbounded};

/// Makes a channel with room for `capacity` values.
///
/// # Panics
///
/// If `capacity` is 0: there is no channel without room.
#[track_caller]
pub fn channel<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    assert!(
        capacity > 0,
        "a channel needs room for at least one value: its capacity was 0"
    );
    new(Some(capacity))
}

/// Makes a channel, with a limit or without.
fn new<T>(capacity: Option<usize>) -> (Sender<T>, Receiver<T>) {
    let inside = Inside {
        capacity,
        values: VecDeque::new(),
        senders: Side::default(),
        receivers: Side::default(),
    };
    let channel = Object::new(Kind::Channel, inside);
    (Sender::new(channel.clone()), Receiver::new(channel))
}

/// What both ends share.
type Channel<T> = Object<Inside<T>>;

/// What is in a channel.
struct Inside<T> {
    /// For how many values there is room. `None`: for any number.
    capacity: Option<usize>,
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
    queue: Queue,
}

impl<T> Inside<T> {
    /// How much room there is, granted or not.
    fn room(&self) -> usize {
        self.capacity.unwrap_or(usize::MAX) - self.values.len()
    }

    /// Takes `value` and puts it in, if it is this sender's turn and there is
    /// room. Returns which receiver to wake.
    #[inline]
    fn put(
        &mut self,
        ticket: &mut Option<Ticket>,
        value: &mut Option<T>,
    ) -> Poll<Result<Option<Waiter>, IsClosed>> {
        let room = self.room();
        let turn = self.senders.queue.take(ticket, 1, room);
        turn.map_ok(|()| {
            self.values
                .push_back(value.take().expect("it was sent already"));
            self.receivers.queue.grant(self.values.len()) // invariant 4
        })
    }

    /// Takes a value out, if it is this receiver's turn and there is one.
    #[inline]
    fn take(&mut self, ticket: &mut Option<Ticket>) -> Poll<Result<Taken<T>, IsClosed>> {
        let turn = self.receivers.queue.take(ticket, 1, self.values.len());
        turn.map_ok(|()| {
            let value = self.values.pop_front();
            Taken {
                value: value.expect("what is granted or free is there"),
                sender: self.senders.queue.grant(self.room()), // invariant 4
                is_last: self.is_exhausted(),
            }
        })
    }

    /// Whether no value will come out any more: then the receivers' queue is to
    /// be closed (invariant 5).
    #[inline]
    fn is_exhausted(&self) -> bool {
        self.senders.ends == 0 && self.values.is_empty()
    }
}

/// A value that came out, and what is to be done because of that.
struct Taken<T> {
    /// The value.
    value: T,
    /// For whom there is room now: to be woken.
    sender: Option<Waiter>,
    /// Whether no other will come out.
    is_last: bool,
}

impl<T> Taken<T> {
    /// Wakes whoever is to be woken, while nothing is borrowed, and is the value.
    #[inline]
    fn wake(self, channel: &Channel<T>) -> T {
        if let Some(sender) = self.sender {
            sender.wake();
        }
        if self.is_last {
            close_for_receivers(channel);
        }
        self.value
    }
}

/// Lets the receivers know that no value will come out any more (invariant 5).
fn close_for_receivers<T>(channel: &Channel<T>) {
    let waiting = channel.inside().receivers.queue.close();
    object::wake_all(waiting); // nothing is borrowed
}

impl<T> object::Inside for Inside<T> {
    fn each_waiter(&self, tell: &mut dyn FnMut(&Waiter)) {
        let senders = self.senders.queue.iter();
        senders.chain(self.receivers.queue.iter()).for_each(tell);
    }
}

/// Records what the running task did (`sent`, `received` or `closed`).
#[inline]
fn record<T>(
    channel: &Rc<Channel<T>>,
    state: &LoopState,
    step: &'static str,
    line: Line,
    place: Option<Place>,
) {
    if trace::enabled() {
        let (len, capacity) = {
            let inside = channel.inside();
            (inside.values.len(), inside.capacity)
        };
        record_use(channel, state, step, (len, capacity), (line, place));
    }
}

/// Records a use of any kind of channel, `len` and `capacity` being what they
/// are now.
pub(super) fn record_use<S: object::Inside>(
    channel: &Object<S>,
    state: &LoopState,
    step: &'static str,
    (len, capacity): (usize, Option<usize>),
    (line, place): (Line, Option<Place>),
) {
    if let Some(task) = state.running_task() {
        let (number, capacity) = (channel.number(state), Capacity(capacity));
        let fields = [
            Field::new("channel").is(&number),
            Field::new("len").is(&len),
            Field::new("cap").is(&capacity),
            Field::new("task").is(&task),
        ];
        state.record(step, line, place, &fields);
    }
}

/// A capacity, as the trace prints it: `-` is none.
struct Capacity(Option<usize>);

impl Display for Capacity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(capacity) => capacity.fmt(f),
            None => f.write_str("-"),
        }
    }
}
