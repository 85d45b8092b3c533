//! A waiting room: threads that wait to be called, who came first is called first.
//!
//! To enter, to leave and to call are one step each: of two threads that do so at the
//! same time one comes after the other, and sees what that one did. Who is in the room
//! does not sleep for that reason: for this there is [`park`](scheduler::park).
//!
//! Invariant: (1) a call is one step of an explored program, which comes after all
//! earlier steps of the same room.
//!
//! Book: chapter 19. What it stands for: the kernel's queue behind a futex.

use crate::transcript::note_here;
use scheduler::sync::atomic::{AtomicU32, Ordering};
use scheduler::{Thread, current};
use std::collections::VecDeque;
use std::panic::Location;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// See the module.
#[derive(Debug)]
pub struct WaitingRoom {
    /// How often something was done here: what makes it a step (1).
    steps: AtomicU32,
    /// Who is in it.
    threads: Mutex<VecDeque<Thread>>,
}

impl WaitingRoom {
    /// An empty one.
    pub fn new() -> WaitingRoom {
        WaitingRoom {
            steps: AtomicU32::named("(room)", 0),
            threads: Mutex::default(),
        }
    }

    /// The calling thread enters.
    ///
    /// # Panics
    ///
    /// If no scheduler runs the calling thread.
    #[track_caller]
    pub fn enter(&self) {
        self.step("enters the waiting room").push_back(current());
    }

    /// The calling thread leaves; nothing happens if it is not in the room, or was called.
    ///
    /// # Panics
    ///
    /// If no scheduler runs the calling thread.
    #[track_caller]
    pub fn leave(&self) {
        let me = current().id();
        self.step("leaves the waiting room")
            .retain(|thread| thread.id() != me);
    }

    /// Calls the one that has been there for the longest: it is in the room no more. None
    /// if nobody is there.
    #[track_caller]
    pub fn call(&self) -> Option<Thread> {
        self.step("calls one out of the waiting room").pop_front()
    }

    /// Whether anything was ever done here.
    pub fn was_used(&self) -> bool {
        self.steps.load(Ordering::Relaxed) > 0
    }

    /// One step, in which the calling thread does `what`; and who is in the room then.
    #[track_caller]
    fn step(&self, what: &str) -> MutexGuard<'_, VecDeque<Thread>> {
        self.steps.fetch_add(1, Ordering::AcqRel); // (1): the last before it is seen
        let line = Location::caller().line();
        note_here(current().name(), &format!("{what} (line {line})"));
        // Nobody panics while it is held.
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for WaitingRoom {
    fn default() -> WaitingRoom {
        WaitingRoom::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scheduler::{explore, spawn};
    use std::sync::Arc;

    #[test]
    fn who_came_first_is_called_first_unless_it_has_left() {
        let found = explore(|| {
            let room = Arc::new(WaitingRoom::new());
            let rooms = [(); 2].map(|()| Arc::clone(&room));
            let [one, other] = rooms.map(|room| spawn(move || room.enter()));
            one.join().unwrap();
            other.join().unwrap();
            room.enter();
            room.leave();
            room.leave(); // it is not there
            let order = [room.call(), room.call(), room.call()];
            order.map(|thread| thread.map(|thread| thread.id().0))
        });
        found.assert_no_failure();
        let mut outcomes: Vec<&str> = found.outcomes().iter().map(|it| &*it.text).collect();
        outcomes.sort_unstable();
        assert_eq!(
            outcomes,
            ["[Some(1), Some(2), None]", "[Some(2), Some(1), None]"]
        );
    }
}
