//! The token: how a thread stands between its parks and others' unparks.
//!
//! ```text
//!            (1) park                     (2) unpark: wakes the thread
//!   EMPTY ─────────────► PARKED ──────────────────────────────┐
//!     ▲ │                                                      ▼
//!     │ └─────────────── (3) unpark, before the park ────► NOTIFIED
//!     └──────────────────────── (4) park ends ─────────────────┘
//! ```
//!
//! Invariants: (1) an unpark is never lost: one that comes early ends the next
//! park at once; several are one; (2) whoever unparks wakes the thread only if it
//! is parked; (3) a park ends by an unpark, or when its time is over, and never
//! without a reason; (4) what an unparker did before, whoever was parked sees.
//!
//! A model checker takes these steps in every order in which OS threads can:
//! `tests/park_model.rs`.
//!
//! Book: chapter 5. Mirror: `runtime::waker`.

use super::primitives::{AtomicU8, Ordering};

/// Neither parked nor unparked.
const EMPTY: u8 = 0;
/// Parked, or about to be.
const PARKED: u8 = 1;
/// Unparked, and has not noticed yet.
const NOTIFIED: u8 = 2;

/// How a thread stands between its parks and others' unparks.
#[derive(Debug, Default)]
pub(crate) struct Token(AtomicU8);

impl Token {
    /// Waits until the thread, which is the calling one, is unparked. `block`
    /// waits until somebody wakes the thread, for whatever reason, and says
    /// whether the time is over.
    pub(crate) fn park(&self, mut block: impl FnMut() -> bool) {
        if self.begin() {
            // The loop is invariant 3: a leftover of another wait ends nothing.
            while self.is_parked() {
                if block() {
                    break;
                }
            }
        }
        self.end();
    }

    /// (2), (3) Ends the thread's park, or its next one: `wake` wakes it.
    pub(crate) fn unpark(&self, wake: impl FnOnce()) {
        if self.0.swap(NOTIFIED, Ordering::AcqRel) == PARKED {
            wake();
        }
    }

    /// (1) Whether the thread has to wait: nobody has unparked it.
    fn begin(&self) -> bool {
        let exchange = self
            .0
            .compare_exchange(EMPTY, PARKED, Ordering::AcqRel, Ordering::Acquire);
        exchange.is_ok()
    }

    /// Whether nobody has unparked it since.
    fn is_parked(&self) -> bool {
        self.0.load(Ordering::Acquire) == PARKED
    }

    /// (4) The park ends, with all the unparks until now.
    ///
    /// careful: by a read-modify-write. A store could overwrite an unpark that
    /// came after the one that ended the park, and yet not let the thread see
    /// why it came: the thread would look, find nothing, and park for ever.
    fn end(&self) {
        self.0.swap(EMPTY, Ordering::AcqRel);
    }
}
