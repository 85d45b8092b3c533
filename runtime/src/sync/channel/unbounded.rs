//! Unbounded channels: there is always room, so to send is no future.
//!
//! The receiver is that of a bounded channel. Nothing holds a sender back that
//! is faster than the receiver: what it sends stays in memory until it is
//! received. Take it where the number of values is bounded by something else.
//!
//! Mirror: none: the threads' channels are bounded.

use super::{Receiver, SendError, Sender};
use std::fmt;

/// Makes a channel with room for any number of values.
pub fn unbounded<T>() -> (UnboundedSender<T>, Receiver<T>) {
    let (sender, receiver) = super::new(None);
    (UnboundedSender(sender), receiver)
}

/// The end into which values go, and never wait. Clones are ends of the same channel.
pub struct UnboundedSender<T>(Sender<T>);

impl<T> UnboundedSender<T> {
    /// Sends a value. It works outside of an event loop, too.
    ///
    /// # Errors
    ///
    /// If every receiver is gone: the value comes back.
    #[track_caller]
    pub fn send(&self, value: T) -> Result<(), SendError<T>> {
        let sent = self.0.try_send(value);
        sent.map_err(|error| SendError(error.into_inner())) // it is never full
    }

    /// Whether every receiver is gone: nothing can be sent any more.
    pub fn is_closed(&self) -> bool {
        self.0.is_closed()
    }

    /// How many values are inside.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no value is inside.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T> Clone for UnboundedSender<T> {
    fn clone(&self) -> Self {
        UnboundedSender(self.0.clone())
    }
}

impl<T> fmt::Debug for UnboundedSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("UnboundedSender")
            .field(&self.0.channel)
            .finish()
    }
}
