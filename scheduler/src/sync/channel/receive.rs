//! The end of a channel from which values come.
//!
//! Mirror: `runtime::sync::Receiver`.

use super::{Channel, RecvError, TryRecvError, Which};
use crate::control::Control;
use crate::place::Place;
use crate::sync::wait_queue;
use crate::trace::{Value, record};
use std::cell::Cell;
use std::fmt;
use std::sync::Arc;

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
        let (thread, number) = channel.step(at);
        let mut waits = Waits::New;
        loop {
            let (taken, sender) = channel.take((thread.as_ref(), number, at), waits);
            channel.wake_sender(sender, thread.as_deref(), at);
            match taken {
                Ok(value) => return Ok(value),
                Err(TryRecvError::Disconnected) => return Err(RecvError),
                Err(TryRecvError::Empty) => {}
            }
            let is_counted = Cell::new(true);
            let receivers: Which<T> = |state| &mut state.receivers;
            channel.park(thread.as_ref(), receivers, at, "empty", || {
                channel.state.enter().hungry -= 1;
                is_counted.set(false);
            });
            waits = Waits::Again {
                is_counted: is_counted.get(),
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
        let (thread, number) = channel.step(at);
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
        let is_counted = waits == Waits::Again { is_counted: true };
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
        if waits == Waits::No || thread.is_none() {
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
