//! A bounded buffer: producers wait while it is full, consumers while it is empty.
//!
//! The task is in `README.md` beside this file. To see what works so far:
//! `cargo run -- exercise check bounded_buffer`.

use scheduler::sync::Mutex;
use std::collections::VecDeque;

/// A queue between threads, with room for so many values.
pub(crate) struct Buffer<T> {
    /// For how many values there is room.
    capacity: usize,
    /// What changes.
    inside: Mutex<Inside<T>>,
    // Whoever must wait needs something to wait for: see `scheduler::sync`.
}

/// What changes; to be touched under the mutex only.
struct Inside<T> {
    /// Put in, and not yet taken out.
    values: VecDeque<T>,
    // And whether the buffer is closed.
}

impl<T> Buffer<T> {
    /// An empty buffer with room for `capacity` values, one at least.
    pub(crate) fn new(capacity: usize) -> Buffer<T> {
        Buffer {
            capacity,
            inside: Mutex::new(Inside {
                values: VecDeque::new(),
            }),
        }
    }

    /// Puts `value` in; waits while the buffer is full. Returns the value as an
    /// error if the buffer is closed.
    pub(crate) fn put(&self, value: T) -> Result<(), T> {
        let inside = self.inside.lock();
        let _is_full = inside.values.len() == self.capacity;
        Err(value) // where does it belong?
    }

    /// Calls `make`, and puts what it returns in. Meanwhile others use the
    /// buffer.
    pub(crate) fn put_made(&self, make: impl FnOnce() -> T) -> Result<(), T> {
        let value = make();
        let _ = &self; // the value is made, and not put in
        Err(value)
    }

    /// Takes the oldest value out; waits while the buffer is empty. Returns None
    /// if it is empty and closed.
    pub(crate) fn take(&self) -> Option<T> {
        self.inside.lock().values.pop_front()
    }

    /// Lets nothing in any more, and wakes everybody to hear of it.
    pub(crate) fn close(&self) {
        let _ = self.inside.lock(); // who must hear of it?
    }
}
