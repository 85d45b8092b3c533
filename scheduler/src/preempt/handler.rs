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
//! Left out: other systems; single-stepping.
//!
//! Book: chapter 13. Mirror: none: nothing can take the processor from a task.

use std::ffi::c_void;
use std::io;
use std::mem;
use std::ops::Range;
use std::ptr;
use std::sync::atomic::{AtomicI32, Ordering};

use super::context::{Callers, Context};
use super::current;
use super::image;
use super::registers::{self, Registers};
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
    // SAFETY: `sigaction` is a C structure of integers, sets and an optional
    // function pointer, for which all zeroes is a value.
    let mut action: libc::sigaction = unsafe { mem::zeroed() };
    action.sa_sigaction = on_tick as *const () as usize;
    action.sa_flags = libc::SA_SIGINFO | libc::SA_RESTART;
    // SAFETY: requires a valid `sigaction`, and a handler that is fit to
    // interrupt any code of any thread. That is invariant (1); whatever is
    // added to `on_tick` must keep it. Two threads that come here at once
    // install the same handler for two signals, which does no harm.
    let result = unsafe { libc::sigaction(signal, &raw const action, ptr::null_mut()) };
    if result != 0 {
        return Err(io::Error::last_os_error());
    }
    SIGNAL.store(signal, Ordering::Release);
    Ok(signal)
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
fn is_free(signal: i32) -> bool {
    // SAFETY: as in `install`, zeroes are a value of this C structure.
    let mut action: libc::sigaction = unsafe { mem::zeroed() };
    // SAFETY: with no new action this only writes the current one to a local.
    let result = unsafe { libc::sigaction(signal, ptr::null(), &raw mut action) };
    result == 0 && action.sa_sigaction == libc::SIG_DFL
}

/// The handler:
///
/// 1. a thread that is not scheduled, that does not run, or whose deadline has
///    not come, goes on (3);
/// 2. one that holds a guard notes that it must give way, and is interrupted
///    again in a moment;
/// 3. so is one that may hold what the dispatcher needs;
/// 4. any other is frozen here until it is dispatched.
extern "C" fn on_tick(_signal: i32, _info: *mut libc::siginfo_t, machine: *mut c_void) {
    let errno = errno(); // (2) of the module
    current::with(|context| {
        if !context.is_due() {
            return; // 1
        }
        if context.is_held() {
            context.note_reschedule();
            context.try_again();
            return; // 2
        }
        // SAFETY: requires a `ucontext_t` that stays valid: the kernel passes
        // one to a handler with SA_SIGINFO, on the stack beneath this call.
        // Installing without that flag would break it.
        let registers = Registers::of(unsafe { &*machine.cast::<libc::ucontext_t>() });
        if cfg!(not(feature = "heap")) && !registers.allow_freezing() {
            context.try_again();
            return; // 3
        }
        let stack = context.stack();
        if !stack.is_empty() {
            note_callers(context, &registers, stack);
        }
        context.freeze(registers.program_counter); // 4
    });
    set_errno(errno);
}

/// Notes who called the function that was interrupted, for the trace.
fn note_callers(context: &Context, registers: &Registers, stack: Range<usize>) {
    let mut count = 0;
    unwind::walk(registers, stack, |call| {
        if image::is_program(call)
            && let Ok(relative) = u32::try_from(image::relative(call))
        {
            context.note_caller(count, relative);
            count += 1;
        }
        count < Callers::ROOM
    });
    context.note_caller(count, 0);
}

/// The calling thread's `errno`.
fn errno() -> i32 {
    // SAFETY: the function requires nothing, and returns this thread's place.
    let place = unsafe { libc::__errno_location() };
    // SAFETY: the place is valid as long as the thread, and no other uses it.
    unsafe { *place }
}

/// Writes the calling thread's `errno`.
fn set_errno(value: i32) {
    // SAFETY: the function requires nothing, and returns this thread's place.
    let place = unsafe { libc::__errno_location() };
    // SAFETY: the place is valid as long as the thread, and no other uses it.
    unsafe { *place = value };
}

