//! System calls that cannot simply be made from inside a signal handler.
//!
//! Most calls do the same wherever they are made. These do not: they change what
//! the end of the handler restores, or make a second thread that would come out
//! of it.
//!
//! | call | what is done instead |
//! |---|---|
//! | `rt_sigreturn` | made where the handler ends, with the stack that it needs |
//! | `rt_sigprocmask` | the mask is changed that the handler's end restores; SIGSYS stays open |
//! | `rt_sigaction` | SIGSYS stays open inside the program's handlers, and ours |
//! | `sigaltstack` | the stack is noted that the handler's end restores |
//! | `clone`, `fork` | the child goes on where the call was made |
//! | `clone3` | is unknown here, so that libraries use `clone`, as they do on old kernels |
//! | `vfork` | the child has memory of its own; the parent waits, as it must |
//! | `execve` | made with the mask that the program believes to have |
//!
//! Invariants: (1) SIGSYS is never blocked while calls are dispatched: the kernel
//! would end the process; (2) a child is never dispatched to us: the kernel
//! clears that for it.
//!
//! Left out: what a program gets by asking which handler SIGSYS has: ours. And
//! `EFAULT` for a mask or an action at an address that is not the program's: read
//! here, it ends the process, as if the program had read it.
//!
//! Book: chapter 13.

use super::passage::{self, Saved};

/// The arguments of a system call.
pub(super) type Arguments = [usize; 6];

/// SIGSYS in a mask of the kernel's.
const SIGSYS_BIT: u64 = 1 << (libc::SIGSYS - 1);
/// How many bytes the kernel's masks have.
const MASK_SIZE: usize = 8;

/// How a call was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// With this result.
    Result(isize),
    /// The end of the handler does it.
    AtTheEnd,
    /// Not at all: it is none of those above.
    No,
}

/// Answers the call `number` that `machine` stands behind, if it is one of
/// those above.
///
/// # Safety
/// The arguments must be what the call requires, and `machine` what the kernel
/// passed to the running handler.
pub(super) unsafe fn answer(
    number: i64,
    arguments: &Arguments,
    machine: &mut libc::ucontext_t,
) -> Answer {
    Answer::Result(match number {
        libc::SYS_rt_sigreturn => {
            machine.uc_mcontext.gregs[REG_RIP] = register(passage::restorer());
            return Answer::AtTheEnd;
        }
        // SAFETY: the caller answers for all of these alike.
        libc::SYS_rt_sigprocmask => unsafe { change_mask(arguments, machine) },
        // SAFETY: as above.
        libc::SYS_rt_sigaction => unsafe { change_action(arguments) },
        // SAFETY: as above.
        libc::SYS_sigaltstack => unsafe { change_stack(arguments, machine) },
        // SAFETY: as above.
        libc::SYS_clone => unsafe { clone(arguments, &machine.uc_mcontext.gregs) },
        libc::SYS_clone3 => error(libc::ENOSYS),
        libc::SYS_vfork => {
            let flags = word(libc::CLONE_VFORK | libc::SIGCHLD);
            // SAFETY: a child with a copy of this stack needs no other.
            unsafe { passage::call(libc::SYS_clone, [flags, 0, 0, 0, 0, 0]) }
        }
        libc::SYS_execve | libc::SYS_execveat => {
            let mask = &raw const machine.uc_sigmask;
            let restore = [word(libc::SIG_SETMASK), mask.addr(), 0, MASK_SIZE, 0, 0];
            // SAFETY: the mask is one of the kernel's own.
            unsafe { passage::call(libc::SYS_rt_sigprocmask, restore) };
            // SAFETY: the caller answers for the arguments.
            unsafe { passage::call(number, *arguments) }
        }
        _ => return Answer::No,
    })
}

/// Whether the caller of this `clone`, `fork` or `vfork` waits for its child.
pub(super) fn waits_for_child(number: i64, arguments: &Arguments) -> bool {
    let flags = word(libc::CLONE_VFORK);
    number == libc::SYS_vfork || number == libc::SYS_clone && arguments[0] & flags != 0
}

/// The place of the program counter among the registers.
pub(super) const REG_RIP: usize = libc::REG_RIP.cast_unsigned() as usize;
/// The place of the register with the number of a call, and its result.
pub(super) const REG_RAX: usize = libc::REG_RAX.cast_unsigned() as usize;

/// A C integer as an argument.
fn word(number: i32) -> usize {
    number.cast_unsigned() as usize
}

/// What the kernel returns for this error.
fn error(number: i32) -> isize {
    -(number as isize)
}

