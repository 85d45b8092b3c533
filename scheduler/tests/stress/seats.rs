//! Who holds a CPU, by the policy's books; and threads that run without one.
//!
//! The policy notes whom it gave a CPU to, and who was taken off. A thread that
//! finds itself running while it is noted as one that holds none runs beside the
//! one that was dispatched after it: an overlap. The books are right whenever it
//! looks: it is noted before it is let run, and struck off after it stands still.
//!
//! Workers look around every piece of work, and after every call that may block:
//! whoever comes out of the kernel must wait until it is dispatched again.

use scheduler::policy::ThreadId;
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// So many threads are watched; those that come later are not.
const THREADS: usize = 1 << 20;

/// Whether thread n holds a CPU.
static HOLDS_A_CPU: [AtomicBool; THREADS] = [const { AtomicBool::new(false) }; THREADS];

/// How often a thread ran without one.
static OVERLAPS: AtomicU64 = AtomicU64::new(0);
/// How often threads looked.
static LOOKS: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// The calling thread's number, once it is watched.
    static NUMBER: Cell<Option<usize>> = const { Cell::new(None) };
}

/// The policy gives `thread` a CPU, or takes it back.
pub(crate) fn note(thread: ThreadId, holds: bool) {
    if let Some(seat) = HOLDS_A_CPU.get(thread.0 as usize) {
        seat.store(holds, Ordering::SeqCst);
    }
}

/// From now on the calling thread, which is scheduled, looks.
pub(crate) fn watch_me() {
    NUMBER.set(Some(scheduler::current().id().0 as usize));
}

/// Looks whether the calling thread holds a CPU, as it must.
pub(crate) fn look() {
    let seat = NUMBER.get().and_then(|number| HOLDS_A_CPU.get(number));
    if let Some(seat) = seat {
        LOOKS.fetch_add(1, Ordering::Relaxed);
        if !seat.load(Ordering::SeqCst) {
            OVERLAPS.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// How often threads looked, and how often one ran without a CPU.
pub(crate) fn read() -> (u64, u64) {
    let read = |number: &AtomicU64| number.load(Ordering::Relaxed);
    (read(&LOOKS), read(&OVERLAPS))
}
