//! Sending and receiving: the two futures of a channel.
//!
//! Both are mirror images: look whether the other side is gone, try, and else
//! leave a waiter. Being dropped early they give up their wait, or pass on what
//! they were granted.

use super::{Receiver, Sender};
use crate::context;
use crate::trace::here;
use crate::wait_list::{Ticket, Waiter};
use std::error::Error;
use std::fmt;
use std::panic::Location;
use std::pin::Pin;
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
        let place = Location::caller();
        let state = context::expect_current("send()");
        let channel = &self.sender.channel;
        let waiter = Waiter::new(&state, context.waker());
        let Sending { value, ticket, .. } = &mut *self;
        let sent = value.take().expect("it was sent already");

        let mut inside = channel.inside();
        if inside.receivers.ends == 0 {
            *ticket = None;
            return Poll::Ready(Err(SendError(sent)));
        }
        match inside.put(channel.capacity, ticket, sent) {
            Ok(receiver) => {
                drop(inside);
                channel.record(&state, "sent", here!(), Some(place));
                if let Some(receiver) = receiver {
                    receiver.wake(); // nothing is borrowed
                }
                Poll::Ready(Ok(()))
            }
            Err(unsent) => {
                *value = Some(unsent);
                let (kept, before) = inside.senders.waiting.wait(ticket.take(), waiter);
                *ticket = Some(kept);
                drop(inside);
                channel.wait_on(&state, before, here!(), place);
                Poll::Pending
            }
        }
    }
}
// ANCHOR_END: send

impl<T> Drop for Sending<'_, T> {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket.take() else {
            return;
        };
        let mut inside = self.sender.channel.inside();
        if inside.receivers.ends > 0 {
            let given_up = inside.senders.give_up(ticket);
            drop(inside);
            self.sender.channel.settle(given_up);
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
        let place = Location::caller();
        let state = context::expect_current("recv()");
        let channel = &self.receiver.channel;
        let waiter = Waiter::new(&state, context.waker());
        let ticket = &mut self.ticket;

        let mut inside = channel.inside();
        if inside.is_exhausted() {
            *ticket = None;
            return Poll::Ready(Err(RecvError));
        }
        if let Some((value, sender, receivers)) = inside.take(ticket) {
            drop(inside);
            channel.record(&state, "received", here!(), Some(place));
            for waiter in sender.into_iter().chain(receivers) {
                waiter.wake(); // nothing is borrowed
            }
            return Poll::Ready(Ok(value));
        }
        let (kept, before) = inside.receivers.waiting.wait(ticket.take(), waiter);
        *ticket = Some(kept);
        drop(inside);
        channel.wait_on(&state, before, here!(), place);
        Poll::Pending
    }
}

impl<T> Drop for Receiving<'_, T> {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket.take() else {
            return;
        };
        let mut inside = self.receiver.channel.inside();
        if !inside.is_exhausted() {
            let given_up = inside.receivers.give_up(ticket);
            drop(inside);
            self.receiver.channel.settle(given_up);
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

/// Every receiver is gone; this is the value that nobody will get.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SendError<T>(pub T);

impl<T> fmt::Debug for SendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SendError(..)")
    }
}

impl<T> fmt::Display for SendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("every receiver is gone")
    }
}

impl<T> Error for SendError<T> {}

/// Nothing is inside, and every sender is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecvError;

impl fmt::Display for RecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the channel is empty and every sender is gone")
    }
}

impl Error for RecvError {}
