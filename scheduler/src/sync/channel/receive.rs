//! The end of a channel from which values come.
//!
//! Mirror: `runtime::sync::Receiver`.

use super::{Channel, RecvError, RecvTimeoutError, TryRecvError, Which};
use crate::control::Control;
use crate::explore::Access;
use crate::place::Place;
use crate::sync::wait_queue;
use crate::trace::{Value, record};
use std::cell::Cell;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The end from which values come. When the last one is dropped the channel is
/// closed: what is inside is dropped, and senders fail.
pub struct Receiver<T> {
    /// The channel.
    pub(super) channel: Arc<Channel<T>>,
}

/// How a receiver stands to the channel.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Waits {
    /// It does not wait.
    No,
    /// It will, behind all others.
    New,
    /// It was woken, and will wait again before all others if it came too late.
    Again {
        /// The channel counts it as hungry.
        is_counted: bool,
    },
    /// It did, and its time is over: it looks once more, and leaves.
    Late {
        /// The channel counts it as hungry.
        is_counted: bool,
    },
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
        let received = self.recv_within(None, Place::caller());
        received.map_err(|_| RecvError)
    }

    /// Takes the first value out, and waits for one, but for at most so long on
    /// the scheduler's clock. A value that comes before the thread runs again is
    /// received, even if the time is over.
    ///
    /// # Errors
    ///
    /// When the time is over and there is no value; when the channel is empty and
    /// every sender is gone.
    ///
    /// # Panics
    ///
    /// If the calling thread is not scheduled and would have to wait.
    #[track_caller]
    pub fn recv_timeout(&self, limit: Duration) -> Result<T, RecvTimeoutError> {
        self.recv_within(Some(limit), Place::caller())
    }

    /// Takes the first value out, and waits for one, for ever or for `limit`.
    fn recv_within(&self, limit: Option<Duration>, at: Place) -> Result<T, RecvTimeoutError> {
        let channel = &*self.channel;
        let access = match limit {
            None => Access::Receive,
            Some(_) => |_| Access::TryReceive,
        };
        let (thread, number) = channel.step(access, at);
        let until = thread.as_ref().zip(limit);
        let until = until.and_then(|(thread, limit)| thread.until(limit));
        let mut waits = Waits::New;
        loop {
            let (taken, sender) = channel.take((thread.as_ref(), number, at), waits);
            channel.wake_sender(sender, thread.as_deref(), at);
            match (taken, waits) {
                (Ok(value), _) => return Ok(value),
                (Err(TryRecvError::Disconnected), _) => return Err(RecvTimeoutError::Disconnected),
                (Err(TryRecvError::Empty), Waits::Late { .. }) => {
                    return Err(RecvTimeoutError::Timeout);
                }
                (Err(TryRecvError::Empty), _) => {}
            }
            let is_counted = Cell::new(true);
            let receivers: Which<T> = |state| &mut state.receivers;
            channel.park(thread.as_ref(), (receivers, until), at, "empty", || {
                channel.state.enter().hungry -= 1;
                is_counted.set(false);
            });
            let is_counted = is_counted.get();
            let is_late = thread.as_ref().is_some_and(|thread| thread.is_late(until));
            waits = if is_late {
                Waits::Late { is_counted }
            } else {
                Waits::Again { is_counted }
            };
        }
    }

    /// Takes the first value out if there is one.
    ///
    /// # Errors
    ///
    /// If there is none, or there will be none since every sender is gone.
    #[track_caller]
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        let at = Place::caller();
        let channel = &*self.channel;
        let (thread, number) = channel.step(|_| Access::TryReceive, at);
        let (taken, sender) = channel.take((thread.as_ref(), number, at), Waits::No);
        channel.wake_sender(sender, thread.as_deref(), at);
        taken
    }
}

/// Who receives, with the channel's number for it, and where.
type Caller<'a> = (Option<&'a Arc<Control>>, u32, Place);

impl<T> Channel<T> {
    /// Takes a value out. If there is none, the caller is queued, if it waits.
    /// Also returns the sender that is to be woken, if one has room now.
    fn take(
        &self,
        (thread, number, at): Caller<'_>,
        waits: Waits,
    ) -> (Result<T, TryRecvError>, Option<Arc<Control>>) {
        let mut state = self.state.enter();
        let is_counted = match waits {
            Waits::No | Waits::New => false,
            Waits::Again { is_counted } | Waits::Late { is_counted } => is_counted,
        };
        let is_late = matches!(waits, Waits::Late { .. });
        let waits_on = state.values.is_empty() && state.senders.ends > 0 && !is_late;
        if let Some(thread) = thread
            && is_counted
            && !waits_on
        {
            state.receivers.waiting.withdraw(thread); // if it was not taken out
        }
        if let Some(value) = state.values.pop_front() {
            if let Some(thread) = thread {
                let (len, cap) = (state.values.len(), self.cap());
                record!(
                    thread.run, "received", at Some(at), [number, len, cap, thread.id],
                    optional [Value::Absent],
                );
            }
            state.hungry -= usize::from(is_counted);
            let has_room = state.has_room(self.capacity);
            let sender = has_room.then(|| state.senders.waiting.pop()).flatten();
            return (Ok(value), sender);
        }
        if state.senders.ends == 0 {
            state.hungry -= usize::from(is_counted);
            return (Err(TryRecvError::Disconnected), None);
        }
        if is_late {
            state.hungry -= usize::from(is_counted);
        }
        if is_late || waits == Waits::No || thread.is_none() {
            return (Err(TryRecvError::Empty), None);
        }
        state.receivers.queue(thread, waits != Waits::New);
        if is_counted {
            return (Err(TryRecvError::Empty), None);
        }
        state.hungry += 1;
        // It may meet a sender now, if the channel keeps nothing.
        let meets = self.capacity == Some(0);
        let sender = meets.then(|| state.senders.waiting.pop()).flatten();
        (Err(TryRecvError::Empty), sender)
    }

    /// Wakes `sender`, if there is one, once the section is left.
    fn wake_sender(&self, sender: Option<Arc<Control>>, by: Option<&Control>, at: Place) {
        let pop = || self.state.enter().senders.waiting.pop();
        wait_queue::wake(sender, pop, by, Some(at));
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

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let [senders, receivers]: [Which<T>; 2] =
            [|state| &mut state.senders, |state| &mut state.receivers];
        drop(self.channel.remove_end(receivers, senders, true));
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.channel.describe("Receiver", f)
    }
}
