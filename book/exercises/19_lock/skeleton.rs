//! A lock: one word with three states, and a waiting room.
//!
//! The task is in `README.md` beside this file. To see what works so far:
//! `cargo run -- exercise check lock`.

use exercises::waiting_room::WaitingRoom;
use scheduler::sync::atomic::{AtomicU32, Ordering};

/// Nobody holds it.
const FREE: u32 = 0;
/// Somebody holds it, and nobody waits.
const HELD: u32 = 1;
// And: somebody holds it, and somebody may wait.

/// A lock.
pub(crate) struct Lock {
    /// One of these.
    state: AtomicU32,
    /// Who waits.
    room: WaitingRoom,
}

impl Lock {
    /// A free one.
    pub(crate) fn new() -> Lock {
        Lock {
            state: AtomicU32::named("state", FREE),
            room: WaitingRoom::new(),
        }
    }

    /// Takes it; waits while another thread holds it.
    pub(crate) fn lock(&self) {
        self.state.store(HELD, Ordering::Relaxed); // was it free?
    }

    /// Gives it back, and wakes one that waits.
    pub(crate) fn unlock(&self) {
        self.state.store(FREE, Ordering::Relaxed); // who hears of it?
    }

    /// The waiting room, for the checks.
    pub(crate) fn room(&self) -> &WaitingRoom {
        &self.room
    }
}
