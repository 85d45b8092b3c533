//! What the trace says of permits: a read-write lock's words, or a semaphore's.
//!
//! Mirror: `runtime::sync::permits::record`.

use super::{EVERY, Permits};
use crate::control::Control;
use crate::place::Place;
use crate::trace::{Kind, record};
use std::sync::Arc;

impl Permits {
    /// `thread` has `count` permits now, and `left` are there.
    pub(super) fn tell_taken(
        &self,
        thread: Option<&Arc<Control>>,
        number: u32,
        (count, left): (usize, usize),
        at: Place,
    ) {
        let Some(thread) = thread else {
            return;
        };
        let at = Some(at);
        if self.kind == Kind::RwLock {
            record!(thread.run, "locked", at at, [number, how(count), thread.id]);
        } else {
            record!(thread.run, "acquired", at at, [number, count, left, thread.id]);
        }
    }

    /// `thread` will wait for `count` permits. Of a semaphore that it is blocked
    /// says as much.
    pub(super) fn tell_contended(&self, thread: &Control, number: u32, count: usize, at: Place) {
        if self.kind == Kind::RwLock {
            let at = Some(at);
            record!(thread.run, "contended", at at, [number, how(count), thread.id]);
        }
    }

    /// `count` permits came back by `thread`, or are new; `left` are there.
    pub(super) fn tell_given_back(
        &self,
        thread: Option<&Control>,
        number: u32,
        (count, left): (usize, usize),
        at: Option<Place>,
    ) {
        let Some(thread) = thread else {
            return;
        };
        if self.kind == Kind::RwLock {
            record!(thread.run, "unlocked", at at, [number, how(count), thread.id]);
        } else {
            let id = thread.id;
            record!(thread.run, "released", at at, [number, count, left], optional [id]);
        }
    }
}

/// What whoever holds so many permits of a read-write lock does.
fn how(count: usize) -> &'static str {
    if count == EVERY { "write" } else { "read" }
}
