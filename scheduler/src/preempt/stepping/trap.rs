//! The trap flag: the processor stops after every instruction.
//!
//! While the flag is set in a thread's register of flags, each instruction ends
//! in a trap, which the kernel hands to the thread as the signal SIGTRAP. The
//! handler counts, and after the instruction that was asked for it freezes the
//! thread, as [a tick](super::super::handler) does at the end of a quantum.
//!
//! ```text
//!         (1) set the flag        (2) at the first instruction
//!   OFF ──────────────► COMING ──────────────► INSIDE ──┐ (3) count, perhaps freeze
//!    ▲                                          │  ▲────┘
//!    └──────────────────────────────────────────┘
//!      (4) returned, frozen once, or fenced off: clear the flag
//! ```
//!
//! Invariants: (1) the handler uses atomics and what a tick's handler uses,
//! nothing else; (2) only instructions of the function and of what it calls count:
//! the first is the one at its address, the last its return; (3) where a signal
//! would be blocked, which would make the next trap fatal, and where a process or
//! thread would begin with the flag set, the flag is cleared before; (4) a trap
//! that is not ours does what it does without this handler.
//!
//! Left out: to go back.
//!
//! Book: chapter 13.

use super::super::registers::Registers;
use super::super::{current, handler, image, syscalls};
use super::{Freeze, Walked};
use std::arch::asm;
use std::ffi::c_void;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU8, AtomicUsize, Ordering};
use std::{ptr, slice, thread};

/// The trap flag, in the register of flags.
const TRAP_FLAG: i64 = 1 << 8;
/// Nothing is walked through.
const OFF: u8 = 0;
/// The flag is set; the function's first instruction has not come.
const COMING: u8 = 1;
/// The function runs.
const INSIDE: u8 = 2;
/// The longest instruction has so many bytes.
const LONGEST: usize = 15;

thread_local! {
    /// The walk of this OS thread, if there is one.
    static WALK: Walk = const { Walk::new() };
}

/// Where a thread's walk stands: written by the thread before and after, by its
/// handler in between.
struct Walk {
    /// One of the three above.
    phase: AtomicU8,
    /// The address of the function.
    entry: AtomicUsize,
    /// Where the stack ended when it was called.
    top: AtomicUsize,
    /// How many instructions are behind it.
    executed: AtomicUsize,
    /// After how many the thread is frozen.
    freeze_after: AtomicUsize,
    /// Where the first addresses are noted.
    path: AtomicPtr<AtomicUsize>,
    /// How many have room there.
    room: AtomicUsize,
    /// What is set just before that.
    told: AtomicPtr<AtomicBool>,
    /// Where it was frozen; 0 if it was not.
    preempted_at: AtomicUsize,
    /// Where the walk was given up; 0 if it was not.
    fenced_at: AtomicUsize,
}

/// What the handler does about a trap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// Goes on to the next.
    GoOn,
    /// Freezes the thread, if that can be.
    Freeze,
    /// Clears the flag.
    Stop,
    /// The trap is somebody else's.
    NotOurs,
}

impl Walk {
    /// None.
    const fn new() -> Walk {
        Walk {
            phase: AtomicU8::new(OFF),
            entry: AtomicUsize::new(0),
            top: AtomicUsize::new(0),
            executed: AtomicUsize::new(0),
            freeze_after: AtomicUsize::new(usize::MAX),
            told: AtomicPtr::new(ptr::null_mut()),
            path: AtomicPtr::new(ptr::null_mut()),
            room: AtomicUsize::new(0),
            preempted_at: AtomicUsize::new(0),
            fenced_at: AtomicUsize::new(0),
        }
    }

    /// The next trap begins a walk through the function at `entry`, whose first
    /// addresses go to `path`.
    fn begin(&self, entry: usize, freeze: Option<Freeze<'_>>, path: &[AtomicUsize]) {
        self.entry.store(entry, Ordering::Relaxed);
        self.executed.store(0, Ordering::Relaxed);
        let after = freeze.map_or(usize::MAX, |freeze| freeze.after);
        self.freeze_after.store(after, Ordering::Relaxed);
        let told = freeze.map_or(ptr::null(), |freeze| ptr::from_ref(freeze.told));
        self.told.store(told.cast_mut(), Ordering::Relaxed);
        self.path.store(path.as_ptr().cast_mut(), Ordering::Relaxed);
        self.room.store(path.len(), Ordering::Relaxed);
        self.preempted_at.store(0, Ordering::Relaxed);
        self.fenced_at.store(0, Ordering::Relaxed);
        self.phase.store(COMING, Ordering::Release);
    }

