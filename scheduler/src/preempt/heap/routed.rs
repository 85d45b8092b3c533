//! The program's allocator: it looks who calls, and routes.
//!
//! Every allocation of the whole program comes through here. See
//! [the heap](super) for why.
//!
//! ```text
//!                     block of the region      block of the system's
//!   dispatcher frees  Region::free             AWAY, then `reclaim`
//!   another frees     BACK, then a dispatcher  System::dealloc
//! ```
//!
//! Invariants: (1) nothing here allocates, panics or locks, but for the
//! region's lock that dispatchers share; (2) both heaps get the same padded
//! layout at allocation, reallocation and deallocation.
//!
//! Left out: statistics.
//!
//! Book: chapter 13.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr;

use super::is_dispatcher;
use super::region::Region;
use super::returns::{Returns, padded};

/// The dispatchers' memory.
static REGION: Region = Region::new();
/// Blocks of the system's that a dispatcher freed.
static AWAY: Returns = Returns::new();
/// Blocks of the region that another thread freed.
static BACK: Returns = Returns::new();

/// The allocator of every program that uses this crate with feature `heap`.
#[global_allocator]
static ALLOCATOR: Routed = Routed;

/// An allocator that routes by thread.
#[derive(Debug)]
struct Routed;

/// See [`Region::reserve`].
pub(super) fn reserve() {
    REGION.reserve();
}

/// See [`super::reclaim`].
pub(super) fn reclaim() -> usize {
    if is_dispatcher() {
        return 0;
    }
    let free = |(block, layout)| {
        // SAFETY: requires a block of the system's, with the layout that it
        // was allocated with, that nobody uses: `dealloc` put only such here,
        // padded as `alloc` pads, and taking it made it ours.
        unsafe { System.dealloc(block, layout) }
    };
    AWAY.take().map(free).count()
}

/// A block of the region, after those that others gave back went into it.
fn allocate_in_region(layout: Layout) -> *mut u8 {
    for (block, layout) in BACK.take() {
        // SAFETY: requires a block of the region, with its layout, that nobody
        // uses: `dealloc` put only such here, and taking it made it ours.
        unsafe { REGION.free(block, layout) };
    }
    REGION.allocate(layout)
}

// SAFETY: an allocator must return blocks that fit their layout and overlap no
// other, or null, and must not unwind. Both heaps do so for the padded layout,
// which is no smaller and no less aligned than the one asked for; each block
// goes back to its own heap (see the table above), with the same padded layout.
// Padding in one method and not in another would break it.
unsafe impl GlobalAlloc for Routed {
    // ANCHOR: alloc
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let layout = padded(layout);
        if is_dispatcher() {
            return allocate_in_region(layout);
        }
        // SAFETY: requires a layout that is not empty, and a padded one never is.
        unsafe { System.alloc(layout) }
    }
    // ANCHOR_END: alloc

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let layout = padded(layout);
        if !is_dispatcher() {
            // SAFETY: as in `alloc`.
            return unsafe { System.alloc_zeroed(layout) };
        }
        let block = allocate_in_region(layout);
        if !block.is_null() {
            // SAFETY: requires so many writable bytes, which a block for
            // `layout` has, and no other user, which a new block has not.
            unsafe { ptr::write_bytes(block, 0, layout.size()) };
        }
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let layout = padded(layout);
        match (is_dispatcher(), REGION.contains(block)) {
            // SAFETY: requires a block of the system's with its layout: it is
            // not of the region, so `alloc` or `realloc` got it there.
            (false, false) => unsafe { System.dealloc(block, layout) },
            // SAFETY: requires a block of the region with its layout: it is.
            (true, true) => unsafe { REGION.free(block, layout) },
            // SAFETY: requires a padded block of ours: the caller gave it up.
            (true, false) => unsafe { AWAY.put(block, layout) },
            // SAFETY: as the line before.
            (false, true) => unsafe { BACK.put(block, layout) },
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        if !is_dispatcher() && !REGION.contains(block) {
            let layout = padded(layout);
            let new_size = new_size.max(padded(Layout::new::<u8>()).size());
            // SAFETY: requires a block of the system's with its layout, as in
            // `dealloc`, and a size that is not 0, as the maximum is not.
            return unsafe { System.realloc(block, layout, new_size) };
        }
        // SAFETY: requires a size that does not overflow when rounded up to
        // the alignment, which our own caller has to promise.
        let new_layout = unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
        // SAFETY: requires a layout that is not empty: our caller promises it.
        let new_block = unsafe { self.alloc(new_layout) };
        if !new_block.is_null() {
            let kept = layout.size().min(new_size);
            // SAFETY: requires two blocks of at least `kept` bytes that do not
            // overlap: the new one was free until now.
            unsafe { ptr::copy_nonoverlapping(block, new_block, kept) };
            // SAFETY: our caller gives the old block up, once.
            unsafe { self.dealloc(block, layout) };
        }
        new_block
    }
}

