//! The signal handler: where a running thread loses the processor.
//!
//! A thread's [timer](super::timer) ends its quantum by a signal. The kernel
//! stops the thread wherever it is, in the middle of an addition or of
//! `malloc`, and calls the handler; the thread is frozen **inside** it, until
//! the dispatcher opens its gate, and then goes on as if nothing had happened.
//!
//! Invariants: (1) the handler uses atomics, the clock and raw futex and timer
//! calls, nothing else: no lock, no allocation, no panic; (2) `errno` is the
//! same after it as before; (3) a stale tick (the thread stopped by itself, or
//! its quantum is newer) does nothing.
//!
//! Left out: other systems. One instruction at a time: [`stepping`](super::stepping).
//!
//! Book: chapter 13. Mirror: none: nothing can take the processor from a task.

use std::ffi::c_void;
use std::io;
use std::mem;
use std::ops::Range;
use std::ptr;
use std::sync::atomic::{AtomicI32, Ordering};

use super::callers::{Callers, List};
use super::current;
use super::image;
use super::registers::{self, Registers};
use super::syscalls;
use super::unwind;

/// The signal, once [`install`] has chosen it; 0 before.
static SIGNAL: AtomicI32 = AtomicI32::new(0);

/// Installs the handler, the first time, and returns its signal: the first
/// real-time signal that the program does not use itself.
///
/// # Errors
/// When the program uses all real-time signals, or this processor's registers
/// are unknown and the heap that would do without them is switched off.
pub(crate) fn install() -> io::Result<i32> {
    let installed = SIGNAL.load(Ordering::Acquire);
    if installed != 0 {
        return Ok(installed);
    }
    image::look(); // the handler must find what it compares with
    if cfg!(not(feature = "heap")) && !registers::ARE_KNOWN {
        return Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "preempting by signal needs the crate's feature `heap` on this processor",
        ));
    }
    let signal = (libc::SIGRTMIN()..=libc::SIGRTMAX())
        .find(|&signal| is_free(signal))
        .ok_or_else(|| io::Error::other("the program uses all real-time signals itself"))?;
    // SAFETY: requires a handler that is fit to interrupt any code of any thread.
    // That is invariant (1); whatever is added to `on_tick` must keep it. Two
    // threads that come here at once install the same handler for two signals,
    // which does no harm.
    unsafe { syscalls::install_action(signal, on_tick, libc::SA_RESTART, 0) }?;
    SIGNAL.store(signal, Ordering::Release);
    Ok(signal)
}

/// The signal that preempts; 0 before the handler is installed.
pub(crate) fn signal() -> i32 {
    SIGNAL.load(Ordering::Acquire)
}

/// Lets the calling thread receive `signal`, whatever it inherited.
///
/// # Errors
/// None that a signal from [`install`] can cause.
pub(crate) fn unblock(signal: i32) -> io::Result<()> {
    // SAFETY: a set of signals is an array of integers: zeroes are a value.
    let mut set: libc::sigset_t = unsafe { mem::zeroed() };
    // SAFETY: requires a writable set, which the local is.
    unsafe { libc::sigemptyset(&raw mut set) };
    // SAFETY: requires an initialised set, which the line above supplies.
    unsafe { libc::sigaddset(&raw mut set, signal) };
    // SAFETY: requires an initialised set; the old mask is not asked for.
    let error =
        unsafe { libc::pthread_sigmask(libc::SIG_UNBLOCK, &raw const set, ptr::null_mut()) };
    if error == 0 {
        Ok(())
    } else {
        Err(io::Error::from_raw_os_error(error))
    }
}

/// Whether the program has left `signal` to its default.
pub(super) fn is_free(signal: i32) -> bool {
    // SAFETY: as in `install`, zeroes are a value of this C structure.
    let mut action: libc::sigaction = unsafe { mem::zeroed() };
    // SAFETY: with no new action this only writes the current one to a local.
    let result = unsafe { libc::sigaction(signal, ptr::null(), &raw mut action) };
    result == 0 && action.sa_sigaction == libc::SIG_DFL
}

// ANCHOR: handler
/// The handler:
///
/// 1. a thread that is not scheduled, that does not run, or whose deadline has
///    not come, goes on (3), and the tick comes again in time;
/// 2. one that holds a guard notes that it must give way, and is interrupted
///    again in a moment;
/// 3. so is one that may hold what the dispatcher needs;
/// 4. any other is frozen here until it is dispatched;
/// 5. so is one that came back from a call that nobody announced (see `polling`), if
///    neither 2 nor 3 is so.
extern "C" fn on_tick(_signal: i32, _info: *mut libc::siginfo_t, machine: *mut c_void) {
    let errno = errno(); // (2) of the module
    // SAFETY: requires a `ucontext_t` that stays valid: the kernel passes
    // one to a handler with SA_SIGINFO, on the stack beneath this call.
    // Installing without that flag would break it.
    let registers = Registers::of(unsafe { &*machine.cast::<libc::ucontext_t>() });
    let may_be_frozen = || cfg!(feature = "heap") || registers.allow_freezing();
    current::with(|context| {
        if context.is_away() {
            if context.is_held() || !may_be_frozen() {
                context.try_again(); // 3
            } else {
                context.come_back(); // 5
            }
            return;
        }
        if !context.is_due() {
            context.wait_for_the_rest();
            return; // 1
        }
        if context.is_held() {
            context.note_reschedule();
            context.try_again();
            return; // 2
        }
        if !may_be_frozen() {
            context.try_again();
            return; // 3
        }
        let notebook = context.notebook();
        if let Some(stack) = notebook.stack() {
            notebook.write(&callers(&registers, stack));
        }
        context.freeze(registers.program_counter); // 4
    });
    set_errno(errno);
}
// ANCHOR_END: handler

/// Who called the function that was interrupted.
pub(super) fn callers(registers: &Registers, stack: Range<usize>) -> Callers {
    let mut list = List::new();
    unwind::walk(registers, stack, |call| {
        !image::is_program(call) || list.add(image::relative(call))
    });
    list.finish()
}

/// The calling thread's `errno`.
pub(super) fn errno() -> i32 {
    // SAFETY: the function requires nothing, and returns this thread's place.
    let place = unsafe { libc::__errno_location() };
    // SAFETY: the place is valid as long as the thread, and no other uses it.
    unsafe { *place }
}

/// Writes the calling thread's `errno`.
pub(super) fn set_errno(value: i32) {
    // SAFETY: the function requires nothing, and returns this thread's place.
    let place = unsafe { libc::__errno_location() };
    // SAFETY: the place is valid as long as the thread, and no other uses it.
    unsafe { *place = value };
}

#[cfg(test)]
mod tests;
