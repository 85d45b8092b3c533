//! The handler of SIGSYS: every system call of a watched thread comes here.
//!
//! The kernel does not make the call; it hands it over (Syscall User Dispatch).
//! The handler makes it instead, from the [passage], and writes
//! the result where the program expects it. What is gained: it knows beforehand
//! which call may wait, and gives the CPU up for as long.
//!
//! ```text
//!  read(pipe)  ──► SIGSYS ──► 1 answered otherwise? (`emulate`)
//!                             2 may it wait? (`table`; asked with poll(fd, 0))
//!                             3 mark the thread as in a call, tell the dispatcher
//!                             4 make the call
//!                             5 take the CPU back, or wait for one
//!  goes on     ◄── result ◄───┘
//! ```
//!
//! Invariants: (1) the handler uses atomics, the clock, and calls through the
//! passage, nothing else: no lock, no allocation, no panic; (2) `errno` is not
//! touched; (3) ticks are blocked meanwhile (`sa_mask`), so no call is cut short
//! by one; (4) so no call may keep the CPU for ever: one that was thought quick
//! loses it with its quantum (see [`Context::take_cpu`]); (5) a thread that holds
//! a guard keeps its CPU: what it waits for is held by one that runs.
//!
//! Left out: calls of 32-bit code, which are let through.
//!
//! Book: chapter 13. Mirror: none: what a task waits for it says by `.await`.

use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::callers::Callers;
use super::super::context::Context;
use super::super::registers::Registers;
use super::super::{current, handler};
use super::emulate::{self, Answer, Arguments, REG_RAX, REG_RIP};
use super::passage;
use super::table::{self, Wait};

/// A call came from a thread that nobody schedules: see [`super::probe`].
pub(super) static CAME: AtomicBool = AtomicBool::new(false);

/// Why SIGSYS came, if it is ours: `SYS_USER_DISPATCH`.
const DISPATCHED: i32 = 2;
/// The 64-bit calls of this processor: `AUDIT_ARCH_X86_64`.
const ARCHITECTURE: u32 = 0xC000_003E;
/// How many bytes the instruction has that makes a system call.
const INSTRUCTION: i64 = 2;

/// What the kernel tells about a dispatched call, behind the three numbers that
/// every signal has.
#[repr(C)]
struct Told {
    /// Signal, error and code.
    head: [i32; 3],
    /// Fills up to the next address.
    _padding: i32,
    /// Behind the instruction.
    _address: usize,
    /// Which call.
    _number: i32,
    /// In which architecture's counting.
    architecture: u32,
}

/// The handler.
pub(super) extern "C" fn on_system_call(
    _signal: i32,
    info: *mut libc::siginfo_t,
    machine: *mut c_void,
) {
    // SAFETY: requires what the kernel passes to a handler with SA_SIGINFO,
    // whose structure for SIGSYS begins so.
    let told = unsafe { &*info.cast::<Told>() };
    if told.head[2] != DISPATCHED {
        die_of_it(); // a filter's verdict (seccomp), or somebody sent it
        return;
    }
    // SAFETY: as above; nobody else refers to it while the handler runs.
    let machine = unsafe { &mut *machine.cast::<libc::ucontext_t>() };
    let registers = &mut machine.uc_mcontext.gregs;
    let number = registers[REG_RAX];
    if told.architecture != ARCHITECTURE {
        current::with(|context| let_pass(context, registers));
        return;
    }
    let arguments = ARGUMENTS.map(|place| address(registers[place]));
    let answered = current::with(|context| answer(context, number, &arguments, machine));
    let result = answered.unwrap_or_else(|| {
        CAME.store(true, Ordering::Relaxed);
        // SAFETY: the arguments are the program's own, for the same call.
        Some(unsafe { passage::call(number, arguments) })
    });
    if let Some(result) = result {
        machine.uc_mcontext.gregs[REG_RAX] = result as i64;
    }
}

