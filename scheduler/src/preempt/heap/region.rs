//! The dispatchers' own memory: one range of addresses, cut into blocks.
//!
//! The range is reserved once and given to the kernel's care: a page costs
//! memory only when it is touched. Blocks come in powers of two; a freed one
//! waits in the list of its size, a new one is cut from the untouched rest.
//!
//! Invariants: (1) whether a block is of this region is a comparison with two
//! numbers; (2) the lock is taken by dispatchers alone, and those are never
//! frozen, so it is never held for long; (3) a block of size s begins at a
//! multiple of s, so every alignment up to s is kept; (4) a block's size
//! follows from the layout that was asked for, so it needs no header.
//!
//! Left out: giving pages back, and splitting or merging blocks.
//!
//! Book: chapter 13.

use std::alloc::Layout;
use std::cell::UnsafeCell;
use std::ptr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// How many bytes are reserved, if the system allows it; else half, and so on.
const RESERVED: usize = 1 << (if usize::BITS == 64 { 36 } else { 26 });

/// Less than this is not worth trying: 16 MiB.
const TOO_LITTLE: usize = 1 << 24;

/// How many sizes of blocks there are: 2 to the power of 0, 1, ..
const SIZES: usize = usize::BITS as usize;

/// A freed block.
struct Free {
    /// The block of the same size that was freed before it; null at the end.
    earlier: *mut Free,
}

/// A range of addresses of which dispatchers alone allocate.
#[derive(Debug)]
pub(super) struct Region {
    /// Its first address; 0 before [`Region::reserve`].
    start: AtomicUsize,
    /// Its length; 0 before.
    length: AtomicUsize,
    /// Whether somebody uses `blocks`.
    locked: AtomicBool,
    /// Guarded by `locked`.
    blocks: UnsafeCell<Blocks>,
}

/// What is free in a region.
#[derive(Debug)]
struct Blocks {
    /// The first address of the untouched rest.
    rest: usize,
    /// The end of the region.
    end: usize,
    /// The latest freed block of each size, by its binary logarithm.
    freed: [*mut Free; SIZES],
}

// SAFETY: all that is not atomic lies in `blocks`, which only `with_blocks`
// touches, under the lock; the pointers in it point into memory that no thread
// owns. A second path to `blocks` would break it.
unsafe impl Sync for Region {}

impl Region {
    /// A region without memory.
    pub(super) const fn new() -> Self {
        Self {
            start: AtomicUsize::new(0),
            length: AtomicUsize::new(0),
            locked: AtomicBool::new(false),
            blocks: UnsafeCell::new(Blocks {
                rest: 0,
                end: 0,
                freed: [ptr::null_mut(); SIZES],
            }),
        }
    }

    /// Reserves the memory, the first time. Where the system refuses even a
    /// little, the region stays empty, and every allocation fails.
    pub(super) fn reserve(&self) {
        self.with_blocks(|blocks| {
            if blocks.end != 0 {
                return;
            }
            let mut length = RESERVED;
            while length >= TOO_LITTLE {
                if let Some(start) = map(length) {
                    blocks.rest = start;
                    blocks.end = start + length;
                    self.start.store(start, Ordering::Relaxed);
                    self.length.store(length, Ordering::Release); // after `start`
                    return;
                }
                length /= 2;
            }
        });
    }

    /// Whether `block` is of this region (1).
    ///
    /// Who holds a block of the region got it from a thread that had seen the
    /// region's bounds. Who holds another may come by while they are written:
    /// so the length is read first, and with it the start that belongs to it.
    ///
    /// careful: the old start, 0, with the new length took the heap of a program
    /// that is loaded at low addresses for the region.
    pub(super) fn contains(&self, block: *mut u8) -> bool {
        let length = self.length.load(Ordering::Acquire);
        block
            .addr()
            .wrapping_sub(self.start.load(Ordering::Relaxed))
            < length
    }

    /// A block for `layout`, or null when the region is exhausted.
    pub(super) fn allocate(&self, layout: Layout) -> *mut u8 {
        let Some(size) = size_of_block(layout) else {
            return ptr::null_mut();
        };
        self.with_blocks(|blocks| blocks.take(size))
    }

    /// Takes a block back.
    ///
    /// # Safety
    /// - `block` was allocated here, for a layout with the same
    ///   [block size](size_of_block), and nobody uses it any more.
    pub(super) unsafe fn free(&self, block: *mut u8, layout: Layout) {
        let size = size_of_block(layout).expect("it was allocated for this layout");
        // SAFETY: passed on from the caller; `size` is the block's (4).
        self.with_blocks(|blocks| unsafe { blocks.give_back(block, size) });
    }

