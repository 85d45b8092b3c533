//! Blocks on their way back to the heap that they came from.
//!
//! Whoever frees a block of the other side's puts it here, without a lock; the
//! owner takes all of them when it has time.
//!
//! Invariants: (1) a block is linked through its own first words, so giving it
//! back allocates nothing; (2) blocks are only ever taken all at once, so
//! there is no ABA problem; (3) every block of both heaps has room for a
//! [`Link`], whatever size was asked for: see [`padded`].
//!
//! Left out: an order; a bound.
//!
//! Book: chapter 13.

use std::alloc::Layout;
use std::mem;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

/// What is written over a block that is on its way.
struct Link {
    /// The block that was put here before it; null for the first.
    earlier: *mut Link,
    /// How it was allocated, which its owner must know to free it.
    layout: Layout,
}

/// `layout`, with room for a [`Link`] (3).
///
/// It costs nothing where it is paid most often: the C library's smallest
/// block holds 24 bytes anyway, and so much is a `Link`.
pub(super) const fn padded(layout: Layout) -> Layout {
    let (size, align) = (layout.size(), layout.align());
    let size = if size < mem::size_of::<Link>() {
        mem::size_of::<Link>()
    } else {
        size
    };
    let align = if align < mem::align_of::<Link>() {
        mem::align_of::<Link>()
    } else {
        align
    };
    match Layout::from_size_align(size, align) {
        Ok(padded) => padded,
        // Only near the end of the address space, where no block is.
        Err(_) => layout,
    }
}

/// The blocks on their way to one owner.
#[derive(Debug)]
pub(super) struct Returns {
    /// The latest; null when there is none.
    latest: AtomicPtr<Link>,
}

impl Returns {
    /// No blocks.
    pub(super) const fn new() -> Self {
        Self {
            latest: AtomicPtr::new(ptr::null_mut()),
        }
    }

    /// Puts a block here.
    ///
    /// # Safety
    /// - `block` was allocated with [`padded`] of `layout` or more, and is
    ///   owned by the caller, who must not use it any more.
    pub(super) unsafe fn put(&self, block: *mut u8, layout: Layout) {
        #[expect(
            clippy::cast_ptr_alignment,
            reason = "`padded` has aligned it for a Link"
        )]
        let link = block.cast::<Link>();
        let mut earlier = self.latest.load(Ordering::Relaxed);
        loop {
            // SAFETY: writing requires a block of ours with the size and the
            // alignment of a `Link`; the caller promises the former, (3) the
            // latter. An allocation that bypasses `padded` would break it.
            unsafe { link.write(Link { earlier, layout }) };
            match self.latest.compare_exchange_weak(
                earlier,
                link,
                Ordering::Release,
                Ordering::Relaxed,
            ) {
                Ok(_) => return,
                Err(newer) => earlier = newer,
            }
        }
    }

    /// Takes all blocks (2); the caller owns them then.
    pub(super) fn take(&self) -> Taken {
        let latest = if self.latest.load(Ordering::Relaxed).is_null() {
            ptr::null_mut() // the usual case, without a write
        } else {
            self.latest.swap(ptr::null_mut(), Ordering::Acquire)
        };
        Taken { latest }
    }
}

/// Blocks that were taken. Those that are not asked for are leaked.
#[derive(Debug)]
pub(super) struct Taken {
    /// The next one; null at the end.
    latest: *mut Link,
}

impl Iterator for Taken {
    type Item = (*mut u8, Layout);

    fn next(&mut self) -> Option<(*mut u8, Layout)> {
        if self.latest.is_null() {
            return None;
        }
        let block = self.latest;
        // SAFETY: requires a `Link` there: `put` wrote one, and the block has
        // belonged to this iterator since `take`.
        let link = unsafe { block.read() };
        self.latest = link.earlier;
        Some((block.cast(), link.layout))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_taken_with_the_layouts_that_they_were_put_with() {
        let returns = Returns::new();
        let mut blocks = [[0_u64; 4]; 3];
        for (size, block) in blocks.iter_mut().enumerate() {
            let layout = Layout::from_size_align(size, 1).unwrap();
            // SAFETY: 32 bytes, aligned to 8, have room for a `Link`, and
            // nobody uses them until they are taken.
            unsafe { returns.put(block.as_mut_ptr().cast(), layout) };
        }
        let sizes: Vec<usize> = returns.take().map(|(_, layout)| layout.size()).collect();
        assert_eq!(sizes, [2, 1, 0]);
        assert!(returns.take().next().is_none());
    }

    #[test]
    fn every_layout_is_padded_to_hold_a_link() {
        for (size, align) in [(0, 1), (1, 1), (23, 1), (24, 8), (100, 2), (8, 64)] {
            let layout = padded(Layout::from_size_align(size, align).unwrap());
            assert!(layout.size() >= size.max(mem::size_of::<Link>()));
            assert!(layout.align() >= align.max(mem::align_of::<Link>()));
        }
    }
}
