//! Who called whom, of a thread that is frozen in its handler.
//!
//! Most threads are frozen in the standard library: `println!` is a hundred
//! functions deep. The learner wants to know which of *their* lines that was.
//! So, while somebody listens to the trace, the handler walks up the stack, by
//! the same tables that a panic is unwound by, and notes the callers.
//!
//! Invariants: (1) the walk allocates nothing and locks nothing; (2) it reads
//! the stack only between the stack pointer and the stack's end, and goes one
//! way only; (3) where a table is missing or odd the walk ends.
//!
//! Left out: frames in libraries other than the C library; unwinding by
//! expressions, which compilers do not write for functions.
//!
//! Book: chapter 13.

use std::mem;
use std::ops::Range;
use std::ptr;

use addr2line::gimli::{
    BaseAddresses, CfaRule, EhFrame, EhFrameHdr, NativeEndian, Pointer, Register, RegisterRule,
    UnwindContext, UnwindContextStorage, UnwindSection, UnwindTableRow,
};

use super::image;
use super::registers::Registers;

/// How many bytes an address has.
const ADDRESS_SIZE: u8 = if usize::BITS == 64 { 8 } else { 4 };

/// How far up the walk goes.
const DEPTH: usize = 64;

/// Room for the tables' rules, on the stack (1).
struct Room;

impl UnwindContextStorage<usize> for Room {
    type Rules = [(Register, RegisterRule<usize>); 24];
    type Stack = [UnwindTableRow<usize, Room>; 3];
}

/// A place on the stack, and who stands there.
#[derive(Clone, Copy, Debug)]
struct Frame {
    /// The next instruction; in a caller, the one to which its callee returns.
    program_counter: usize,
    /// The end of the stack in use.
    stack: usize,
    /// The frame pointer, for those functions that have one.
    base: usize,
    /// Where a function that has saved nothing returns to, on processors with
    /// a register for that.
    link: usize,
}

/// Calls `note` with the address of the call in every caller, the innermost
/// first, until it returns false. The calling thread's stack lies at `stack`: see
/// [`stack`](fn@stack). A thread that moved to another stack has no callers.
pub(super) fn walk(
    registers: &Registers,
    stack: Range<usize>,
    mut note: impl FnMut(usize) -> bool,
) {
    if !stack.contains(&registers.stack_pointer) {
        return;
    }
    let mut context = UnwindContext::new_in();
    let mut frame = Frame {
        program_counter: registers.program_counter,
        stack: registers.stack_pointer,
        base: registers.frame_pointer,
        link: registers.link,
    };
    let mut instruction = frame.program_counter;
    for _ in 0..DEPTH {
        let Some(caller) = caller(frame, instruction, stack.end, &mut context) else {
            return; // (3)
        };
        // The call itself, not what follows: that may be another line.
        instruction = caller.program_counter.wrapping_sub(1);
        frame = caller;
        if !note(instruction) {
            return;
        }
    }
}

/// The frame that called `frame`, which stands at `instruction`.
fn caller(
    frame: Frame,
    instruction: usize,
    end: usize,
    context: &mut UnwindContext<usize, Room>,
) -> Option<Frame> {
    let tables = image::tables(instruction)?;
    let bases = BaseAddresses::default().set_eh_frame_hdr(tables.index.start as u64);
    let bytes = |from: usize, to: usize| {
        let from = from.checked_sub(tables.start)?;
        tables.segment.get(from..to.checked_sub(tables.start)?)
    };
    let index = EhFrameHdr::new(bytes(tables.index.start, tables.index.end)?, NativeEndian);
    let index = index.parse(&bases, ADDRESS_SIZE).ok()?;
    let Pointer::Direct(entries) = index.eh_frame_ptr() else {
        return None;
    };
    let bases = bases.set_eh_frame(entries);
    let entries = bytes(
        usize::try_from(entries).ok()?,
        tables.start + tables.segment.len(),
    )?;
    let entries = EhFrame::new(entries, NativeEndian);
    let entry = index
        .table()?
        .fde_for_address(
            &entries,
            &bases,
            instruction as u64,
            EhFrame::cie_from_offset,
        )
        .ok()?;
    let row = entry
        .unwind_info_for_address(&entries, &bases, context, instruction as u64)
        .ok()?;
    let CfaRule::RegisterAndOffset { register, offset } = *row.cfa() else {
        return None;
    };
    let known = match register {
        machine::STACK => frame.stack,
        machine::BASE => frame.base,
        _ => return None,
    };
    let above = known.checked_add_signed(isize::try_from(offset).ok()?)?;
    if above <= frame.stack || above > end {
        return None; // (2)
    }
    let saved = |register, otherwise| match row.register(register) {
        None | Some(RegisterRule::SameValue) => Some(otherwise),
        Some(RegisterRule::Offset(offset)) => {
            let place = above.checked_add_signed(isize::try_from(offset).ok()?)?;
            read(place, frame.stack, end)
        }
        Some(_) => None,
    };
    Some(Frame {
        program_counter: saved(machine::RETURN, frame.link).filter(|&address| address != 0)?,
        stack: above,
        base: saved(machine::BASE, frame.base)?,
        link: 0,
    })
}

