//! What the processor was about to do when the signal came.
//!
//! The kernel hands the handler the interrupted thread's registers. The program
//! counter goes into the trace; without a heap of the dispatcher's own, all of
//! them decide whether the thread may be frozen here.
//!
//! Invariants: (1) reading them reads memory only where the thread's own code
//! is; (2) a thread that holds the lock of the C library's allocator is never
//! taken for one that [may be frozen](Registers::allow_freezing).
//!
//! Left out: processors other than x86-64 and aarch64.
//!
//! Book: chapter 13.

use super::image;

/// Whether this file can read the registers of this processor.
pub(super) const ARE_KNOWN: bool = cfg!(any(target_arch = "x86_64", target_arch = "aarch64"));

/// The system calls that an allocator makes while it holds its lock.
const ALLOCATORS_CALLS: [i64; 7] = [
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_prctl,
];

/// The operations of a futex that wait, without their flags.
const WAITS: [i32; 5] = [
    libc::FUTEX_WAIT,
    libc::FUTEX_WAIT_BITSET,
    libc::FUTEX_WAIT_REQUEUE_PI,
    libc::FUTEX_LOCK_PI,
    libc::FUTEX_LOCK_PI2,
];

/// The registers that matter to us, at the instruction that was interrupted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Registers {
    /// The address of the next instruction; 0 where we cannot tell.
    pub(super) program_counter: usize,
    /// The end of the stack in use.
    pub(super) stack_pointer: usize,
    /// The frame pointer, in functions that have one.
    pub(super) frame_pointer: usize,
    /// Where a function returns to that has called none, if a register says so.
    pub(super) link: usize,
    /// If the next instruction makes a system call: which.
    call: i64,
    /// And its second argument, which for a futex is the operation.
    operation: i64,
    /// If the latest one made a system call: what it returned.
    result: i64,
}

impl Registers {
    /// Those that the kernel saved.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "an address of this process, whatever type C gives it"
    )]
    pub(super) fn of(machine: &libc::ucontext_t) -> Self {
        let machine = &machine.uc_mcontext;
        #[cfg(target_arch = "x86_64")]
        let register = |name: i32| machine.gregs[name.cast_unsigned() as usize];
        #[cfg(target_arch = "x86_64")]
        return Self {
            program_counter: register(libc::REG_RIP).cast_unsigned() as usize,
            stack_pointer: register(libc::REG_RSP).cast_unsigned() as usize,
            frame_pointer: register(libc::REG_RBP).cast_unsigned() as usize,
            link: 0,
            call: register(libc::REG_RAX),
            operation: register(libc::REG_RSI),
            result: register(libc::REG_RAX),
        };
        #[cfg(target_arch = "aarch64")]
        return Self {
            program_counter: machine.pc as usize,
            stack_pointer: machine.sp as usize,
            frame_pointer: machine.regs[29] as usize,
            link: machine.regs[30] as usize,
            call: machine.regs[8].cast_signed(),
            operation: machine.regs[1].cast_signed(),
            result: machine.regs[0].cast_signed(),
        };
        #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
        return Self {
            program_counter: 0,
            stack_pointer: 0,
            frame_pointer: 0,
            link: 0,
            call: 0,
            operation: 0,
            result: 0,
        };
    }

    /// Whether the thread may be frozen although the dispatcher shares the C
    /// library's allocator: it is not in that library, or stands at a system
    /// call that may take for ever and that no allocator makes.
    ///
    /// careful: nor is one that is about to *wake* who waits for the allocator's
    /// lock. It comes there often, since a dispatched call that we let pass begins
    /// anew: see [`syscalls`](super::syscalls).
    ///
    /// careful: a wait for the allocator's lock that was *woken* is no such
    /// call. Whoever froze that thread would keep the wake from the others that
    /// wait, the dispatcher perhaps among them. Only a wait that the signal cut
    /// short is: the kernel has forgotten it, and wakes another.
    pub(super) fn allow_freezing(self) -> bool {
        if !image::is_c_library(self.program_counter) {
            return true;
        }
        let makes_a_call_next = is_system_call(self.program_counter);
        let was_interrupted = is_system_call(self.program_counter.wrapping_sub(SYSTEM_CALL.len()))
            && self.result == -i64::from(libc::EINTR);
        was_interrupted || makes_a_call_next && self.takes_long()
    }

    /// Whether the call that is made next may take for ever, and is none by which
    /// others are kept from going on.
    fn takes_long(self) -> bool {
        let flags = libc::FUTEX_PRIVATE_FLAG | libc::FUTEX_CLOCK_REALTIME;
        let is = |operation: i32| self.operation & !i64::from(flags) == i64::from(operation);
        if self.call == libc::SYS_futex {
            WAITS.into_iter().any(is)
        } else {
            !ALLOCATORS_CALLS.contains(&self.call)
        }
    }
}

