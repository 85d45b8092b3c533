//! The quantum's timer: one for each thread, which interrupts that thread.
//!
//! Armed by the thread itself as its slice begins, and when a tick comes at a bad
//! moment; by the dispatcher when somebody wants the CPU of one that runs. A timer of the thread's own
//! is exact; a signal that the dispatcher sends waits for the dispatcher, which
//! the kernel lets run late while every processor is busy.
//!
//! Invariants: (1) a timer fires once for each arming, never before its
//! instant; (2) its signal reaches the thread that created it and no other;
//! (3) arming and disarming are one system call, fit for a signal handler.
//!
//! Left out: periodic timers, since a thread alone needs no tick; timers on CPU
//! time, which the kernel checks only every 4 ms.
//!
//! Book: chapter 13. Mirror: `runtime`'s timers, which interrupt nobody.

use std::io;
use std::mem;
use std::sync::atomic::{AtomicI32, Ordering};

use super::syscalls;

/// A one-shot timer, or the place for one: threads that are never interrupted
/// leave it empty, and then arming does nothing.
#[derive(Debug)]
pub(crate) struct Timer {
    /// The kernel's number for it; [`Timer::NONE`] before `create` and after
    /// `delete`. Written by the thread that it interrupts.
    id: AtomicI32,
}

impl Timer {
    /// No timer: the kernel counts from 0.
    const NONE: i32 = -1;

    /// The place for a timer.
    pub(crate) const fn new() -> Self {
        Self {
            id: AtomicI32::new(Self::NONE),
        }
    }

    // ANCHOR: create
    /// Creates the timer that interrupts the **calling** thread by `signal`.
    ///
    /// # Errors
    /// When the system refuses another timer: each takes a place in its queue
    /// of pending signals (`ulimit -i`).
    pub(crate) fn create(&self, signal: i32) -> io::Result<()> {
        // SAFETY: `sigevent` is a C structure of integers and pointers, for
        // which all zeroes is a value. A field that must not be zero, such as
        // a reference, would break it.
        let mut event: libc::sigevent = unsafe { mem::zeroed() };
        event.sigev_notify = libc::SIGEV_THREAD_ID;
        event.sigev_signo = signal;
        event.sigev_notify_thread_id = super::affinity::tid();
        let mut id: libc::c_int = 0;
        // SAFETY: the kernel reads one `sigevent` and writes one `int`; both
        // are locals of the right type. The raw call is used because the C
        // library hides the number in a pointer of its own, which does not fit
        // into an atomic integer; its `timer_settime` must not be mixed in.
        let result = unsafe {
            libc::syscall(
                libc::SYS_timer_create,
                libc::CLOCK_MONOTONIC,
                &raw const event,
                &raw mut id,
            )
        };
        if result != 0 {
            let error = io::Error::last_os_error();
            return Err(io::Error::new(
                error.kind(),
                format!(
                    "no timer for a thread, of which the user may have as many as signals may be pending (`ulimit -i`): {error}"
                ),
            ));
        }
        self.id.store(id, Ordering::Release);
        Ok(())
    }
    // ANCHOR_END: create

    /// Lets the timer fire at `instant` (at once, if that is past) instead of
    /// whenever it was going to.
    pub(crate) fn arm(&self, instant: u64) {
        self.set(instant.max(1)); // 0 would disarm it
    }

    /// Keeps the timer from firing. A signal on its way arrives nevertheless.
    pub(crate) fn disarm(&self) {
        self.set(0);
    }

    /// Gives the timer back.
    pub(crate) fn delete(&self) {
        let id = self.id.swap(Self::NONE, Ordering::AcqRel);
        if id != Self::NONE {
            // SAFETY: the kernel requires nothing: a number that is no timer
            // of this process is an error, which is ignored. Nobody else
            // deletes `id`, since the swap gave it to us alone.
            unsafe { libc::syscall(libc::SYS_timer_delete, id) };
        }
    }

    /// Arms for `instant`, or disarms when it is 0.
    fn set(&self, instant: u64) {
        let id = self.id.load(Ordering::Acquire);
        if id == Self::NONE {
            return;
        }
        let setting = libc::itimerspec {
            it_interval: super::clock::timespec(0), // (1)
            it_value: super::clock::timespec(instant),
        };
        // SAFETY: the kernel reads one `itimerspec`, a local, and is told by
        // the null pointer to write none. If the thread deletes its timer at
        // this moment, `id` names none, an error, or another thread's new one,
        // whose early tick is stale for it and ignored.
        unsafe {
            syscalls::call(
                libc::SYS_timer_settime,
                [
                    id.cast_unsigned() as usize,
                    libc::TIMER_ABSTIME.cast_unsigned() as usize,
                    (&raw const setting).expose_provenance(),
                    0,
                    0,
                    0,
                ],
            )
        };
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.delete();
    }
}