#[cfg(test)]
mod tests {
    use super::super::context::{Callers, Context, Notice, Reason, State};
    use super::super::current::{Guard, enter};
    use super::super::inbox::Inbox;
    use super::super::symbols::Symbols;
    use super::super::{clock, futex::Gate};
    use std::io::{self, Write};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
    use std::{hint, process, thread};

    /// A control block with nothing else in it.
    struct Block(Context);

    impl AsRef<Context> for Block {
        fn as_ref(&self) -> &Context {
            &self.0
        }
    }

    /// Waits for the next notice that thread 1 stopped, and returns why.
    fn stop(inbox: &Inbox<Notice>, block: &Block) -> Reason {
        loop {
            if inbox.collect().count() > 0 {
                assert_eq!(block.0.state(), State::Stopped);
                return block.0.reason();
            }
            inbox.wait();
        }
    }

    /// Ends the process when it is dropped.
    struct FailLoudly;

    impl Drop for FailLoudly {
        fn drop(&mut self) {
            let test = thread::current().name().unwrap_or_default().to_owned();
            let _ = writeln!(io::stderr(), "{test} failed; run it with --nocapture");
            process::abort();
        }
    }

    /// Runs `body` on a scheduled thread, and `dispatcher` beside it.
    fn scheduled(body: impl FnOnce() + Send, dispatcher: impl FnOnce(&Inbox<Notice>, &Block)) {
        let inbox = Arc::new(Inbox::new());
        let block = Arc::new(Block(Context::new(1, Arc::clone(&inbox))));
        thread::scope(|scope| {
            scope.spawn(|| {
                let entered = enter(Arc::clone(&block));
                block.0.attach(true).unwrap();
                block.0.arrive();
                body();
                block.0.finish();
                drop(entered);
            });
            // The frozen thread would keep a failed test from ending.
            let failed = FailLoudly;
            assert_eq!(stop(&inbox, &block), Reason::Arrived);
            dispatcher(&inbox, &block);
            std::mem::forget(failed);
        });
    }

    /// The instant `microseconds` ahead.
    fn ahead(microseconds: u64) -> u64 {
        clock::now() + microseconds * 1_000
    }

    #[test]
    fn a_loop_that_calls_nothing_is_frozen_and_goes_on_where_it_was() {
        let (turns, over) = (AtomicU64::new(0), AtomicBool::new(false));
        let body = || {
            while !over.load(Ordering::Relaxed) {
                turns.fetch_add(1, Ordering::Relaxed);
            }
        };
        scheduled(body, |inbox, block| {
            for _ in 0..100 {
                block.0.dispatch(Some(ahead(200)));
                assert_eq!(stop(inbox, block), Reason::Preempted);
                assert!(block.0.program_counter().is_some());
                let frozen = turns.load(Ordering::Relaxed);
                thread::yield_now();
                assert_eq!(turns.load(Ordering::Relaxed), frozen);
            }
            assert!(turns.load(Ordering::Relaxed) > 0);
            over.store(true, Ordering::Relaxed);
            block.0.dispatch(None);
            assert_eq!(stop(inbox, block), Reason::Finished);
        });
    }

    #[test]
    fn a_thread_without_a_deadline_runs_until_it_stops_by_itself() {
        let body = || {
            super::super::current::owner::<Block>()
                .unwrap()
                .0
                .give_way(Reason::Asked);
        };
        scheduled(body, |inbox, block| {
            block.0.dispatch(None);
            assert_eq!(stop(inbox, block), Reason::Asked);
            assert_eq!(block.0.program_counter(), None);
            block.0.dispatch(None);
            assert_eq!(stop(inbox, block), Reason::Finished);
        });
    }

    #[test]
    fn a_quantum_given_while_the_thread_runs_ends_it() {
        let over = AtomicBool::new(false);
        let body = || {
            while !over.load(Ordering::Relaxed) {
                hint::spin_loop();
            }
        };
        scheduled(body, |inbox, block| {
            block.0.dispatch(None);
            block.0.set_deadline(Some(ahead(100)));
            assert_eq!(stop(inbox, block), Reason::Preempted);
            over.store(true, Ordering::Relaxed);
            block.0.dispatch(None);
            assert_eq!(stop(inbox, block), Reason::Finished);
        });
    }

