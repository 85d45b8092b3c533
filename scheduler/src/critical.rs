//! A lock for our own short critical sections, whose holder is never frozen.
//!
//! The insides of a mutex or a channel must be changed in one piece, while
//! threads may be frozen at any instruction. So whoever holds this lock cannot
//! be: it is std's lock behind a [`Guard`].
//!
//! Invariants: (1) while it is held nothing is allocated or freed, nobody is
//! waited for, and no code of the learner's runs: each could need a lock that a
//! frozen thread holds; (2) so on one virtual CPU it is never contended.
//!
//! Mirror: none; a task cannot be interrupted there.

use crate::preempt::Guard;
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A value behind a lock whose holder is never frozen.
#[derive(Debug, Default)]
pub(crate) struct Critical<T> {
    /// The value.
    value: Mutex<T>,
}

impl<T> Critical<T> {
    /// A lock around `value`.
    pub(crate) const fn new(value: T) -> Critical<T> {
        Critical {
            value: Mutex::new(value),
        }
    }

    /// The value, until the section is dropped.
    pub(crate) fn enter(&self) -> Section<'_, T> {
        let unfreezable = Guard::new();
        Section {
            // No code that could panic runs inside (1).
            value: self.value.lock().unwrap_or_else(PoisonError::into_inner),
            _unfreezable: unfreezable,
        }
    }

    /// Calls `look` with the value unless the lock is held; never waits. What
    /// holds for a section (1) holds for `look`.
    ///
    /// careful: a thread that was frozen while it only looked would keep the
    /// lock all the same, from others that hold a guard and so never give way.
    pub(crate) fn peek<R>(&self, look: impl FnOnce(&T) -> R) -> Option<R> {
        let _unfreezable = Guard::new();
        self.value.try_lock().ok().map(|value| look(&value))
    }
}

/// A critical section; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Section<'a, T> {
    /// Dropped first: unlocks.
    value: MutexGuard<'a, T>,
    /// Dropped second: may give way to a tick that came meanwhile.
    _unfreezable: Guard,
}

impl<T> Deref for Section<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for Section<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}