/// The registers with the six arguments, in order.
const ARGUMENTS: [usize; 6] = [
    libc::REG_RDI.cast_unsigned() as usize,
    libc::REG_RSI.cast_unsigned() as usize,
    libc::REG_RDX.cast_unsigned() as usize,
    libc::REG_R10.cast_unsigned() as usize,
    libc::REG_R8.cast_unsigned() as usize,
    libc::REG_R9.cast_unsigned() as usize,
];

/// A register as an argument.
#[expect(
    clippy::cast_possible_truncation,
    reason = "both have 64 bits on the only processor that comes here"
)]
fn address(register: i64) -> usize {
    register.cast_unsigned() as usize
}

/// Answers the call of a scheduled thread: its result, if one is to be written.
fn answer(
    context: &Context,
    number: i64,
    arguments: &Arguments,
    machine: &mut libc::ucontext_t,
) -> Option<isize> {
    if emulate::waits_for_child(number, arguments) && context.may_call() {
        note_callers(context, machine, true);
        context.enter_system_call(number, true);
        // SAFETY: the arguments are the program's own, for the same call, and
        // `machine` is the kernel's.
        let result = unsafe { emulate::answer(number, arguments, machine) };
        context.leave_system_call();
        return match result {
            Answer::Result(result) => Some(result),
            Answer::AtTheEnd | Answer::No => None, // neither makes a child
        };
    }
    // SAFETY: as above.
    match unsafe { emulate::answer(number, arguments, machine) } {
        Answer::Result(result) => return Some(result),
        Answer::AtTheEnd => return None,
        Answer::No => {}
    } // 1
    if !context.may_call() {
        // SAFETY: as above.
        return Some(unsafe { passage::call(number, *arguments) }); // (5)
    }
    if cfg!(not(feature = "heap")) {
        if number == libc::SYS_futex && !is_functions_own(machine.uc_mcontext.gregs[REG_RIP]) {
            let_pass(context, &mut machine.uc_mcontext.gregs);
            return None;
        }
        if table::look_up(number, arguments).1 == Wait::Never {
            // SAFETY: as above.
            return Some(unsafe { passage::call(number, *arguments) });
        }
    }
    let waits = match must_wait(number, arguments) {
        Asked::Answered(result) => return Some(result),
        Asked::Waits(waits) => waits, // 2
    };
    note_callers(context, machine, waits);
    context.enter_system_call(number, waits); // 3
    // SAFETY: as above.
    let result = unsafe { passage::call(number, *arguments) }; // 4
    context.leave_system_call(); // 5
    Some(result)
}

/// What is known of a call before it is made.
enum Asked {
    /// It needed no waiting: this is its result.
    Answered(isize),
    /// Whether it will have to wait, as far as we know.
    Waits(bool),
}

/// Whether the call would have to wait now.
fn must_wait(number: i64, arguments: &Arguments) -> Asked {
    Asked::Waits(match table::look_up(number, arguments).1 {
        Wait::Never => false,
        Wait::Always => true,
        Wait::ToRead => !is_ready(arguments[0], libc::POLLIN),
        Wait::ToWrite { has_length } => {
            !is_ready(arguments[0], libc::POLLOUT)
                || has_length && arguments[2] > libc::PIPE_BUF && !is_file(arguments[0])
        }
        Wait::Milliseconds(argument) if arguments[argument].trailing_zeros() >= 32 => false,
        Wait::Milliseconds(argument) => {
            let mut now = *arguments;
            now[argument] = 0;
            // SAFETY: the arguments are the program's own, for the same call, but
            // for a time, which may be anything.
            let result = unsafe { passage::call(number, now) };
            if result != 0 {
                return Asked::Answered(result);
            }
            true
        }
        Wait::Until(argument) => !is_zero(arguments[argument]),
        Wait::ToOpen(argument) => {
            let folder = match argument {
                0 => libc::AT_FDCWD.cast_unsigned() as usize,
                _ => arguments[argument - 1],
            };
            is_named_pipe(folder, arguments[argument])
        }
    })
}

