//! A process that was forked from a run: one thread, and no dispatcher.
//!
//! `fork` copies the thread that calls it, and no other. In the child nobody
//! hands out CPUs, and locks that other threads held stay locked for ever. So
//! the child may start a program or end (`execve`, `_exit`), as POSIX says of
//! every process with threads; if it asks the scheduler for something, it is
//! told so and ended, where it would otherwise wait for ever.
//!
//! What the child has of us: no timer (they are not inherited), so no tick
//! comes; the handler of ticks, which `execve` resets; system calls that the
//! kernel dispatches to nobody.
//!
//! Invariants: (1) what runs in the child writes a few flags, nothing else;
//! (2) a child of an ordinary thread, made while no scheduler ran, may run
//! schedulers of its own.
//!
//! Left out: `vfork` and bare `clone`, which call nobody in the child.
//!
//! Book: chapter 13.

use std::cell::Cell;
use std::io;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use super::{current, last_words};
use crate::supervision::WATCHDOG_STATUS;

thread_local! {
    /// This thread is the copy of a scheduled one.
    static IS_COPY: Cell<bool> = const { Cell::new(false) };
}
/// How many schedulers run in this process.
static RUNS: AtomicU32 = AtomicU32::new(0);
/// This process was forked while a scheduler ran.
static STALE: AtomicBool = AtomicBool::new(false);
/// How often this process, or one that it was forked from, is a child.
static GENERATION: AtomicU32 = AtomicU32::new(0);

/// While it lives, a scheduler runs.
#[derive(Debug)]
pub(crate) struct Running;

/// A scheduler begins to run.
///
/// # Errors
/// If it cannot, in a process that was forked from a run.
pub(crate) fn begin_run() -> io::Result<Running> {
    /// Forks are noticed from the first run on.
    static NOTICES: Once = Once::new();
    NOTICES.call_once(|| {
        // SAFETY: requires a function that may run in the child of any fork, at
        // any place: that is invariant (1).
        unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
    });
    if STALE.load(Ordering::Relaxed) {
        return Err(io::Error::other(
            "this process was forked while a scheduler ran, and has only one of its threads: \
             here it may only start a program (exec) or end (_exit). Fork before the first run, \
             or start a process by `std::process::Command`",
        ));
    }
    RUNS.fetch_add(1, Ordering::Relaxed);
    Ok(Running)
}

impl Drop for Running {
    fn drop(&mut self) {
        RUNS.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A number that is another one in each process.
pub(crate) fn generation() -> u32 {
    GENERATION.load(Ordering::Relaxed)
}

/// What a child does first.
extern "C" fn in_child() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
    if current::is_scheduled() {
        IS_COPY.set(true);
    }
    if RUNS.load(Ordering::Relaxed) > 0 {
        STALE.store(true, Ordering::Relaxed);
    }
}

/// Ends the process if the calling thread, which is about to ask its dispatcher
/// for something, is a copy that has none.
pub(crate) fn end_if_copy() {
    if IS_COPY.get() {
        last_words::say(
            "scheduler: a process that a scheduled thread forked called the scheduler, which is \
             in the parent. The child has one thread and no dispatcher: it may only start a \
             program (exec) or end (_exit). Start processes by `std::process::Command`, or fork \
             before the run. The child ends here, with status 124.\n",
        );
        last_words::end_process(WATCHDOG_STATUS);
    }
}
