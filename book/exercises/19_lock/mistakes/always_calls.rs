//! A planted mistake: every unlock looks for somebody to wake.

use exercises::waiting_room::WaitingRoom;
use scheduler::park;
use scheduler::sync::atomic::{AtomicU32, Ordering};

/// Nobody holds it.
const FREE: u32 = 0;
/// Somebody holds it, and nobody waits.
const HELD: u32 = 1;
/// Somebody holds it, and somebody may wait.
const AWAITED: u32 = 2;

/// A lock.
pub(crate) struct Lock {
    /// One of the three.
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
        let at_once = self
            .state
            .compare_exchange(FREE, HELD, Ordering::Acquire, Ordering::Relaxed);
        if at_once.is_ok() {
            return; // rules 1 and 5
        }
        while self.state.swap(AWAITED, Ordering::Acquire) != FREE {
            self.room.enter(); // rule 3: word is left first,
            if self.state.load(Ordering::Relaxed) == AWAITED {
                park(); // rule 2: and looked after that
            }
            self.room.leave();
        }
    }

    /// Mistake: it does not look at the state, which says whether anybody waits.
    pub(crate) fn unlock(&self) {
        self.state.store(FREE, Ordering::Release);
        if let Some(thread) = self.room.call() {
            thread.unpark();
        }
    }

    /// The waiting room, for the checks.
    pub(crate) fn room(&self) -> &WaitingRoom {
        &self.room
    }
}
