//! Where the program and its C library lie in memory.
//!
//! Looked up once, before the first signal; afterwards the handler and the
//! trace compare with numbers.
//!
//! Invariants: (1) what is asked here reads atomics only, so the handler may
//! ask; (2) a relative program counter is the same in every run, though the
//! kernel loads the program at a random address each time; (3) none of these
//! objects is ever unloaded.
//!
//! Left out: all other libraries.
//!
//! Book: chapter 13.

use std::ffi::{CStr, c_void};
use std::ops::Range;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A range of addresses that is written once; empty before.
#[derive(Debug)]
struct Bounds([AtomicUsize; 2]);

impl Bounds {
    /// No addresses.
    const fn empty() -> Bounds {
        Bounds([const { AtomicUsize::new(0) }; 2])
    }

    /// Writes it.
    fn set(&self, range: &Range<usize>) {
        self.0[0].store(range.start, Ordering::Relaxed);
        self.0[1].store(range.end, Ordering::Release);
    }

    /// Reads it. Seen half-written it is empty: its end is 0.
    fn get(&self) -> Range<usize> {
        let end = self.0[1].load(Ordering::Acquire);
        self.0[0].load(Ordering::Relaxed)..end
    }
}

/// What is known of a loaded object.
#[derive(Debug)]
struct Object {
    /// Its code.
    code: Bounds,
    /// Its index of unwinding tables (`.eh_frame_hdr`).
    index: Bounds,
    /// The readable segment that contains index and tables.
    segment: Bounds,
}

/// The program itself, the C library, and the loader. A statically linked
/// program is alone.
static OBJECTS: [Object; 3] = [const {
    Object {
        code: Bounds::empty(),
        index: Bounds::empty(),
        segment: Bounds::empty(),
    }
}; 3];

/// Where the program is loaded; 0 before [`look`].
static BASE: AtomicUsize = AtomicUsize::new(0);

/// The beginnings of the names of C library and loader: glibc's, then musl's
/// (both in one).
const NAMES: [&[&[u8]]; 2] = [&[b"libc.so", b"ld-musl"], &[b"ld-linux", b"ld.so"]];

/// Looks everything up.
pub(crate) fn look() {
    let mut count = 0_usize;
    // SAFETY: requires a callback that fits its data: `visit` expects a
    // `usize`, which `count` is, alive until the call returns.
    unsafe { libc::dl_iterate_phdr(Some(visit), (&raw mut count).cast()) };
}

/// `address` as a distance from the start of the program.
pub(crate) fn relative(address: usize) -> usize {
    address.wrapping_sub(BASE.load(Ordering::Relaxed))
}

/// Whether `address` lies in the program's own code.
pub(crate) fn is_program(address: usize) -> bool {
    OBJECTS[0].code.get().contains(&address)
}

/// Where the program's own code ends.
pub(crate) fn program_end() -> usize {
    OBJECTS[0].code.get().end
}

/// Whether `address` lies in the code of the C library or of the loader.
pub(crate) fn is_c_library(address: usize) -> bool {
    let mut libraries = OBJECTS[1..].iter();
    libraries.any(|object| object.code.get().contains(&address))
}

/// The tables that tell how to unwind the stack from an address.
#[derive(Clone, Debug)]
pub(crate) struct Tables {
    /// The bytes of the segment that contains them.
    pub(crate) segment: &'static [u8],
    /// The address of its first byte.
    pub(crate) start: usize,
    /// The addresses of the index (`.eh_frame_hdr`).
    pub(crate) index: Range<usize>,
}

/// The tables of the object in whose code `address` lies.
pub(crate) fn tables(address: usize) -> Option<Tables> {
    let mut objects = OBJECTS.iter();
    let object = objects.find(|object| object.code.get().contains(&address))?;
    let (index, segment) = (object.index.get(), object.segment.get());
    if index.is_empty() || !segment.contains(&index.start) || index.end > segment.end {
        return None;
    }
    let bytes = ptr::with_exposed_provenance::<u8>(segment.start);
    let bytes = ptr::slice_from_raw_parts(bytes, segment.len());
    // SAFETY: requires so many readable bytes that nobody writes: it is a
    // segment of which the object's headers say so, that is not writable, and
    // that is never unloaded (3). Noting a writable segment, or an object that
    // can be closed, would break it.
    let segment_bytes = unsafe { &*bytes };
    Some(Tables {
        segment: segment_bytes,
        start: segment.start,
        index,
    })
}

