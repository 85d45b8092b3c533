//! A bounded channel: a queue between threads that blocks who is too fast.
//!
//! Invariants: (1) values come out in the order in which they went in, and at
//! most `capacity` are inside; (2) each value that goes in wakes at most one
//! receiver, each that comes out at most one sender; whoever was woken and came
//! too late waits again, before all others; (3) when one side is gone, all that
//! wait on the other are woken: senders fail at once, receivers when the
//! channel is empty.
//!
//! Left out: a channel without a buffer, on which both sides would have to meet
//! (a capacity of 0 is refused), and one without a bound.
//!
//! Book: chapter 3. Mirror: `runtime::sync::channel`.

use super::wait_queue::{self, WaitQueue};
use crate::control::{Control, On, current};
use crate::critical::{Critical, Section};
use crate::place::Place;
use crate::run::Number;
use crate::trace::record;
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

pub use std::sync::mpsc::{RecvError, SendError};

/// A channel in which `capacity` values have room, and its two ends. Both can
/// be cloned: each value goes to one of the receivers.
///
/// The room is allocated at once.
///
/// # Panics
///
/// If `capacity` is 0.
pub fn channel<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    assert!(
        capacity > 0,
        "a channel needs room for at least one value: its capacity was 0"
    );
    let shared = Arc::new(Channel {
        number: Number::default(),
        capacity,
        state: Critical::new(State {
            values: VecDeque::with_capacity(capacity),
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
    /// How many values have room.
    capacity: usize,
    /// The rest, changed in one piece.
    state: Critical<State<T>>,
}

/// The state of a channel.
struct State<T> {
    /// The values inside; as many as `capacity` never make it grow.
    values: VecDeque<T>,
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

impl<T> Channel<T> {
    /// Its number in `thread`'s run.
    fn number_in(&self, thread: &Control) -> u32 {
        self.number.get(&thread.run, |counts| &counts.channels).0
    }

    /// Waits on `side` of the channel, if the caller can wait.
    fn park(&self, thread: Option<&Arc<Control>>, side: Which<T>, at: Place, why: &str) {
        let Some(thread) = thread else {
            panic!(
                "a channel is {why}, and only a thread that a scheduler runs, \
                 outside `blocking`, can wait for it"
            );
        };
        thread.park(On::Channel(self.number_in(thread)), at, || {
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
        let number = thread.map_or(0, |thread| self.number_in(thread));
        let mut values = VecDeque::new();
        {
            let mut state = self.state.enter();
            side(&mut state).ends -= 1;
            if side(&mut state).ends > 0 {
                return values;
            }
            if takes_values {
                std::mem::swap(&mut values, &mut state.values);
            }
            if let Some(thread) = thread {
                let len = state.values.len();
                record!(
                    thread.run,
                    "closed",
                    [number, len, self.capacity, thread.id]
                );
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

/// The end into which values go. When the last one is dropped the channel is
/// closed: receivers take what is inside, and then fail.
pub struct Sender<T> {
    /// The channel.
    channel: Arc<Channel<T>>,
}

impl<T> Sender<T> {
    /// Puts `value` in, and waits as long as the channel is full.
    ///
    /// # Errors
    ///
    /// When every receiver is gone; the value comes back in the error.
    ///
    /// # Panics
    ///
    /// If the calling thread is not scheduled and would have to wait.
    #[track_caller]
    // ANCHOR: send
    pub fn send(&self, value: T) -> Result<(), SendError<T>> {
        let at = Place::caller();
        let channel = &*self.channel;
        let thread = current();
        if let Some(thread) = &thread {
            thread.checkpoint(at);
        }
        let number = thread
            .as_ref()
            .map_or(0, |thread| channel.number_in(thread));
        let mut was_woken = false;
        let receiver = loop {
            let mut state = channel.state.enter();
            if state.receivers.ends == 0 {
                drop(state);
                return Err(SendError(value));
            }
            if state.values.len() < channel.capacity {
                break put(state, value, |len| {
                    if let Some(thread) = &thread {
                        let ids = (number, channel.capacity, thread.id);
                        record!(
                            thread.run, "sent", at Some(at),
                            [ids.0, len, ids.1, ids.2],
                            optional [crate::trace::Value::Absent],
                        );
                    }
                });
            }
            state.senders.queue(thread.as_ref(), was_woken);
            drop(state);
            channel.park(thread.as_ref(), |state| &mut state.senders, at, "full");
            was_woken = true;
        };
        let pop = || channel.state.enter().receivers.waiting.pop();
        wait_queue::wake(receiver, pop, thread.as_deref(), Some(at));
        Ok(())
    }
    // ANCHOR_END: send
}

/// Puts `value` in, and returns who is to be woken once the section is left.
fn put<T>(
    mut state: Section<'_, State<T>>,
    value: T,
    tell: impl FnOnce(usize),
) -> Option<Arc<Control>> {
    state.values.push_back(value);
    tell(state.values.len());
    state.receivers.waiting.pop()
}

/// The end from which values come. When the last one is dropped the channel is
/// closed: what is inside is dropped, and senders fail.
pub struct Receiver<T> {
    /// The channel.
    channel: Arc<Channel<T>>,
}

impl<T> Receiver<T> {
    /// Takes the first value out, and waits as long as there is none.
    ///
    /// # Errors
    ///
    /// When the channel is empty and every sender is gone.
    ///
    /// # Panics
    ///
    /// If the calling thread is not scheduled and would have to wait.
    #[track_caller]
    pub fn recv(&self) -> Result<T, RecvError> {
        let at = Place::caller();
        let channel = &*self.channel;
        let thread = current();
        if let Some(thread) = &thread {
            thread.checkpoint(at);
        }
        let number = thread
            .as_ref()
            .map_or(0, |thread| channel.number_in(thread));
        let mut was_woken = false;
        loop {
            let mut state = channel.state.enter();
            if let Some(value) = state.values.pop_front() {
                if let Some(thread) = &thread {
                    let (len, capacity) = (state.values.len(), channel.capacity);
                    record!(
                        thread.run, "received", at Some(at),
                        [number, len, capacity, thread.id],
                        optional [crate::trace::Value::Absent],
                    );
                }
                let sender = state.senders.waiting.pop();
                drop(state);
                let pop = || channel.state.enter().senders.waiting.pop();
                wait_queue::wake(sender, pop, thread.as_deref(), Some(at));
                return Ok(value);
            }
            if state.senders.ends == 0 {
                return Err(RecvError);
            }
            state.receivers.queue(thread.as_ref(), was_woken);
            drop(state);
            channel.park(thread.as_ref(), |state| &mut state.receivers, at, "empty");
            was_woken = true;
        }
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Sender<T> {
        self.channel.add_end(|state| &mut state.senders);
        Sender {
            channel: Arc::clone(&self.channel),
        }
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Receiver<T> {
        self.channel.add_end(|state| &mut state.receivers);
        Receiver {
            channel: Arc::clone(&self.channel),
        }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let [senders, receivers]: [Which<T>; 2] =
            [|state| &mut state.senders, |state| &mut state.receivers];
        self.channel.remove_end(senders, receivers, false);
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let [senders, receivers]: [Which<T>; 2] =
            [|state| &mut state.senders, |state| &mut state.receivers];
        drop(self.channel.remove_end(receivers, senders, true));
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.channel.describe("Sender", f)
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.channel.describe("Receiver", f)
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