    /// What to do about a trap before the instruction at `counter`.
    fn look(&self, counter: usize, machine: &libc::ucontext_t) -> Verdict {
        let stack = register(machine, libc::REG_RSP);
        match self.phase.load(Ordering::Acquire) {
            COMING if counter == self.entry.load(Ordering::Relaxed) => {
                self.phase.store(INSIDE, Ordering::Relaxed);
                self.top.store(stack, Ordering::Relaxed); // (2)
            }
            COMING => return Verdict::GoOn,
            INSIDE => {}
            _ => return Verdict::NotOurs,
        }
        if stack > self.top.load(Ordering::Relaxed) {
            return Verdict::Stop; // its return is behind it
        }
        if is_fence(counter, machine) {
            self.fenced_at.store(counter, Ordering::Relaxed); // (3)
            return Verdict::Stop;
        }
        let executed = self.executed.load(Ordering::Relaxed);
        if executed < self.room.load(Ordering::Relaxed) {
            let path = self.path.load(Ordering::Relaxed);
            // SAFETY: requires so many atomics there: `walk` lends them until it
            // has ended the walk, and the index is below their number.
            let place = unsafe { &*path.wrapping_add(executed) };
            place.store(counter, Ordering::Relaxed);
        }
        if executed >= self.freeze_after.load(Ordering::Relaxed) {
            return Verdict::Freeze;
        }
        self.executed.store(executed + 1, Ordering::Relaxed);
        Verdict::GoOn
    }
}

/// The value of a register.
#[expect(
    clippy::cast_possible_truncation,
    reason = "both have 64 bits on the only processor that comes here"
)]
fn register(machine: &libc::ucontext_t, name: i32) -> usize {
    machine.uc_mcontext.gregs[name.cast_unsigned() as usize].cast_unsigned() as usize
}

/// Whether the next instruction is a system call that blocks signals, or begins
/// a process or a thread (3).
fn is_fence(counter: usize, machine: &libc::ucontext_t) -> bool {
    let instruction = ptr::with_exposed_provenance::<u8>(counter);
    // SAFETY: requires a readable byte: the processor is about to execute it.
    if unsafe { instruction.read() } != 0x0F {
        return false;
    }
    // SAFETY: as above: no instruction that begins so has only one byte.
    if unsafe { instruction.wrapping_add(1).read() } != 0x05 {
        return false; // no `syscall`
    }
    match i64::try_from(register(machine, libc::REG_RAX)) {
        Ok(libc::SYS_rt_sigprocmask) => {
            let unblocks = register(machine, libc::REG_RDI) == libc::SIG_UNBLOCK as usize;
            let only_asks = register(machine, libc::REG_RSI) == 0;
            !unblocks && !only_asks
        }
        Ok(
            libc::SYS_clone
            | libc::SYS_clone3
            | libc::SYS_fork
            | libc::SYS_vfork
            | libc::SYS_execve,
        ) => true,
        _ => false,
    }
}

/// The handler of SIGTRAP.
extern "C" fn on_trap(_signal: i32, _info: *mut libc::siginfo_t, machine: *mut c_void) {
    let errno = handler::errno();
    // SAFETY: requires the `ucontext_t` that the kernel passes to a handler with
    // SA_SIGINFO; nobody else refers to it while the handler runs.
    let machine = unsafe { &mut *machine.cast::<libc::ucontext_t>() };
    let counter = register(machine, libc::REG_RIP);
    let goes_on = WALK.with(|walk| match walk.look(counter, machine) {
        Verdict::GoOn => true,
        Verdict::Stop => false,
        Verdict::Freeze if freeze(walk, machine) => {
            walk.preempted_at.store(counter, Ordering::Relaxed);
            false
        }
        Verdict::Freeze => {
            walk.executed.fetch_add(1, Ordering::Relaxed); // at the next one, then
            true
        }
        Verdict::NotOurs => {
            die_of_it();
            false
        }
    });
    if !goes_on {
        machine.uc_mcontext.gregs[libc::REG_EFL.cast_unsigned() as usize] &= !TRAP_FLAG;
    }
    handler::set_errno(errno);
}

/// Freezes the calling thread until it is dispatched again, unless it has no CPU
/// or holds a guard.
fn freeze(walk: &Walk, machine: &libc::ucontext_t) -> bool {
    let frozen = current::with(|context| {
        if !context.may_call() {
            return false;
        }
        // SAFETY: requires a live atomic, or null: `walk` lends it until it has ended
        // the walk.
        if let Some(told) = unsafe { walk.told.load(Ordering::Relaxed).as_ref() } {
            told.store(true, Ordering::Release);
        }
        let registers = Registers::of(machine);
        let notebook = context.notebook();
        if let Some(stack) = notebook.stack() {
            notebook.write(&handler::callers(&registers, stack));
        }
        context.freeze(registers.program_counter);
        true
    });
    frozen.unwrap_or(false)
}

