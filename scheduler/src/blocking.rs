//! Blocking calls, announced: the thread gives its CPU up while the kernel
//! makes it wait.
//!
//! A virtual CPU stays with its thread while that waits in the kernel for data
//! or a child process, unless the dispatcher is told. This tells it.
//!
//! In checkpoint mode the call takes real time while the others go on in
//! virtual time. Between which of their steps it returns depends on the
//! machine: it is the one thing in that mode that is not the same in every run.
//! If nobody else can run but somebody sleeps, virtual time passes as real time
//! does until the call is back or the sleep over.
//!
//! Left out: calls that nobody announced, see
//! [`Unannounced`](crate::Unannounced). In checkpoint mode, and where that is off,
//! they keep their CPU.
//!
//! Book: chapter 8. Mirror: `runtime::blocking`.

use crate::control::current;
use crate::place::Place;

/// Runs `call` without a CPU, and waits for one when it returns.
///
/// `call` runs beside whoever holds the CPUs, so it should do little but wait.
/// Inside it the thread counts as one that is not scheduled: it can send into a
/// channel with room, but not wait for a lock. Outside a scheduler, and inside
/// another blocking call, `call` is called and nothing else.
///
/// # Panics
///
/// If `call` panics, after a CPU has been waited for.
// ANCHOR: blocking
#[track_caller]
pub fn blocking<T>(call: impl FnOnce() -> T) -> T {
    let at = Place::caller();
    let Some(thread) = current() else {
        return call();
    };
    thread.unwind_if_doomed();
    if thread.run.conductor.is_some() {
        return call(); // it keeps the CPU: nothing may depend on how long it takes
    }
    thread.enter_call(None, at);
    let back = Back(&thread);
    let result = call();
    drop(back);
    thread.unwind_if_doomed();
    result
}
// ANCHOR_END: blocking

/// Waits for a CPU when the call is over, also when it panicked.
struct Back<'a>(&'a crate::control::Control);

impl Drop for Back<'_> {
    fn drop(&mut self) {
        self.0.context.leave_call();
    }
}
