//! The two ends of a channel, and what happens when the last of a side is gone.
//!
//! Invariants: (1) without senders the receivers still get what is inside, then
//! an error; without receivers the senders get an error at once, and what is
//! inside is dropped; (2) a side that is gone is gone for ever.

use super::{
    Channel, IsClosed, Receiving, Sending, TryRecvError, TrySendError, close_for_receivers, record,
};
use crate::context;
use crate::sync::object::wake_all;
use crate::trace::here;
use crate::wait_list::Ticket;
use std::fmt;
use std::mem;
use std::panic::Location;
use std::rc::Rc;
use std::task::Poll;

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
    /// Senders are served in the order in which they began to wait. Dropped
    /// before it is over, the future sends nothing: the value is dropped with it.
    ///
    /// # Errors
    ///
    /// If every receiver is gone: the value comes back.
    ///
    /// # Panics
    ///
    /// If it is polled outside of an event loop, or after it was ready.
    pub fn send(&self, value: T) -> Sending<'_, T> {
        Sending::new(self, value)
    }

    /// Sends a value if there is room that nobody waits for. It works outside of
    /// an event loop, too.
    ///
    /// # Errors
    ///
    /// If there is no such room, or every receiver is gone: the value comes back.
    #[track_caller]
    pub fn try_send(&self, value: T) -> Result<(), TrySendError<T>> {
        let place = Location::caller();
        let mut unsent = Some(value);
        let put = self.channel.inside().put(&mut None, &mut unsent);
        let receiver = match (put, unsent) {
            (Poll::Ready(Ok(receiver)), _) => receiver,
            (Poll::Ready(Err(IsClosed)), Some(value)) => return Err(TrySendError::Closed(value)),
            (Poll::Pending, Some(value)) => return Err(TrySendError::Full(value)),
            (_, None) => unreachable!("what was not put in is still here"),
        };
        if let Some(state) = context::current() {
            record(&self.channel, &state, "sent", here!(), Some(place));
        }
        if let Some(receiver) = receiver {
            receiver.wake(); // nothing is borrowed
        }
        Ok(())
    }

    /// Whether every receiver is gone: nothing can be sent any more.
    pub fn is_closed(&self) -> bool {
        self.channel.inside().senders.queue.is_closed()
    }

    /// How many values are inside.
    pub fn len(&self) -> usize {
        self.channel.inside().values.len()
    }

    /// Whether no value is inside.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// For how many values there is room, full or not: what `channel()` was
    /// told. `None`: for any number.
    pub fn capacity(&self) -> Option<usize> {
        self.channel.inside().capacity
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Self {
        Sender::new(self.channel.clone())
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let is_exhausted = {
            let mut inside = self.channel.inside();
            inside.senders.ends -= 1;
            if inside.senders.ends > 0 {
                return;
            }
            inside.is_exhausted()
        };
        record_closed(&self.channel);
        if is_exhausted {
            close_for_receivers(&self.channel);
        } // else what is inside goes out first
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
    /// Receivers are served in the order in which they began to wait. Dropped
    /// before it is over, the future takes nothing: the value that it was woken
    /// for goes to the next.
    ///
    /// # Errors
    ///
    /// If nothing is inside and every sender is gone.
    ///
    /// # Panics
    ///
    /// If it is polled outside of an event loop.
    pub fn recv(&self) -> Receiving<'_, T> {
        Receiving::new(self)
    }

    /// Receives a value if there is one that nobody waits for. It works outside
    /// of an event loop, too.
    ///
    /// # Errors
    ///
    /// If there is no such value; or none at all, and every sender is gone.
    #[track_caller]
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        self.try_recv_by(&mut None)
    }

    /// Receives a value if it is the turn of `ticket`'s holder.
    #[track_caller]
    pub(super) fn try_recv_by(&self, ticket: &mut Option<Ticket>) -> Result<T, TryRecvError> {
        let place = Location::caller();
        let taken = self.channel.inside().take(ticket);
        let taken = match taken {
            Poll::Pending => return Err(TryRecvError::Empty),
            Poll::Ready(Err(IsClosed)) => return Err(TryRecvError::Disconnected),
            Poll::Ready(Ok(taken)) => taken,
        };
        if let Some(state) = context::current() {
            record(&self.channel, &state, "received", here!(), Some(place));
        }
        Ok(taken.wake(&self.channel)) // nothing is borrowed
    }

    /// Whether every sender is gone. What is inside still comes out.
    pub fn is_closed(&self) -> bool {
        self.channel.inside().senders.ends == 0
    }

    /// How many values are inside.
    pub fn len(&self) -> usize {
        self.channel.inside().values.len()
    }

    /// Whether no value is inside.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// For how many values there is room, full or not: what `channel()` was
    /// told. `None`: for any number.
    pub fn capacity(&self) -> Option<usize> {
        self.channel.inside().capacity
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
            (inside.senders.queue.close(), mem::take(&mut inside.values))
        };
        record_closed(&self.channel);
        // careful: a value's destructor may panic, and the senders must not
        // wait for ever because of that.
        wake_all(senders);
        drop(values); // foreign destructors, while nothing is borrowed
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Receiver").field(&self.channel).finish()
    }
}

/// Records that a side is gone. Outside of a loop nobody reads it.
fn record_closed<T>(channel: &Rc<Channel<T>>) {
    if let Some(state) = context::current() {
        record(channel, &state, "closed", here!(), None);
    }
}