#[cfg(test)]
mod tests {
    use super::super::enter_dispatcher;
    use super::*;
    use std::sync::mpsc;
    use std::thread;

    /// Bytes that tell which round they were written in.
    fn pattern(round: usize, size: usize) -> Vec<u8> {
        (0..size)
            .map(|index| u8::try_from((round + index) % 251).unwrap())
            .collect()
    }

    /// Sizes around all that is special: small, powers of two, large.
    fn size(round: usize) -> usize {
        [1, 7, 23, 24, 25, 100, 4095, 4096, 4097, 70_000][round % 10] + round % 3
    }

    #[test]
    fn a_dispatcher_allocates_in_the_region_and_others_do_not() {
        let outside = Box::new([1_u64; 8]);
        assert!(!REGION.contains((&raw const *outside).cast_mut().cast()));
        thread::spawn(|| {
            let _heap = enter_dispatcher();
            let inside = Box::new([1_u64; 8]);
            assert!(REGION.contains((&raw const *inside).cast_mut().cast()));
        })
        .join()
        .unwrap();
    }

    #[test]
    fn blocks_cross_between_dispatchers_and_others_unharmed() {
        let (to_others, from_dispatcher) = mpsc::channel::<(usize, Vec<u8>)>();
        let (to_dispatcher, from_others) = mpsc::channel::<(usize, Vec<u8>)>();
        // Both sides check what they get, grow it (a reallocation across the
        // border), drop some, and send the rest on.
        let side = |offset: usize| {
            move |out: mpsc::Sender<(usize, Vec<u8>)>, inbox: mpsc::Receiver<(usize, Vec<u8>)>| {
                for round in (offset..4_000).step_by(2) {
                    let _ = out.send((round, pattern(round, size(round))));
                    for (round, mut bytes) in inbox.try_iter() {
                        assert_eq!(bytes, pattern(round, size(round)));
                        bytes.reserve_exact(size(round + 1));
                        assert_eq!(bytes, pattern(round, size(round)));
                        bytes.shrink_to_fit();
                        assert_eq!(bytes, pattern(round, size(round)));
                    }
                }
            }
        };
        thread::scope(|scope| {
            scope.spawn(|| {
                let _heap = enter_dispatcher();
                side(0)(to_others, from_others);
            });
            scope.spawn(|| side(1)(to_dispatcher, from_dispatcher));
            scope.spawn(|| {
                for _ in 0..100 {
                    reclaim();
                    thread::yield_now();
                }
            });
        });
        reclaim();
    }

    #[test]
    fn alignments_are_kept_on_both_sides() {
        let check = || {
            for exponent in 0..16 {
                let layout = Layout::from_size_align(10, 1 << exponent).unwrap();
                // SAFETY: the layout is not empty.
                let block = unsafe { ALLOCATOR.alloc_zeroed(layout) };
                assert_eq!(block.addr() % (1 << exponent), 0);
                // SAFETY: allocated above with ten bytes at least.
                let bytes = unsafe { block.cast::<[u8; 10]>().read_unaligned() };
                assert_eq!(bytes, [0; 10]);
                // SAFETY: allocated above with this layout; 1,000 is not 0.
                let block = unsafe { ALLOCATOR.realloc(block, layout, 1_000) };
                assert_eq!(block.addr() % (1 << exponent), 0);
                let layout = Layout::from_size_align(1_000, 1 << exponent).unwrap();
                // SAFETY: reallocated above to this layout.
                unsafe { ALLOCATOR.dealloc(block, layout) };
            }
        };
        check();
        thread::spawn(move || {
            let _heap = enter_dispatcher();
            check();
        })
        .join()
        .unwrap();
    }

    #[test]
    fn what_a_dispatcher_frees_of_others_waits_to_be_reclaimed() {
        // Another test's thread may be faster to reclaim it: several attempts.
        let reclaimed = (0..1_000).any(|_| {
            let boxes: Vec<Box<u64>> = (0..100).map(Box::new).collect();
            thread::spawn(move || {
                let _heap = enter_dispatcher();
                drop(boxes);
                assert_eq!(reclaim(), 0, "not on a dispatcher's thread");
            })
            .join()
            .unwrap();
            reclaim() > 0
        });
        assert!(reclaimed);
    }
}