/// The instruction that makes a system call.
#[cfg(target_arch = "x86_64")]
const SYSTEM_CALL: [u8; 2] = [0x0F, 0x05]; // syscall
/// The instruction that makes a system call.
#[cfg(target_arch = "aarch64")]
const SYSTEM_CALL: [u8; 4] = 0xD400_0001_u32.to_le_bytes(); // svc #0
/// An instruction that is nowhere.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const SYSTEM_CALL: [u8; 0] = [];

/// Whether the instruction at `address` makes a system call.
fn is_system_call(address: usize) -> bool {
    let last = address.wrapping_add(SYSTEM_CALL.len().saturating_sub(1));
    if !image::is_c_library(address) || !image::is_c_library(last) {
        return false;
    }
    let instruction: *const [u8; SYSTEM_CALL.len()] = std::ptr::with_exposed_provenance(address);
    // SAFETY: requires readable bytes there: both ends lie in the C library's
    // code (1), which the loader maps as one piece and nobody writes.
    let bytes = unsafe { instruction.read_unaligned() };
    bytes == SYSTEM_CALL
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The registers of a thread at `program_counter`.
    fn at(program_counter: usize, call: i64, result: i64) -> Registers {
        Registers {
            program_counter,
            stack_pointer: 0,
            frame_pointer: 0,
            link: 0,
            call,
            operation: libc::FUTEX_WAIT_BITSET.into(),
            result,
        }
    }

    /// The registers of a thread whose next step is this operation on a futex.
    fn about_to(operation: i32) -> Registers {
        Registers {
            operation: operation.into(),
            ..at(system_call(), libc::SYS_futex, libc::SYS_futex)
        }
    }

    /// The system call instruction in the C library's function `syscall`.
    fn system_call() -> usize {
        image::look();
        let function = libc::syscall as *const () as usize;
        (function..function + 100)
            .find(|&address| is_system_call(address))
            .expect("it makes one")
    }

    #[test]
    fn a_thread_outside_the_c_library_may_be_frozen() {
        image::look();
        assert!(at(at as *const () as usize, 0, 0).allow_freezing());
        assert!(!at(libc::malloc as *const () as usize, 0, 0).allow_freezing());
    }

    #[test]
    fn a_thread_that_is_about_to_wake_others_may_not_be_frozen() {
        let private = libc::FUTEX_PRIVATE_FLAG;
        assert!(about_to(libc::FUTEX_WAIT | private).allow_freezing());
        assert!(!about_to(libc::FUTEX_WAKE | private).allow_freezing());
        assert!(!about_to(libc::FUTEX_WAKE_OP).allow_freezing());
        assert!(!about_to(libc::FUTEX_UNLOCK_PI | private).allow_freezing());
    }

    #[test]
    fn a_thread_that_the_kernel_keeps_waiting_may_be_frozen() {
        let place = system_call();
        let behind = place + SYSTEM_CALL.len();
        assert!(at(place, libc::SYS_futex, libc::SYS_futex).allow_freezing());
        assert!(at(behind, 0, -i64::from(libc::EINTR)).allow_freezing());
        assert!(!at(place, libc::SYS_mmap, 0).allow_freezing());
        assert!(!at(behind, 0, 0).allow_freezing(), "woken: see careful");
    }
}
