//! Switching the dispatch of system calls on and off.
//!
//! Invariants: (1) SIGSYS is open in a thread before its calls are dispatched,
//! and in every handler of the program; (2) what [`probe`] found holds for the
//! whole process.
//!
//! Left out: programs that install a handler for SIGSYS, or one that blocks it,
//! from a thread that is not scheduled while a scheduler runs.
//!
//! Book: chapter 13.

use std::io;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};

use super::super::handler;
use super::passage;
use super::{ALLOW, DISPATCH, dispatch, faults, table};

pub(in crate::preempt) use passage::call;

/// `PR_SET_SYSCALL_USER_DISPATCH`.
const SET_DISPATCH: usize = 59;
/// The flag of the kernel's actions that says there is a restorer.
const RESTORER: u64 = 0x0400_0000;
/// How many signals the kernel has.
const SIGNALS: i32 = 64;

/// The kernel's own `sigaction`.
#[derive(Clone, Copy, Default)]
#[repr(C)]
struct Action {
    /// The handler's address; 0 for what the system does by default.
    handler: usize,
    /// `SA_..`.
    flags: u64,
    /// Where the handler returns to.
    restorer: usize,
    /// The signals that are blocked while it runs, a bit each.
    mask: u64,
}

/// Whether calls can be dispatched in this process; why not, if they cannot. Asked
/// once, by trying.
///
/// # Errors
/// The reason, as a part of a sentence.
pub(crate) fn probe() -> Result<(), &'static str> {
    static FOUND: OnceLock<Result<(), &'static str>> = OnceLock::new();
    *FOUND.get_or_init(|| {
        let found = install().and_then(|()| {
            let selector = AtomicU8::new(ALLOW);
            enable(&selector).map_err(|_| "the kernel has no Syscall User Dispatch")?;
            selector.store(DISPATCH, Ordering::SeqCst);
            // SAFETY: `getppid` takes no argument. Made by the C library, so it
            // is dispatched.
            unsafe { libc::syscall(libc::SYS_getppid) };
            selector.store(ALLOW, Ordering::SeqCst);
            disable();
            if dispatch::CAME.load(Ordering::Relaxed) {
                Ok(())
            } else {
                Err("the kernel accepts Syscall User Dispatch and does not do it")
            }
        });
        if found.is_ok() {
            open_sigsys_in_handlers();
            faults::stand_before_handlers();
        }
        found
    })
}

/// From now on the calling thread's calls are dispatched whenever `selector` says
/// so. It must stay where it is until [`disable`].
///
/// # Errors
/// When the kernel cannot.
pub(crate) fn enable(selector: &AtomicU8) -> io::Result<()> {
    handler::unblock(libc::SIGSYS)?; // (1)
    let range = passage::range();
    let selector = selector.as_ptr().expose_provenance();
    let arguments = [SET_DISPATCH, 1, range.start, range.len(), selector, 0];
    // SAFETY: requires a selector that stays readable while dispatching is on:
    // it is embedded in the thread's control block, which outlives `Entered`,
    // whose end calls `disable`; or, in `probe`, a local that outlives it too.
    let result = unsafe { call(libc::SYS_prctl, arguments) };
    checked(result)
}

/// The calling thread's calls are dispatched no more.
pub(crate) fn disable() {
    // SAFETY: switching off requires nothing.
    unsafe { call(libc::SYS_prctl, [SET_DISPATCH, 0, 0, 0, 0, 0]) };
}

/// What system call `number` is called, if it is one that may wait.
pub(crate) fn name(number: i64) -> Option<&'static str> {
    Some(table::look_up(number, &[0; 6]).0)
        .filter(|name| !name.is_empty())
        .or(match number {
            libc::SYS_clone | libc::SYS_vfork => Some("vfork"),
            _ => None,
        })
}

/// Makes `handler`, with `SA_SIGINFO` and these further flags, the one of `signal`;
/// the signals of `mask` are blocked while it runs. It ends in the passage, so
/// that its end is not dispatched.
///
/// # Errors
/// When the kernel refuses.
///
/// # Safety
/// `handler` must be fit to interrupt any code of any thread.
pub(in crate::preempt) unsafe fn install_action(
    signal: i32,
    handler: extern "C" fn(i32, *mut libc::siginfo_t, *mut std::ffi::c_void),
    flags: i32,
    mask: u64,
) -> io::Result<()> {
    let action = Action {
        handler: handler as *const () as usize,
        flags: u64::from((flags | libc::SA_SIGINFO).cast_unsigned()) | RESTORER,
        restorer: passage::restorer(),
        mask,
    };
    change(signal, Some(&action)).map(drop)
}

/// Installs the handler of SIGSYS.
///
/// # Errors
/// The reason why that cannot be.
fn install() -> Result<(), &'static str> {
    let tick = handler::install().map_err(|_| "there is no signal left to end a quantum")?;
    let before = change(libc::SIGSYS, None).map_err(|_| "SIGSYS is not to be had")?;
    if before.handler != libc::SIG_DFL {
        return Err("the program handles SIGSYS itself");
    }
    let mask = 1 << (tick - 1);
    // careful: without SA_NODEFER a call in a handler of the program's, which
    // interrupts ours, would end the process.
    // SAFETY: the module of the handler says why it is fit.
    unsafe {
        install_action(
            libc::SIGSYS,
            dispatch::on_system_call,
            libc::SA_NODEFER,
            mask,
        )
    }
    .map_err(|_| "SIGSYS is not to be had")
}

/// Opens SIGSYS in the handlers that the program has installed so far (1).
fn open_sigsys_in_handlers() {
    let sigsys = 1 << (libc::SIGSYS - 1);
    for signal in 1..=SIGNALS {
        if let Ok(mut action) = change(signal, None)
            && action.handler != libc::SIG_DFL
            && action.handler != libc::SIG_IGN
            && action.mask & sigsys != 0
        {
            action.mask &= !sigsys;
            // It can only fail if the signal has no handler any more.
            let _ = change(signal, Some(&action));
        }
    }
}

/// Replaces the action of `signal` by `new`, if there is one; the one before.
fn change(signal: i32, new: Option<&Action>) -> io::Result<Action> {
    let mut before = Action::default();
    let new = new.map_or(ptr::null(), ptr::from_ref);
    let arguments = [
        signal.cast_unsigned() as usize,
        new.expose_provenance(),
        (&raw mut before).expose_provenance(),
        size_of::<u64>(),
        0,
        0,
    ];
    // SAFETY: the kernel reads an action, unless the pointer is null, and writes
    // another; both have its own layout. Who installs a handler answers for it.
    let result = unsafe { call(libc::SYS_rt_sigaction, arguments) };
    checked(result).map(|()| before)
}

/// The error of a system call that returned `result`.
fn checked(result: isize) -> io::Result<()> {
    match i32::try_from(-result) {
        Ok(error) if result < 0 => Err(io::Error::from_raw_os_error(error)),
        _ => Ok(()),
    }
}
