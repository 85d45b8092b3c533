//! A planted mistake: a receiver looks, and takes what it saw later.

use scheduler::sync::{Condvar, Mutex};
use std::collections::VecDeque;
use std::sync::Arc;

/// What all ends of a channel share.
struct Shared<T> {
    /// For how many values there is room.
    capacity: usize,
    /// What changes.
    inside: Mutex<Inside<T>>,
    /// Notified when there is a value, or no sender any more; receivers wait for it.
    has_value: Condvar,
    /// Notified when there is room, or no receiver any more; senders wait for it.
    has_room: Condvar,
}

/// What changes; to be touched under the mutex only.
struct Inside<T> {
    /// Sent, and not yet received.
    values: VecDeque<T>,
    /// How many senders there are.
    senders: usize,
    /// How many receivers there are.
    receivers: usize,
}

/// A channel with room for `capacity` values, one at least.
pub(crate) fn channel<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    let shared = Arc::new(Shared {
        capacity,
        inside: Mutex::new(Inside {
            values: VecDeque::new(),
            senders: 1,
            receivers: 1,
        }),
        has_value: Condvar::new(),
        has_room: Condvar::new(),
    });
    (Sender(Arc::clone(&shared)), Receiver(shared))
}

/// The end where values go in. A clone is another sender of the same channel.
pub(crate) struct Sender<T>(Arc<Shared<T>>);

impl<T> Sender<T> {
    /// Sends `value`; waits while the channel is full. Returns the value as an error if
    /// there is no receiver.
    pub(crate) fn send(&self, value: T) -> Result<(), T> {
        let mut inside = self.0.inside.lock();
        while inside.receivers > 0 && inside.values.len() == self.0.capacity {
            inside = self.0.has_room.wait(inside); // rules 3 and 4
        }
        if inside.receivers == 0 {
            return Err(value); // rule 6
        }
        inside.values.push_back(value); // rule 2
        drop(inside);
        self.0.has_value.notify_one();
        Ok(())
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Sender<T> {
        self.0.inside.lock().senders += 1; // rule 7
        Sender(Arc::clone(&self.0))
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let mut inside = self.0.inside.lock();
        inside.senders -= 1;
        let was_last = inside.senders == 0;
        drop(inside);
        if was_last {
            self.0.has_value.notify_all(); // rule 5
        }
    }
}

/// The end where values come out. A clone is another receiver of the same channel.
pub(crate) struct Receiver<T>(Arc<Shared<T>>);

impl<T> Receiver<T> {
    /// Mistake: between the two another receiver can take it.
    pub(crate) fn recv(&self) -> Option<T> {
        let mut inside = self.0.inside.lock();
        while inside.senders > 0 && inside.values.is_empty() {
            inside = self.0.has_value.wait(inside); // rules 3 and 4
        }
        drop(inside);
        let value = self.0.inside.lock().values.pop_front();
        self.0.has_room.notify_one();
        value
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Receiver<T> {
        self.0.inside.lock().receivers += 1; // rule 7
        Receiver(Arc::clone(&self.0))
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let mut inside = self.0.inside.lock();
        inside.receivers -= 1;
        let was_last = inside.receivers == 0;
        drop(inside);
        if was_last {
            self.0.has_room.notify_all(); // rule 6
        }
    }
}
