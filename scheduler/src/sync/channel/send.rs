//! The ends of a channel into which values go.
//!
//! Mirror: `runtime::sync::Sender`.

use super::{Channel, SendError, TrySendError, Which};
use crate::control::Control;
use crate::explore::Access;
use crate::place::Place;
use crate::sync::wait_queue;
use crate::trace::{Value, record};
use std::fmt;
use std::sync::Arc;

/// The end into which values go. When the last one is dropped the channel is
/// closed: receivers take what is inside, and then fail.
pub struct Sender<T> {
    /// The channel.
    pub(super) channel: Arc<Channel<T>>,
}

impl<T> Sender<T> {
    /// Puts `value` in, and waits as long as the channel is full: if it keeps
    /// nothing, until a receiver waits.
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
        let (thread, number) = channel.step(Access::Send, at);
        let mut value = value;
        let mut waits = Waits::New;
        loop {
            let caller = (thread.as_ref(), number, at);
            match channel.put(value, caller, Some(waits)) {
                Ok(receiver) => {
                    channel.wake_receiver(receiver, thread.as_deref(), at);
                    return Ok(());
                }
                Err(TrySendError::Disconnected(value)) => return Err(SendError(value)),
                Err(TrySendError::Full(back)) => value = back,
            }
            let senders: Which<T> = |state| &mut state.senders;
            channel.park(thread.as_ref(), (senders, None), at, "full", || ());
            waits = Waits::Again;
        }
    }
    // ANCHOR_END: send

    /// Puts `value` in if it has room: if the channel keeps nothing, if a
    /// receiver waits.
    ///
    /// # Errors
    ///
    /// If it has none, or every receiver is gone; the value comes back.
    #[track_caller]
    pub fn try_send(&self, value: T) -> Result<(), TrySendError<T>> {
        let at = Place::caller();
        let channel = &*self.channel;
        let (thread, number) = channel.step(Access::TrySend, at);
        let receiver = channel.put(value, (thread.as_ref(), number, at), None)?;
        channel.wake_receiver(receiver, thread.as_deref(), at);
        Ok(())
    }
}

/// How a sender waits for room.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Waits {
    /// Behind all others.
    New,
    /// Before them: it was woken, and came too late.
    Again,
}

/// Who sends, with the channel's number for it, and where.
type Caller<'a> = (Option<&'a Arc<Control>>, u32, Place);

impl<T> Channel<T> {
    /// Puts `value` in, and returns who is to be woken for it. If it has no
    /// room, the caller is queued, if it `waits`.
    fn put(
        &self,
        value: T,
        (thread, number, at): Caller<'_>,
        waits: Option<Waits>,
    ) -> Result<Option<Arc<Control>>, TrySendError<T>> {
        loop {
            let mut state = self.state.enter();
            let waits_on = state.receivers.ends > 0 && !state.has_room(self.capacity);
            if let (Some(thread), Some(Waits::Again)) = (thread, waits)
                && !waits_on
            {
                state.senders.waiting.withdraw(thread); // if it was not taken out
            }
            if state.receivers.ends == 0 {
                return Err(TrySendError::Disconnected(value));
            }
            if !state.has_room(self.capacity) {
                if let Some(waits) = waits {
                    state.senders.queue(thread, waits == Waits::Again);
                }
                return Err(TrySendError::Full(value));
            }
            if state.values.len() < state.values.capacity() {
                state.values.push_back(value);
                if let Some(thread) = thread {
                    let (len, cap) = (state.values.len(), self.cap());
                    record!(
                        thread.run, "sent", at Some(at), [number, len, cap, thread.id],
                        optional [Value::Absent],
                    );
                }
                return Ok(state.receivers.waiting.pop());
            }
            drop(state);
            self.grow(); // (4)
        }
    }

    /// Wakes `receiver`, if there is one, once the section is left.
    fn wake_receiver(&self, receiver: Option<Arc<Control>>, by: Option<&Control>, at: Place) {
        let pop = || self.state.enter().receivers.waiting.pop();
        wait_queue::wake(receiver, pop, by, Some(at));
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

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let [senders, receivers]: [Which<T>; 2] =
            [|state| &mut state.senders, |state| &mut state.receivers];
        self.channel.remove_end(senders, receivers, false);
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.channel.describe("Sender", f)
    }
}

/// The end into which any number of values go. When the last one is dropped the
/// channel is closed: receivers take what is inside, and then fail.
pub struct UnboundedSender<T>(pub(super) Sender<T>);

impl<T> UnboundedSender<T> {
    /// Puts `value` in, and never waits.
    ///
    /// # Errors
    ///
    /// When every receiver is gone; the value comes back in the error.
    #[track_caller]
    pub fn send(&self, value: T) -> Result<(), SendError<T>> {
        self.0.send(value)
    }
}

impl<T> Clone for UnboundedSender<T> {
    fn clone(&self) -> UnboundedSender<T> {
        UnboundedSender(self.0.clone())
    }
}

impl<T> fmt::Debug for UnboundedSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.channel.describe("UnboundedSender", f)
    }
}
