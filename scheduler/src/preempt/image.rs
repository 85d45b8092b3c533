//! Where the program and its C library lie in memory.
//!
//! Looked up once, before the first signal; afterwards the handler and the
//! trace compare with numbers.
//!
//! Invariants: (1) what is asked here reads atomics only, so the handler may
//! ask; (2) a relative program counter is the same in every run, though the
//! kernel loads the program at a random address each time.
//!
//! Left out: libraries that are loaded later.
//!
//! Book: chapter 13.

use std::ffi::{CStr, c_void};
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Where the program is loaded; 0 before [`look`].
static BASE: AtomicUsize = AtomicUsize::new(0);

/// The code of the C library and of the loader: first address, and the one
/// after the last. A statically linked program has neither.
static C_LIBRARY: [[AtomicUsize; 2]; 2] = [const { [const { AtomicUsize::new(0) }; 2] }; 2];

/// Names by which those two are known: glibc's, then musl's (both in one).
const C_LIBRARY_NAMES: [&[&[u8]]; 2] = [&[b"libc.so", b"ld-musl"], &[b"ld-linux", b"ld.so"]];

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

/// Whether `address` lies in the code of the C library or of the loader.
pub(crate) fn is_c_library(address: usize) -> bool {
    C_LIBRARY.iter().any(|[first, end]| {
        (first.load(Ordering::Relaxed)..end.load(Ordering::Relaxed)).contains(&address)
    })
}

/// Notes one loaded object; the first is the program itself. 0: go on.
extern "C" fn visit(info: *mut libc::dl_phdr_info, _size: usize, count: *mut c_void) -> i32 {
    // SAFETY: the loader passes a structure that is valid during this call.
    let info = unsafe { &*info };
    // SAFETY: `look` passes its own `usize`, which nobody else uses meanwhile.
    let count = unsafe { &mut *count.cast::<usize>() };
    *count += 1;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "an address of this process, whatever type C gives it"
    )]
    let base = info.dlpi_addr as usize;
    if *count == 1 {
        BASE.store(base, Ordering::Relaxed);
        return 0;
    }
    if info.dlpi_name.is_null() {
        return 0;
    }
    // SAFETY: requires a string that ends in 0 and lives during the borrow:
    // an object's name is one, and lives until the object is unloaded.
    let name = unsafe { CStr::from_ptr(info.dlpi_name) }.to_bytes();
    let name = name.rsplit(|&byte| byte == b'/').next().unwrap_or(name);
    for (names, place) in C_LIBRARY_NAMES.iter().zip(&C_LIBRARY) {
        if names.iter().any(|start| name.starts_with(start)) {
            for (bound, place) in code(info, base).into_iter().zip(place) {
                place.store(bound, Ordering::Relaxed);
            }
        }
    }
    0
}

/// The bounds of the executable part of an object.
#[expect(
    clippy::cast_possible_truncation,
    reason = "addresses of this process, whatever type C gives them"
)]
fn code(info: &libc::dl_phdr_info, base: usize) -> [usize; 2] {
    let headers = ptr::slice_from_raw_parts(info.dlpi_phdr, usize::from(info.dlpi_phnum));
    // SAFETY: requires so many program headers there, which the loader
    // promises, unchanged while the object is loaded.
    let headers = unsafe { &*headers };
    let parts = headers
        .iter()
        .filter(|part| part.p_type == libc::PT_LOAD && part.p_flags & libc::PF_X != 0)
        .map(|part| {
            let first = base.wrapping_add(part.p_vaddr as usize);
            (first, first + part.p_memsz as usize)
        });
    parts.fold([0, 0], |[first, end], (begins, ends)| match first {
        0 => [begins, ends],
        _ => [first.min(begins), end.max(ends)],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malloc_lies_in_the_c_library_and_a_test_does_not() {
        look();
        assert!(is_c_library(libc::malloc as *const () as usize));
        assert!(!is_c_library(code as *const () as usize));
    }

    #[test]
    fn relative_addresses_lie_within_the_program() {
        look();
        let size = std::fs::metadata("/proc/self/exe").unwrap().len();
        let place = relative(code as *const () as usize);
        assert!(place > 0 && (place as u64) < 2 * size);
    }
}
