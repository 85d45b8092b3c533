//! A channel between threads: ends that are counted, so that it closes by itself.
//!
//! The task is in `README.md` beside this file. To see what works so far:
//! `cargo run -- exercise check channel`.

use scheduler::sync::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;

/// What all ends of a channel share.
struct Shared<T> {
    /// For how many values there is room.
    capacity: usize,
    /// What changes.
    inside: Mutex<Inside<T>>,
    // And something to wait for: see `scheduler::sync`.
}

/// What changes; to be touched under the mutex only.
struct Inside<T> {
    /// Sent, and not yet received.
    values: VecDeque<T>,
    // And how many ends there are.
}

/// A channel with room for `capacity` values, one at least.
pub(crate) fn channel<T>(capacity: usize) -> (Sender<T>, Receiver<T>) {
    let shared = Arc::new(Shared {
        capacity,
        inside: Mutex::new(Inside {
            values: VecDeque::new(),
        }),
    });
    (Sender(Arc::clone(&shared)), Receiver(shared))
}

/// The end where values go in. A clone is another sender of the same channel.
pub(crate) struct Sender<T>(Arc<Shared<T>>);

impl<T> Sender<T> {
    /// Sends `value`; waits while the channel is full. Returns the value as an error if
    /// there is no receiver.
    pub(crate) fn send(&self, value: T) -> Result<(), T> {
        let inside = self.0.inside.lock();
        let _is_full = inside.values.len() == self.0.capacity;
        Err(value) // where does it belong?
    }
}

impl<T> Clone for Sender<T> {
    fn clone(&self) -> Sender<T> {
        Sender(Arc::clone(&self.0)) // who knows that there is one more?
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let _ = self.0.inside.lock(); // who must hear of it, if this was the last one?
    }
}

/// The end where values come out. A clone is another receiver of the same channel.
pub(crate) struct Receiver<T>(Arc<Shared<T>>);

impl<T> Receiver<T> {
    /// Receives the oldest value; waits while the channel is empty. Returns None if it is
    /// empty, and there is no sender.
    pub(crate) fn recv(&self) -> Option<T> {
        self.0.inside.lock().values.pop_front()
    }
}

impl<T> Clone for Receiver<T> {
    fn clone(&self) -> Receiver<T> {
        Receiver(Arc::clone(&self.0))
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        let _ = self.0.inside.lock();
    }
}