    /// Uses the blocks under the lock (2).
    fn with_blocks<R>(&self, use_them: impl FnOnce(&mut Blocks) -> R) -> R {
        while self.locked.swap(true, Ordering::Acquire) {
            std::thread::yield_now(); // another dispatcher; it is quick
        }
        // SAFETY: an exclusive borrow requires that there is no other: the
        // lock is ours until the store below, and no closure of this file
        // allocates, panics or comes back here.
        let result = use_them(unsafe { &mut *self.blocks.get() });
        self.locked.store(false, Ordering::Release);
        result
    }
}

impl Blocks {
    /// A block of `size`, a power of two; null when there is none.
    fn take(&mut self, size: usize) -> *mut u8 {
        let freed = &mut self.freed[size.ilog2() as usize];
        if !freed.is_null() {
            let block = *freed;
            // SAFETY: requires that a `Free` is there: `give_back` wrote it,
            // and nobody has used the block since.
            *freed = unsafe { (*block).earlier };
            return block.cast();
        }
        let begin = self.rest.next_multiple_of(size); // (3)
        match begin.checked_add(size) {
            Some(end) if end <= self.end => {
                self.rest = end;
                ptr::with_exposed_provenance_mut(begin)
            }
            _ => ptr::null_mut(),
        }
    }

    /// Takes back a block of `size`.
    ///
    /// # Safety
    /// - `block` came from [`Blocks::take`] with the same `size`, which is at
    ///   least that of a [`Free`], and nobody uses it any more.
    unsafe fn give_back(&mut self, block: *mut u8, size: usize) {
        let freed = &mut self.freed[size.ilog2() as usize];
        #[expect(
            clippy::cast_ptr_alignment,
            reason = "blocks are aligned to their size, a power of two"
        )]
        let block = block.cast::<Free>();
        // SAFETY: writing requires a block of ours, large and aligned enough
        // for a `Free`; the caller and (3) promise that.
        unsafe { block.write(Free { earlier: *freed }) };
        *freed = block;
    }
}

/// The size of the block for `layout` (4); `None` if there is no such power.
fn size_of_block(layout: Layout) -> Option<usize> {
    layout
        .size()
        .max(layout.align())
        .checked_next_power_of_two()
}

/// Asks the kernel for `length` bytes that cost nothing until touched.
fn map(length: usize) -> Option<usize> {
    // SAFETY: a new anonymous mapping at an address of the kernel's choice
    // touches no memory that is in use. MAP_FIXED would break it.
    let start = unsafe {
        libc::mmap(
            ptr::null_mut(),
            length,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
            -1,
            0,
        )
    };
    (start != libc::MAP_FAILED).then(|| start.expose_provenance())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A region that has memory; never given back, as the real one.
    fn region() -> Region {
        let region = Region::new();
        region.reserve();
        region
    }

    /// The layout of `size` bytes aligned to `align`.
    fn layout(size: usize, align: usize) -> Layout {
        Layout::from_size_align(size, align).unwrap()
    }

    #[test]
    fn blocks_keep_their_alignment_and_do_not_overlap() {
        let region = region();
        let mut blocks = Vec::new();
        for exponent in 5..22 {
            for size in [1 << exponent, (1 << exponent) + 1, 40] {
                let block = region.allocate(layout(size, 1 << (exponent - 1)));
                assert!(region.contains(block));
                assert_eq!(block.addr() % (1 << (exponent - 1)), 0);
                blocks.push((block.addr(), block.addr() + size));
            }
        }
        blocks.sort_unstable();
        assert!(blocks.windows(2).all(|pair| pair[0].1 <= pair[1].0));
    }

    #[test]
    fn a_freed_block_is_used_again() {
        let region = region();
        let first = region.allocate(layout(100, 8));
        // SAFETY: allocated above, for a layout of the same block size.
        unsafe { region.free(first, layout(128, 8)) };
        assert_eq!(region.allocate(layout(65, 8)), first);
        assert_ne!(region.allocate(layout(65, 8)), first);
    }

    #[test]
    fn a_region_that_is_exhausted_says_so_and_still_serves_smaller_blocks() {
        let region = region();
        assert!(region.allocate(layout(2 * RESERVED, 8)).is_null());
        assert!(!region.allocate(layout(64, 8)).is_null());
    }

    #[test]
    fn a_region_without_memory_contains_nothing_and_allocates_nothing() {
        let region = Region::new();
        assert!(region.allocate(layout(64, 8)).is_null());
        assert!(!region.contains(ptr::null_mut()));
    }
}