/// Where the calling thread's stack lies; empty if the C library cannot tell.
pub(super) fn stack() -> Range<usize> {
    // SAFETY: `pthread_attr_t` is an array of integers: zeroes are a value.
    let mut attributes: libc::pthread_attr_t = unsafe { mem::zeroed() };
    // SAFETY: `pthread_self` requires nothing.
    let thread = unsafe { libc::pthread_self() };
    // SAFETY: requires a thread that is alive, the calling one, and attributes
    // that are not initialised yet, which it does.
    if unsafe { libc::pthread_getattr_np(thread, &raw mut attributes) } != 0 {
        return 0..0;
    }
    let (mut start, mut length) = (ptr::null_mut(), 0);
    // SAFETY: requires initialised attributes: the call above succeeded.
    let result = unsafe {
        libc::pthread_attr_getstack(&raw const attributes, &raw mut start, &raw mut length)
    };
    // SAFETY: requires initialised attributes that are not used any more.
    unsafe { libc::pthread_attr_destroy(&raw mut attributes) };
    if result != 0 {
        return 0..0;
    }
    start.expose_provenance()..start.addr() + length
}

/// The word at `place`, if it lies on the stack between `from` and `end`.
fn read(place: usize, from: usize, end: usize) -> Option<usize> {
    let last = place.checked_add(size_of::<usize>())?;
    if place < from || last > end || !place.is_multiple_of(align_of::<usize>()) {
        return None;
    }
    let word = ptr::with_exposed_provenance::<usize>(place);
    // SAFETY: requires a readable, aligned word. The calling thread's stack is
    // mapped from its pointer, which `from` is not below, up to `end`, and the
    // check above keeps `place` between them. Another thread's stack could be
    // gone. Volatile, because the words belong to frames of which the compiler
    // believes to know everything.
    Some(unsafe { word.read_volatile() })
}

/// The tables' numbers for this processor's registers.
#[cfg(target_arch = "x86_64")]
mod machine {
    use addr2line::gimli::{Register, X86_64};

    /// The stack pointer.
    pub(super) const STACK: Register = X86_64::RSP;
    /// The frame pointer.
    pub(super) const BASE: Register = X86_64::RBP;
    /// Where the return address would be, if it had a register.
    pub(super) const RETURN: Register = X86_64::RA;
}

/// The tables' numbers for this processor's registers.
#[cfg(target_arch = "aarch64")]
mod machine {
    use addr2line::gimli::{AArch64, Register};

    /// The stack pointer.
    pub(super) const STACK: Register = AArch64::SP;
    /// The frame pointer.
    pub(super) const BASE: Register = AArch64::X29;
    /// The register that a call leaves the return address in.
    pub(super) const RETURN: Register = AArch64::X30;
}

/// Numbers that no register has: every walk ends at once.
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
mod machine {
    use addr2line::gimli::Register;

    /// The stack pointer.
    pub(super) const STACK: Register = Register(u16::MAX);
    /// The frame pointer.
    pub(super) const BASE: Register = Register(u16::MAX - 1);
    /// The return address.
    pub(super) const RETURN: Register = Register(u16::MAX - 2);
}
