//! The two ends of a channel, and what happens when the last of a side is gone.
//!
//! Invariants: (1) without senders the receivers still get what is inside, then
//! an error; without receivers the senders get an error at once, and what is
//! inside is dropped; (2) a side that is gone is gone for ever.

use super::{Channel, Receiving, Sending};
use crate::context;
use crate::trace::{Line, here};
use std::fmt;
use std::mem;
use std::rc::Rc;

/// The end into which values go. Clones are ends of the same channel.
pub struct Sender<T> {
    /// The channel.
    pub(super) channel: Rc<Channel<T>>,
}

impl<T> Sender<T> {
    /// One more sending end.
    pub(super) fn new(channel: Rc<Channel<T>>) -> Self {
        channel.inside().senders.ends += 1;
        Sender { channel }
    }

    /// Sends a value, and waits for room if there is none.
    ///
    /// # Errors
    ///
    /// If every receiver is gone: the value comes back.
    pub fn send(&self, value: T) -> Sending<'_, T> {
        Sending::new(self, value)
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        Sender::new(self.channel.clone())
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let receivers = {
            let mut inside = self.channel.inside();
            inside.senders.ends -= 1;
            if inside.senders.ends > 0 {
                return;
            }
            if inside.is_exhausted() {
                inside.receivers.waiting.take_all()
            } else {
                Vec::new() // what is inside goes out first; its taker wakes the others
            }
        };
        self.channel.record_closed(here!());
        for receiver in receivers {
            receiver.wake(); // nothing is borrowed
        }
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sender").field(&self.channel).finish()
    }
}

/// The end from which values come. Clones are ends of the same channel.
pub struct Receiver<T> {
    /// The channel.
    pub(super) channel: Rc<Channel<T>>,
}

impl<T> Receiver<T> {
    /// One more receiving end.
    pub(super) fn new(channel: Rc<Channel<T>>) -> Self {
        channel.inside().receivers.ends += 1;
        Receiver { channel }
    }

    /// Receives the next value, and waits for one if there is none.
    ///
    /// # Errors
    ///
    /// If nothing is inside and every sender is gone.
    pub fn recv(&self) -> Receiving<'_, T> {
        Receiving::new(self)
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Self {
        Receiver::new(self.channel.clone())
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let (senders, values) = {
            let mut inside = self.channel.inside();
            inside.receivers.ends -= 1;
            if inside.receivers.ends > 0 {
                return;
            }
            (
                inside.senders.waiting.take_all(),
                mem::take(&mut inside.values),
            )
        };
        self.channel.record_closed(here!());
        // careful: a value's destructor may panic, and the senders must not
        // wait for ever because of that.
        for sender in senders {
            sender.wake();
        }
        drop(values); // foreign destructors, while nothing is borrowed
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Receiver").field(&self.channel).finish()
    }
}

impl<T> Channel<T> {
    /// Records that a side is gone. Outside of a loop nobody reads it.
    fn record_closed(&self, line: Line) {
        if let Some(state) = context::current() {
            self.record(&state, "closed", line, None);
        }
    }
}