/// An address as a register.
fn register(address: usize) -> i64 {
    address.cast_signed() as i64
}

/// `rt_sigprocmask(how, set, old, size)`.
///
/// # Safety
/// `set` and `old` are null or point to a mask.
unsafe fn change_mask(arguments: &Arguments, machine: &mut libc::ucontext_t) -> isize {
    let [how, set, old, size, ..] = *arguments;
    if size != MASK_SIZE {
        return error(libc::EINVAL);
    }
    // The kernel's mask is the first word of C's larger one.
    let mask = (&raw mut machine.uc_sigmask).cast::<u64>();
    // SAFETY: it lies in `machine`, which the kernel filled.
    let before = unsafe { mask.read() };
    if set != 0 {
        // SAFETY: not null, so the caller answers for it.
        let set = unsafe { std::ptr::with_exposed_provenance::<u64>(set).read_unaligned() };
        let after = match i32::try_from(how) {
            Ok(libc::SIG_BLOCK) => before | set,
            Ok(libc::SIG_UNBLOCK) => before & !set,
            Ok(libc::SIG_SETMASK) => set,
            _ => return error(libc::EINVAL),
        };
        // SAFETY: as above; nobody else uses it.
        unsafe { mask.write(after & !SIGSYS_BIT) }; // (1)
    }
    if old != 0 {
        let old = std::ptr::with_exposed_provenance_mut::<u64>(old);
        // SAFETY: not null, so the caller answers for it.
        unsafe { old.write_unaligned(before) };
    }
    0
}

/// `rt_sigaction(signal, new, old, size)`.
///
/// # Safety
/// `new` and `old` are null or point to an action of the kernel's.
unsafe fn change_action(arguments: &Arguments) -> isize {
    let [signal, new, ..] = *arguments;
    let mut arguments = *arguments;
    let mut action = [0; 4]; // handler, flags, restorer, mask
    if new != 0 {
        if signal == word(libc::SIGSYS) {
            return error(libc::EINVAL); // as for SIGKILL: it is not the program's
        }
        // SAFETY: not null, so the caller answers for it.
        action = unsafe { std::ptr::with_exposed_provenance::<[u64; 4]>(new).read_unaligned() };
        action[3] &= !SIGSYS_BIT; // (1)
        arguments[1] = action.as_ptr().expose_provenance();
    }
    // SAFETY: the caller answers for the arguments, and the local replaces one.
    let result = unsafe { passage::call(libc::SYS_rt_sigaction, arguments) };
    std::hint::black_box(&action); // until here
    result
}

/// `sigaltstack(new, old)`.
///
/// # Safety
/// Both are null or point to a description of a stack.
unsafe fn change_stack(arguments: &Arguments, machine: &mut libc::ucontext_t) -> isize {
    // SAFETY: the caller answers for the arguments.
    let result = unsafe { passage::call(libc::SYS_sigaltstack, *arguments) };
    let noted = (&raw mut machine.uc_stack).expose_provenance();
    // SAFETY: with no new stack the kernel only writes the present one, to the
    // place from which the end of the handler restores it.
    unsafe { passage::call(libc::SYS_sigaltstack, [0, noted, 0, 0, 0, 0]) };
    result
}

/// `clone(flags, stack, ..)`.
///
/// # Safety
/// The stack is 0, or the upper end of memory that is the child's.
unsafe fn clone(arguments: &Arguments, registers: &Saved) -> isize {
    let [flags, stack, ..] = *arguments;
    if stack == 0 {
        // A child that shared this memory would destroy this very frame.
        let mut arguments = *arguments;
        arguments[0] = flags & !word(libc::CLONE_VM);
        // SAFETY: the child has a copy of everything, and comes out of the
        // handler as its parent does.
        return unsafe { passage::call(libc::SYS_clone, arguments) };
    }
    let top = stack.wrapping_sub(2 * size_of::<i64>());
    let place = std::ptr::with_exposed_provenance_mut::<[i64; 2]>(top);
    let words = [registers[REG_RDI], registers[REG_RIP]];
    // SAFETY: the child's stack is writable below its upper end, and unused.
    unsafe { place.write_unaligned(words) };
    let mut registers = *registers;
    registers[REG_RSI] = register(top);
    // SAFETY: the registers are those of the call, the stack is the child's own,
    // and the two words lie there.
    unsafe { passage::clone(&registers) }
}

/// The place of the first argument among the registers.
const REG_RDI: usize = libc::REG_RDI.cast_unsigned() as usize;
/// The place of the second.
const REG_RSI: usize = libc::REG_RSI.cast_unsigned() as usize;