/// Whether the kernel says that `descriptor` can be read or written at once, or
/// that to try would be an error.
fn is_ready(descriptor: usize, events: i16) -> bool {
    let Ok(descriptor) = i32::try_from(descriptor & 0xFFFF_FFFF) else {
        return true; // a negative one: an error
    };
    let mut asked = libc::pollfd {
        fd: descriptor,
        events,
        revents: 0,
    };
    let place = (&raw mut asked).expose_provenance();
    // SAFETY: the kernel reads and writes one `pollfd`, a local.
    let result = unsafe { passage::call(libc::SYS_poll, [place, 1, 0, 0, 0, 0]) };
    result != 0
}

/// Whether `descriptor` is a file on a disk: it takes any number of bytes.
fn is_file(descriptor: usize) -> bool {
    kind(libc::SYS_fstat, |place| [descriptor, place, 0, 0, 0, 0]) == libc::S_IFREG
}

/// Whether `path`, seen from `folder`, is a named pipe.
fn is_named_pipe(folder: usize, path: usize) -> bool {
    kind(libc::SYS_newfstatat, |place| [folder, path, place, 0, 0, 0]) == libc::S_IFIFO
}

/// What kind of file a call of the family of `stat` finds, whose arguments are
/// made from the place for its answer; 0 if it finds none.
fn kind(number: i64, arguments: impl FnOnce(usize) -> Arguments) -> libc::mode_t {
    let mut found = std::mem::MaybeUninit::<libc::stat>::zeroed();
    let place = found.as_mut_ptr().expose_provenance();
    // SAFETY: the kernel writes one `stat`, a local, and reads at most a path of
    // which it says so itself if it is none.
    unsafe { passage::call(number, arguments(place)) };
    // SAFETY: `stat` is a C structure of integers: zeroes are a value.
    let found = unsafe { found.assume_init() };
    found.st_mode & libc::S_IFMT
}

/// Whether there is a time at `place` and it is zero: two numbers.
fn is_zero(place: usize) -> bool {
    if place == 0 {
        return false; // no limit
    }
    let time = std::ptr::with_exposed_provenance::<[i64; 2]>(place);
    // SAFETY: the program passes it to a call that reads two numbers there.
    unsafe { time.read_unaligned() == [0, 0] }
}

/// Notes who made the call that `machine` stands behind, if somebody listens and
/// it may wait; else that nobody did.
fn note_callers(context: &Context, machine: &libc::ucontext_t, waits: bool) {
    let notebook = context.notebook();
    if let Some(stack) = notebook.stack() {
        let callers = if waits {
            handler::callers(&Registers::of(machine), stack)
        } else {
            Callers::NONE
        };
        notebook.write(&callers);
    }
}

/// Lets the program make the call itself, and all further ones until the thread
/// is dispatched anew.
///
/// careful: where dispatcher and program share the C library's heap, a thread
/// that was woken from a wait for the heap's lock must not stand at its gate: it
/// would keep the wake from the dispatcher. So those waits are made in place,
/// where a tick interrupts them and the kernel wakes another.
fn let_pass(context: &Context, registers: &mut passage::Saved) {
    context.let_calls_pass();
    registers[REG_RIP] -= INSTRUCTION;
}

/// Whether a call was made by C's function `syscall`, as std's locks make
/// theirs: not by the C library for itself.
fn is_functions_own(program_counter: i64) -> bool {
    let function = libc::syscall as *const () as usize;
    (function..function + 64).contains(&address(program_counter))
}

/// Lets SIGSYS do what it does to a program without this handler.
fn die_of_it() {
    let default = [0_u64; 4];
    let (signal, place) = (libc::SIGSYS.cast_unsigned() as usize, default.as_ptr());
    let action = [signal, place.expose_provenance(), 0, 8, 0, 0];
    // SAFETY: the kernel reads one of its own `sigaction`s, a local.
    unsafe { passage::call(libc::SYS_rt_sigaction, action) };
    // SAFETY: `gettid` takes no argument.
    let own = unsafe { passage::call(libc::SYS_gettid, [0; 6]) };
    let own = own.cast_unsigned();
    // SAFETY: sends a signal to the calling thread.
    unsafe { passage::call(libc::SYS_tkill, [own, signal, 0, 0, 0, 0]) };
}