/// Notes one loaded object; the first is the program itself. 0: go on.
extern "C" fn visit(info: *mut libc::dl_phdr_info, _size: usize, count: *mut c_void) -> i32 {
    // SAFETY: the loader passes a structure that is valid during this call.
    let info = unsafe { &*info };
    // SAFETY: `look` passes its own `usize`, which nobody else uses meanwhile.
    let count = unsafe { &mut *count.cast::<usize>() };
    *count += 1;
    let base = address(info.dlpi_addr);
    if *count == 1 {
        BASE.store(base, Ordering::Relaxed);
        note(info, base, &OBJECTS[0]);
        return 0;
    }
    if info.dlpi_name.is_null() {
        return 0;
    }
    // SAFETY: requires a string that ends in 0 and lives during the borrow:
    // an object's name is one, and lives until the object is unloaded.
    let name = unsafe { CStr::from_ptr(info.dlpi_name) }.to_bytes();
    let name = name.rsplit(|&byte| byte == b'/').next().unwrap_or(name);
    for (names, object) in NAMES.iter().zip(&OBJECTS[1..]) {
        if names.iter().any(|start| name.starts_with(start)) {
            note(info, base, object);
        }
    }
    0
}

/// Notes where the parts of an object lie that is loaded at `base`.
fn note(info: &libc::dl_phdr_info, base: usize, object: &Object) {
    let headers = ptr::slice_from_raw_parts(info.dlpi_phdr, usize::from(info.dlpi_phnum));
    // SAFETY: requires so many program headers there, which the loader
    // promises, unchanged while the object is loaded.
    let headers = unsafe { &*headers };
    let range = |part: &libc::Elf64_Phdr| {
        let start = base.wrapping_add(address(part.p_vaddr));
        start..start + address(part.p_memsz)
    };
    let loaded = || headers.iter().filter(|part| part.p_type == libc::PT_LOAD);
    let code = loaded().filter(|part| part.p_flags & libc::PF_X != 0);
    let code = code
        .map(range)
        .reduce(|all, part| all.start.min(part.start)..all.end.max(part.end));
    object.code.set(&code.unwrap_or_default());
    let index = headers
        .iter()
        .find(|part| part.p_type == libc::PT_GNU_EH_FRAME);
    let index = index.map(range).unwrap_or_default();
    let mut constant = loaded()
        .filter(|part| part.p_flags & libc::PF_W == 0)
        .map(range);
    let segment = constant.find(|segment| segment.contains(&index.start));
    object.segment.set(&segment.unwrap_or_default());
    object.index.set(&index);
}

/// An address of this process, whatever type C gives it.
#[expect(
    clippy::cast_possible_truncation,
    reason = "addresses have the size of usize"
)]
fn address(number: u64) -> usize {
    number as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malloc_lies_in_the_c_library_and_a_test_does_not() {
        look();
        let (malloc, own) = (
            libc::malloc as *const () as usize,
            note as *const () as usize,
        );
        assert!(is_c_library(malloc) && !is_program(malloc));
        assert!(is_program(own) && !is_c_library(own));
    }

    #[test]
    fn relative_addresses_lie_within_the_program() {
        look();
        let size = std::fs::metadata("/proc/self/exe").unwrap().len();
        let place = relative(note as *const () as usize);
        assert!(place > 0 && (place as u64) < 2 * size);
    }

    #[test]
    fn the_program_and_the_c_library_have_tables() {
        look();
        for code in [libc::malloc as *const (), note as *const ()] {
            let tables = tables(code as usize).unwrap();
            assert_eq!(
                tables.segment[tables.index.start - tables.start],
                1,
                "the version"
            );
        }
        assert!(tables(0).is_none());
    }
}
