//! SIGSEGV and SIGBUS on a thread whose system calls are dispatched.
//!
//! A thread that overflows its stack comes to std's handler, on a small stack of
//! its own, where it prints its name and the process ends. Each system call that
//! it makes there would arrive as SIGSYS: that small stack would have to hold a
//! second frame of all registers, and our handler. There is not always room, and
//! then the process ends without a word. So whoever handles these two signals is called by
//! us, with the dispatch of calls off.
//!
//! Invariants: (1) the handlers that were there before are called, with the same
//! arguments; where there was none there is none; (2) nothing here locks,
//! allocates or makes a system call.
//!
//! Left out: handlers that the program installs after its first run in Signal
//! mode; they replace ours, as they would std's.
//!
//! Book: chapter 13.

use std::ffi::c_void;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::super::context::Context;
use super::super::current;

/// The signals.
const FAULTS: [i32; 2] = [libc::SIGSEGV, libc::SIGBUS];
/// Who handled each before us; 0: nobody.
static BEFORE: [AtomicUsize; 2] = [const { AtomicUsize::new(0) }; 2];

/// A handler that wants to know everything.
type Handler = extern "C" fn(i32, *mut libc::siginfo_t, *mut c_void);

/// Stands before those who handle faults. To be called once.
pub(super) fn stand_before_handlers() {
    for (&signal, before) in FAULTS.iter().zip(&BEFORE) {
        stand_before(signal, before);
    }
}

/// Stands before the handler of `signal`, if it has one that wants to know
/// everything, as std's does; and notes it.
fn stand_before(signal: i32, before: &AtomicUsize) {
    // SAFETY: `sigaction` is a C structure of integers: zeroes are a value.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: with no new action this only writes the current one to a local.
    let asked = unsafe { libc::sigaction(signal, ptr::null(), &raw mut action) };
    let is_none = [libc::SIG_DFL, libc::SIG_IGN].contains(&action.sa_sigaction);
    if asked != 0 || is_none || action.sa_flags & libc::SA_SIGINFO == 0 {
        return; // (1)
    }
    before.store(action.sa_sigaction, Ordering::Release);
    action.sa_sigaction = on_fault as *const () as usize;
    // SAFETY: requires a handler of this form, which stays: it is a function. All
    // else (its stack, its mask) is as the one before wanted it.
    unsafe { libc::sigaction(signal, &raw const action, ptr::null_mut()) };
}

/// The handler.
extern "C" fn on_fault(signal: i32, info: *mut libc::siginfo_t, machine: *mut c_void) {
    let before = FAULTS.iter().position(|&fault| fault == signal);
    let before = before.map_or(0, |place| BEFORE[place].load(Ordering::Acquire));
    if before == 0 {
        return; // it cannot be: we are installed where there was one
    }
    // SAFETY: a handler of this form was installed for this signal: see
    // `stand_before`, which alone writes these numbers.
    let before = unsafe { std::mem::transmute::<usize, Handler>(before) };
    current::with(Context::enter_fault);
    before(signal, info, machine); // (1)
    current::with(Context::leave_fault); // its calls pass until it is dispatched anew
}
