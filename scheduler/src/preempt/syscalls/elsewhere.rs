//! Stands in for the dispatch of system calls where there is none.
//!
//! Syscall User Dispatch exists on Linux on x86 alone. On other processors Linux
//! can be asked what a thread does (see `polling`); on other systems calls must
//! be announced.
//!
//! Book: chapter 13.

use std::io;
use std::sync::atomic::AtomicU8;

/// Says that calls cannot be dispatched.
///
/// # Errors
/// Always.
pub(crate) fn probe() -> Result<(), &'static str> {
    Err("Syscall User Dispatch exists on Linux on x86-64 alone")
}

/// Fails.
///
/// # Errors
/// Always.
pub(crate) fn enable(_selector: &AtomicU8) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Does nothing.
pub(crate) fn disable() {}

/// Knows none.
pub(crate) fn name(_number: i64) -> Option<&'static str> {
    None
}

/// Makes a system call through the C library.
///
/// # Safety
/// The arguments must be what system call `number` requires.
#[cfg(target_os = "linux")]
pub(in crate::preempt) unsafe fn call(number: i64, arguments: [usize; 6]) -> isize {
    let [first, second, third, fourth, fifth, sixth] = arguments;
    // SAFETY: the caller answers for the arguments.
    let result = unsafe { libc::syscall(number, first, second, third, fourth, fifth, sixth) };
    result as isize
}

/// Makes `handler`, with `SA_SIGINFO` and these further flags, the one of `signal`;
/// no other is blocked while it runs.
///
/// # Errors
/// When the system refuses.
///
/// # Safety
/// `handler` must be fit to interrupt any code of any thread.
#[cfg(target_os = "linux")]
pub(in crate::preempt) unsafe fn install_action(
    signal: i32,
    handler: extern "C" fn(i32, *mut libc::siginfo_t, *mut std::ffi::c_void),
    flags: i32,
    _mask: u64,
) -> io::Result<()> {
    // SAFETY: `sigaction` is a C structure of integers, sets and an optional
    // function pointer, for which all zeroes is a value.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = handler as *const () as usize;
    action.sa_flags = flags | libc::SA_SIGINFO;
    // SAFETY: requires a valid action; the caller answers for the handler.
    let result = unsafe { libc::sigaction(signal, &raw const action, std::ptr::null_mut()) };
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}
