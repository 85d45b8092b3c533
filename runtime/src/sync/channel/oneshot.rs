//! Oneshot channels: one value, sent once, for one receiver; an answer.
//!
//! It is a channel of capacity 1 whose ends cannot be cloned, and whose sender
//! is used up by sending; so to send is no future, and the receiver is one.
//!
//! Mirror: none: a thread's answer is what `join` returns.

use super::futures::poll_receive;
use super::{Receiver, RecvError, SendError, Sender, TryRecvError};
use crate::sync::object::Polled;
use crate::trace::here;
use crate::wait_list::Ticket;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Makes a channel for one value.
///
/// ```
/// # use runtime::{Clock, EventLoop, spawn, sync::oneshot};
/// # EventLoop::new(Clock::Virtual).block_on(async {
/// let (answer, question) = oneshot();
/// drop(spawn(async { answer.send(6 * 7) }));
/// assert_eq!(question.await, Ok(42));
/// # });
/// ```
pub fn oneshot<T>() -> (OneshotSender<T>, OneshotReceiver<T>) {
    let (sender, receiver) = super::new(Some(1));
    let receiver = OneshotReceiver {
        receiver,
        ticket: None,
    };
    (OneshotSender(sender), receiver)
}

/// The end into which the value goes. Dropped unused, it fails the receiver.
pub struct OneshotSender<T>(Sender<T>);

impl<T> OneshotSender<T> {
    /// Sends the value. It works outside of an event loop, too.
    ///
    /// # Errors
    ///
    /// If the receiver is gone: the value comes back.
    #[track_caller]
    pub fn send(self, value: T) -> Result<(), SendError<T>> {
        let sent = self.0.try_send(value);
        sent.map_err(|error| SendError(error.into_inner())) // it is never full
    }

    /// Whether the receiver is gone: nobody wants the value.
    pub fn is_closed(&self) -> bool {
        self.0.is_closed()
    }
}

impl<T> fmt::Debug for OneshotSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OneshotSender")
            .field(&self.0.channel)
            .finish()
    }
}

/// The future of the value.
///
/// # Errors
///
/// If the sender was dropped unused; and after the value was taken.
#[must_use = "the value comes out when this is awaited"]
pub struct OneshotReceiver<T> {
    /// The end of the channel.
    receiver: Receiver<T>,
    /// Its place among the waiting receivers, of whom it is the only one.
    ticket: Option<Ticket>,
}

impl<T> OneshotReceiver<T> {
    /// Takes the value if it was sent. It works outside of an event loop, too.
    ///
    /// # Errors
    ///
    /// If it was not sent yet, or never will be, or was taken already.
    #[track_caller]
    pub fn try_recv(&mut self) -> Result<T, TryRecvError> {
        self.receiver.try_recv_by(&mut self.ticket)
    }
}

impl<T: 'static> Future for OneshotReceiver<T> {
    type Output = Result<T, RecvError>;

    /// # Panics
    ///
    /// If it is polled outside of an event loop.
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let polled = Polled::new("a oneshot's receiver", context, here!());
        let OneshotReceiver { receiver, ticket } = &mut *self;
        poll_receive(&receiver.channel, &polled, ticket)
    }
}

impl<T> fmt::Debug for OneshotReceiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let channel = &self.receiver.channel;
        f.debug_tuple("OneshotReceiver").field(channel).finish()
    }
}
