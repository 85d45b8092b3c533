//! The passage: the only code of a watched thread whose system calls the kernel
//! lets through.
//!
//! Syscall User Dispatch exempts one range of addresses. Here it is: a handful
//! of instructions, between two labels.
//!
//! Invariants: (1) every `syscall` instruction between the labels is ours;
//! (2) nothing here touches `errno`, locks or allocates, so a signal handler may
//! call it; (3) the restorer has the very bytes by which debuggers and unwinders
//! know the end of a signal handler.
//!
//! Left out: other processors. There nothing is dispatched.
//!
//! Book: chapter 13.

use std::arch::global_asm;
use std::ops::Range;

/// The order of the registers that [`clone`] loads: that of the kernel's
/// `sigcontext`, which is also that of C's `gregs`.
pub(super) type Saved = [i64; 23];

global_asm!(
    ".pushsection .text.sidestep_passage,\"ax\",@progbits",
    ".balign 16",
    ".globl sidestep_passage_begin",
    ".hidden sidestep_passage_begin",
    "sidestep_passage_begin:",
    // A system call: its number and its six arguments, as C passes them.
    ".globl sidestep_system_call",
    ".hidden sidestep_system_call",
    ".type sidestep_system_call,@function",
    "sidestep_system_call:",
    "mov rax, rdi",
    "mov rdi, rsi",
    "mov rsi, rdx",
    "mov rdx, rcx",
    "mov r10, r8",
    "mov r8, r9",
    "mov r9, [rsp + 8]",
    "syscall",
    "ret",
    ".size sidestep_system_call, . - sidestep_system_call",
    // The end of a signal handler. careful: the bytes of (3).
    "nop",
    ".globl sidestep_restore",
    ".hidden sidestep_restore",
    ".type sidestep_restore,@function",
    "sidestep_restore:",
    ".byte 0x48, 0xc7, 0xc0, 0x0f, 0x00, 0x00, 0x00", // mov rax, 15 (rt_sigreturn)
    "syscall",
    ".size sidestep_restore, . - sidestep_restore",
    // `clone` or `clone3` with the registers that were saved. The parent comes
    // back here; the child goes on where the call was made, by way of two words
    // that were put on its stack: the first argument and the address.
    ".globl sidestep_clone",
    ".hidden sidestep_clone",
    ".type sidestep_clone,@function",
    "sidestep_clone:",
    "push rbp",
    "push rbx",
    "push r12",
    "push r13",
    "push r14",
    "push r15",
    "mov r8, [rdi]",
    "mov r9, [rdi + 8]",
    "mov r10, [rdi + 16]",
    "mov r12, [rdi + 32]",
    "mov r13, [rdi + 40]",
    "mov r14, [rdi + 48]",
    "mov r15, [rdi + 56]",
    "mov rsi, [rdi + 72]",
    "mov rbp, [rdi + 80]",
    "mov rbx, [rdi + 88]",
    "mov rdx, [rdi + 96]",
    "mov rax, [rdi + 104]",
    "mov rdi, [rdi + 64]",
    "syscall",
    "test rax, rax",
    "jz 2f",
    "pop r15",
    "pop r14",
    "pop r13",
    "pop r12",
    "pop rbx",
    "pop rbp",
    "ret",
    "2:",
    "pop rdi",
    "ret",
    ".size sidestep_clone, . - sidestep_clone",
    ".globl sidestep_passage_end",
    ".hidden sidestep_passage_end",
    "sidestep_passage_end:",
    ".popsection",
);

unsafe extern "C" {
    /// The first address of the passage.
    static sidestep_passage_begin: u8;
    /// The first address behind it.
    static sidestep_passage_end: u8;
    /// See [`call`].
    fn sidestep_system_call(
        number: i64,
        first: usize,
        second: usize,
        third: usize,
        fourth: usize,
        fifth: usize,
        sixth: usize,
    ) -> isize;
    /// See [`restorer`].
    fn sidestep_restore();
    /// See [`clone`].
    fn sidestep_clone(registers: *const Saved) -> isize;
}

/// The addresses from which system calls are let through.
pub(super) fn range() -> Range<usize> {
    let begin = (&raw const sidestep_passage_begin).addr();
    let end = (&raw const sidestep_passage_end).addr();
    begin..end
}

/// Where a signal handler of ours returns to.
pub(super) fn restorer() -> usize {
    sidestep_restore as *const () as usize
}

/// Makes a system call that is never dispatched. Returns what the kernel does:
/// an error is its negative number.
///
/// # Safety
/// The arguments must be what system call `number` requires.
pub(in crate::preempt) unsafe fn call(number: i64, arguments: [usize; 6]) -> isize {
    let [first, second, third, fourth, fifth, sixth] = arguments;
    // SAFETY: the caller answers for the arguments; the code follows the C
    // calling convention and clobbers only what a C function may (`rcx` and
    // `r11` by the instruction itself).
    unsafe { sidestep_system_call(number, first, second, third, fourth, fifth, sixth) }
}

/// Makes the `clone` or `clone3` of `registers`; returns in the parent alone.
///
/// # Safety
/// - `registers` are those of a thread that is about to make one of the two,
///   and describe a stack of the child's own;
/// - at its top lie two words: the child's `rdi`, and where it goes on.
pub(super) unsafe fn clone(registers: &Saved) -> isize {
    // SAFETY: all registers that a C function must keep are pushed before and
    // popped after; the child never runs that half, since it has another stack.
    unsafe { sidestep_clone(registers) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_through_the_passage_is_the_kernels() {
        // SAFETY: `getpid` takes no argument.
        let id = unsafe { call(libc::SYS_getpid, [0; 6]) };
        assert_eq!(id, isize::try_from(std::process::id()).unwrap());
        // SAFETY: closing a file descriptor that is none has no effect.
        let error = unsafe { call(libc::SYS_close, [usize::MAX; 6]) };
        assert_eq!(error, -isize::try_from(libc::EBADF).unwrap());
    }

    #[test]
    fn the_passage_is_short_and_contains_the_restorer() {
        assert!(range().contains(&restorer()));
        assert!(range().len() < 256);
    }
}