/// Lets SIGTRAP do what it does to a program without this handler (4).
fn die_of_it() {
    // SAFETY: the default action is fit for every signal.
    unsafe { libc::signal(libc::SIGTRAP, libc::SIG_DFL) };
    // SAFETY: sends a signal to the calling thread, which takes it after the
    // handler.
    unsafe { libc::raise(libc::SIGTRAP) };
}

/// Installs the handler, the first time.
///
/// # Errors
/// When the program handles SIGTRAP itself, or a tick's signal is not to be had.
fn install() -> io::Result<()> {
    static ONCE: Once = Once::new();
    static INSTALLED: AtomicBool = AtomicBool::new(false);
    let tick = handler::install()?;
    ONCE.call_once(|| {
        let mask = 1 << (tick - 1); // no quantum ends inside
        let is_free = handler::is_free(libc::SIGTRAP);
        // SAFETY: requires a handler that is fit to interrupt any code: that is
        // invariant (1).
        let done =
            is_free && unsafe { syscalls::install_action(libc::SIGTRAP, on_trap, 0, mask) }.is_ok();
        INSTALLED.store(done, Ordering::Release);
    });
    if !INSTALLED.load(Ordering::Acquire) {
        return Err(io::Error::other("the program handles SIGTRAP itself"));
    }
    handler::unblock(libc::SIGTRAP)
}

/// A call that is walked through.
struct Call {
    /// What is called.
    subject: fn(),
    /// What became of it.
    result: Option<thread::Result<()>>,
}

/// Makes a [`Call`]. No panic leaves it.
extern "C" fn make(call: *mut Call) {
    // SAFETY: requires the only reference to a live `Call`: `walk` passes its own.
    let call = unsafe { &mut *call };
    let subject = call.subject;
    call.result = Some(catch_unwind(AssertUnwindSafe(subject)));
}

/// Calls `subject` and walks through it, up to its return or until the calling
/// thread was preempted, as `freeze` says. The first `room` addresses are noted.
///
/// # Errors
/// When SIGTRAP is not to be had, or the calling thread is on a walk already.
pub(crate) fn walk(subject: fn(), freeze: Option<Freeze<'_>>, room: usize) -> io::Result<Walked> {
    install()?;
    if WALK.with(|walk| walk.phase.load(Ordering::Relaxed)) != OFF {
        return Err(io::Error::other("one walk at a time"));
    }
    let path: Vec<AtomicUsize> = (0..room).map(|_| AtomicUsize::new(0)).collect();
    let mut call = Call {
        subject,
        result: None,
    };
    WALK.with(|walk| walk.begin(subject as usize, freeze, &path));
    // SAFETY: requires that the stack is as it was in the end, and that all
    // registers are told that change. What is pushed is popped; the stack is
    // aligned for the call, as the block begins; `make` follows C's rules, and no
    // panic leaves it. The flag that is set is cleared again, here at the latest,
    // and each trap until then is taken by `on_trap`, which is installed and not
    // blocked.
    unsafe {
        asm!(
            "pushfq",
            "or qword ptr [rsp], 0x100",
            "popfq",
            "call {make}",
            "pushfq",
            "and qword ptr [rsp], -0x101",
            "popfq",
            make = sym make,
            in("rdi") &raw mut call,
            clobber_abi("C"),
        );
    }
    let (executed, preempted_at, fenced_at) = WALK.with(|walk| {
        walk.phase.store(OFF, Ordering::Release);
        walk.path.store(ptr::null_mut(), Ordering::Relaxed);
        walk.told.store(ptr::null_mut(), Ordering::Relaxed);
        let place = |place: &AtomicUsize| Some(place.load(Ordering::Relaxed)).filter(|&it| it > 0);
        (
            walk.executed.load(Ordering::Relaxed),
            place(&walk.preempted_at),
            place(&walk.fenced_at),
        )
    });
    let path = path.into_iter().map(AtomicUsize::into_inner);
    Ok(Walked {
        path: path.take(executed).collect(),
        executed,
        preempted_at,
        fenced_at,
        result: call.result.expect("it was called"),
    })
}

/// The bytes of the instruction at `address`, and some behind it; none if that is
/// not in the program's own code.
pub(crate) fn code(address: usize) -> &'static [u8] {
    let end = image::program_end();
    if !image::is_program(address) {
        return &[];
    }
    let len = LONGEST.min(end - address);
    let bytes = ptr::with_exposed_provenance::<u8>(address);
    // SAFETY: requires so many readable bytes that nobody writes: they lie in the
    // program's code, which is mapped as one piece and never unloaded.
    unsafe { slice::from_raw_parts(bytes, len) }
}