    #[test]
    fn the_callers_of_the_place_where_a_thread_is_frozen_are_known() {
        /// Spins until it is told to end.
        #[inline(never)]
        fn spin(over: &AtomicBool) {
            while !over.load(Ordering::Relaxed) {
                hint::spin_loop();
            }
        }
        /// Calls `spin`.
        #[inline(never)]
        fn call(over: &AtomicBool) {
            spin(over);
            hint::black_box(()); // no tail call
        }
        let over = AtomicBool::new(false);
        scheduled(
            || call(&over),
            |inbox, block| {
                block.0.dispatch(Some(ahead(1_000)));
                assert_eq!(stop(inbox, block), Reason::Preempted);
                let symbols = Symbols::load().unwrap();
                let callers: Vec<_> = block.0.callers().iter().collect();
                let names = callers.iter().filter_map(|&caller| symbols.resolve(caller));
                let names: Vec<_> = names.map(|place| place.function).collect();
                assert!(
                    names.iter().any(|name| name.ends_with("::call")),
                    "{names:?}"
                );
                over.store(true, Ordering::Relaxed);
                block.0.dispatch(None);
                assert_eq!(stop(inbox, block), Reason::Finished);
                assert_eq!(block.0.callers(), Callers::NONE);
            },
        );
    }

    #[test]
    fn a_stale_tick_changes_nothing() {
        let body = || {
            let block = super::super::current::owner::<Block>().unwrap();
            for _ in 0..100 {
                block.0.give_way(Reason::Asked);
            }
        };
        scheduled(body, |inbox, block| {
            for _ in 0..100 {
                block.0.dispatch(None);
                assert_eq!(stop(inbox, block), Reason::Asked);
                block.0.set_deadline(Some(ahead(0))); // too late: it stands at its gate
            }
            block.0.dispatch(None);
            assert_eq!(stop(inbox, block), Reason::Finished);
        });
    }

    #[test]
    fn a_guarded_thread_gives_way_when_the_guard_is_dropped() {
        let guarded = AtomicBool::new(false);
        let body = || {
            let guard = Guard::new();
            guarded.store(true, Ordering::SeqCst);
            let late = clock::now() + 5_000_000;
            while clock::now() < late {}
            guarded.store(false, Ordering::SeqCst);
            drop(guard);
        };
        scheduled(body, |inbox, block| {
            block.0.dispatch(Some(ahead(300)));
            assert_eq!(stop(inbox, block), Reason::Preempted);
            assert!(!guarded.load(Ordering::SeqCst));
            block.0.dispatch(None);
            assert_eq!(stop(inbox, block), Reason::Finished);
        });
    }

    #[test]
    fn a_frozen_thread_keeps_its_errno() {
        let over = AtomicBool::new(false);
        let body = || {
            super::set_errno(1234);
            while !over.load(Ordering::Relaxed) {
                hint::spin_loop();
            }
            assert_eq!(super::errno(), 1234);
        };
        scheduled(body, |inbox, block| {
            for _ in 0..10 {
                block.0.dispatch(Some(ahead(100)));
                assert_eq!(stop(inbox, block), Reason::Preempted);
            }
            over.store(true, Ordering::Relaxed);
            block.0.dispatch(None);
            assert_eq!(stop(inbox, block), Reason::Finished);
        });
    }

    #[test]
    fn a_thread_in_a_blocking_call_is_not_frozen() {
        let (leave, over) = (Gate::new(), AtomicBool::new(false));
        let body = || {
            let block = super::super::current::owner::<Block>().unwrap();
            block.0.enter_call();
            leave.wait();
            assert_eq!(block.0.state(), State::InCall);
            block.0.leave_call();
            over.store(true, Ordering::Relaxed);
        };
        scheduled(body, |inbox, block| {
            block.0.dispatch(None);
            while inbox.collect().count() == 0 {
                inbox.wait(); // until it says that it is in the call
            }
            block.0.set_deadline(Some(ahead(0))); // a tick that nobody wants any more
            leave.open();
            assert_eq!(stop(inbox, block), Reason::Returned);
            assert!(!over.load(Ordering::Relaxed));
            block.0.dispatch(None);
            assert_eq!(stop(inbox, block), Reason::Finished);
        });
    }
}
