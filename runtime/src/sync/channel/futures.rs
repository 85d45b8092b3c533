//! Sending and receiving: the two futures of a channel.
//!
//! Both are mirror images: try, and else leave a waiter. Being dropped early
//! they give up their wait, or pass on what they were granted.

use super::{Channel, Inside, IsClosed, Receiver, RecvError, SendError, Sender, record};
use crate::sync::object::Polled;
use crate::trace::here;
use crate::wait_list::Ticket;
use std::fmt;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

/// See [`Sender::send`].
#[must_use = "nothing is sent unless this is awaited"]
pub struct Sending<'a, T> {
    /// The end that sends.
    sender: &'a Sender<T>,
    /// What is sent; empty once it was.
    value: Option<T>,
    /// Its place among the waiting senders, or what was granted for it.
    ticket: Option<Ticket>,
}

/// The value is only moved, and never pinned.
impl<T> Unpin for Sending<'_, T> {}

impl<'a, T> Sending<'a, T> {
    /// Will send `value`.
    pub(super) fn new(sender: &'a Sender<T>, value: T) -> Self {
        Sending {
            sender,
            value: Some(value),
            ticket: None,
        }
    }
}

// ANCHOR: send
impl<T: 'static> Future for Sending<'_, T> {
    type Output = Result<(), SendError<T>>;

    /// # Panics
    ///
    /// If it is polled outside of an event loop, or after it was ready.
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let polled = Polled::new("send()", context, here!());
        let Sending {
            sender,
            value,
            ticket,
        } = &mut *self;
        let channel = &sender.channel;
        let put = channel.poll(
            &polled,
            ticket,
            |inside, ticket| inside.put(ticket, value),
            |inside, ticket, waiter| inside.senders.queue.wait(ticket, 1, waiter),
        );
        put.map(|put| match put {
            Ok(receiver) => {
                record(channel, &polled.state, "sent", here!(), Some(polled.place));
                if let Some(receiver) = receiver {
                    receiver.wake(); // nothing is borrowed
                }
                Ok(())
            }
            Err(IsClosed) => Err(SendError(value.take().expect("it was sent already"))),
        })
    }
}
// ANCHOR_END: send

impl<T> Drop for Sending<'_, T> {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket else { return };
        let channel = &self.sender.channel;
        let waiter = channel.inside().senders.queue.give_up(ticket, 1);
        channel.give_up(waiter);
        let next = {
            let mut inside = channel.inside();
            let room = inside.room();
            inside.senders.queue.grant(room)
        };
        if let Some(next) = next {
            next.wake(); // nothing is borrowed
        }
    }
}

impl<T> fmt::Debug for Sending<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sending")
            .field(&self.sender.channel)
            .finish()
    }
}

/// See [`Receiver::recv`].
#[must_use = "nothing is received unless this is awaited"]
pub struct Receiving<'a, T> {
    /// The end that receives.
    receiver: &'a Receiver<T>,
    /// Its place among the waiting receivers, or what was granted to it.
    ticket: Option<Ticket>,
}

impl<'a, T> Receiving<'a, T> {
    /// Will receive a value.
    pub(super) fn new(receiver: &'a Receiver<T>) -> Self {
        Receiving {
            receiver,
            ticket: None,
        }
    }
}

impl<T: 'static> Future for Receiving<'_, T> {
    type Output = Result<T, RecvError>;

    /// # Panics
    ///
    /// If it is polled outside of an event loop.
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let polled = Polled::new("recv()", context, here!());
        poll_receive(&self.receiver.channel, &polled, &mut self.ticket)
    }
}

/// Polls for a value, on behalf of the holder of `ticket`.
#[inline]
pub(super) fn poll_receive<T: 'static>(
    channel: &Rc<Channel<T>>,
    polled: &Polled<'_>,
    ticket: &mut Option<Ticket>,
) -> Poll<Result<T, RecvError>> {
    let taken = channel.poll(polled, ticket, Inside::take, |inside, ticket, waiter| {
        inside.receivers.queue.wait(ticket, 1, waiter)
    });
    taken.map(|taken| {
        let taken = taken.map_err(|IsClosed| RecvError)?;
        record(
            channel,
            &polled.state,
            "received",
            here!(),
            Some(polled.place),
        );
        Ok(taken.wake(channel)) // nothing is borrowed
    })
}

impl<T> Drop for Receiving<'_, T> {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket else { return };
        let channel = &self.receiver.channel;
        let waiter = channel.inside().receivers.queue.give_up(ticket, 1);
        channel.give_up(waiter);
        let next = {
            let mut inside = channel.inside();
            let len = inside.values.len();
            inside.receivers.queue.grant(len)
        };
        if let Some(next) = next {
            next.wake(); // nothing is borrowed
        }
    }
}

impl<T> fmt::Debug for Receiving<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Receiving")
            .field(&self.receiver.channel)
            .finish()
    }
}
