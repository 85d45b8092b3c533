//! A planted mistake: a producer that was woken puts its value in without looking again.

use scheduler::sync::{Condvar, Mutex};
use std::collections::VecDeque;

/// A queue between threads, with room for so many values.
pub(crate) struct Buffer<T> {
    /// For how many values there is room.
    capacity: usize,
    /// What changes.
    inside: Mutex<Inside<T>>,
    /// Notified when a value was put in; consumers wait for it.
    has_value: Condvar,
    /// Notified when a value was taken out; producers wait for it.
    has_room: Condvar,
}

/// What changes; to be touched under the mutex only.
struct Inside<T> {
    /// Put in, and not yet taken out.
    values: VecDeque<T>,
    /// Whether nothing may be put in any more.
    is_closed: bool,
}

impl<T> Buffer<T> {
    /// An empty buffer with room for `capacity` values, one at least.
    pub(crate) fn new(capacity: usize) -> Buffer<T> {
        Buffer {
            capacity,
            inside: Mutex::new(Inside {
                values: VecDeque::new(),
                is_closed: false,
            }),
            has_value: Condvar::new(),
            has_room: Condvar::new(),
        }
    }

    /// Mistake: `if` in place of `while`.
    pub(crate) fn put(&self, value: T) -> Result<(), T> {
        let mut inside = self.inside.lock();
        if !inside.is_closed && inside.values.len() == self.capacity {
            inside = self.has_room.wait(inside); // rules 1 and 4
        }
        if inside.is_closed {
            return Err(value); // rule 6
        }
        inside.values.push_back(value);
        drop(inside);
        self.has_value.notify_one(); // rule 3
        Ok(())
    }

    /// Calls `make`, and puts what it returns in. Meanwhile others use the
    /// buffer.
    pub(crate) fn put_made(&self, make: impl FnOnce() -> T) -> Result<(), T> {
        let value = make(); // rule 5: no guard is held
        self.put(value)
    }

    /// Takes the oldest value out; waits while the buffer is empty. Returns None
    /// if it is empty and closed.
    pub(crate) fn take(&self) -> Option<T> {
        let mut inside = self.inside.lock();
        while !inside.is_closed && inside.values.is_empty() {
            inside = self.has_value.wait(inside); // rules 2 and 4
        }
        let value = inside.values.pop_front();
        drop(inside);
        self.has_room.notify_one(); // rule 3
        value
    }

    /// Lets nothing in any more, and wakes everybody to hear of it.
    pub(crate) fn close(&self) {
        self.inside.lock().is_closed = true;
        self.has_value.notify_all(); // rule 6
        self.has_room.notify_all();
    }
}
