//! Memory that several processes share: numbers in a file that is nowhere on disk.
//!
//! The file (`memfd`) has a descriptor, which can go to another process in a
//! message; whoever has it maps the same memory. All of it is atomics, so that
//! whatever the others write, and whenever, a load gives some number.
//!
//! Layout: 16 numbers of 32 bits, on which the kernel lets a thread wait, then
//! as many of 64 bits as asked for. All begin as 0.
//!
//! Invariants: (1) the file is as long as the mapping and can never be shortened:
//! the kernel refuses it to everybody (a seal); else an access would end the
//! process; (2) no number is ever accessed in another size than its own.
//!
//! Book: chapter 22.

use memmap2::{MmapOptions, MmapRaw};
use rustix::fs::{
    MemfdFlags, SealFlags, fcntl_add_seals, fcntl_get_seals, ftruncate, memfd_create,
};
use std::fs::File;
use std::io;
use std::slice;
use std::sync::atomic::{AtomicU32, AtomicU64};

/// How many numbers of 32 bits come first.
pub(crate) const BELLS: usize = 16;
/// How many bytes they take.
pub(crate) const BELL_BYTES: usize = BELLS * size_of::<AtomicU32>();

/// A region, mapped into this process.
#[derive(Debug)]
pub(crate) struct Region {
    /// Where it is.
    map: MmapRaw,
    /// How many numbers of 64 bits it has.
    words: usize,
    /// What others map it by.
    file: File,
}

impl Region {
    /// A new region of `words` numbers.
    pub(crate) fn create(words: usize) -> io::Result<Region> {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let file = File::from(memfd_create("sidestep", flags)?);
        ftruncate(&file, bytes_of(words)? as u64)?;
        fcntl_add_seals(&file, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?; // (1)
        Region::map(file)
    }

    /// Maps the region behind a descriptor that came from elsewhere.
    pub(crate) fn map(file: File) -> io::Result<Region> {
        let length =
            usize::try_from(file.metadata()?.len()).map_err(|_| io::ErrorKind::OutOfMemory)?;
        let is_sealed = fcntl_get_seals(&file).is_ok_and(|seals| seals.contains(SealFlags::SHRINK));
        if !is_sealed || length < BELL_BYTES || length % size_of::<AtomicU64>() != 0 {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the descriptor is none of shared memory",
            )); // (1)
        }
        let map = MmapOptions::new().len(length).map_raw(&file)?;
        let words = (length - BELL_BYTES) / size_of::<AtomicU64>();
        Ok(Region { map, words, file })
    }

    /// What another process maps it by.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// The numbers of 32 bits.
    #[expect(clippy::cast_ptr_alignment, reason = "a mapping begins at a page")]
    pub(crate) fn bells(&self) -> &[AtomicU32; BELLS] {
        let first = self.map.as_mut_ptr().cast::<[AtomicU32; BELLS]>();
        // SAFETY: a reference requires memory that is mapped, aligned and valid for
        // its type as long as it lives. The mapping begins at a page, has at least
        // BELL_BYTES (`map` checks it), lives as long as `self`, and the file below
        // it cannot shrink (1). Any bits are a valid atomic, and others' accesses are
        // atomic of the same size (2). It would break if a method gave out part of
        // the same bytes as another type.
        unsafe { &*first }
    }

    /// The numbers of 64 bits.
    #[expect(
        clippy::cast_ptr_alignment,
        reason = "64 bytes behind the begin of a page"
    )]
    pub(crate) fn words(&self) -> &[AtomicU64] {
        let first = self
            .map
            .as_mut_ptr()
            .wrapping_add(BELL_BYTES)
            .cast::<AtomicU64>();
        // SAFETY: as above; BELL_BYTES is a multiple of 8, so the numbers are aligned,
        // and `words` of them end where the mapping ends, by its computation in `map`.
        // No page of it is written but through atomics.
        unsafe { slice::from_raw_parts(first, self.words) }
    }
}

/// How many bytes a region of `words` numbers has.
fn bytes_of(words: usize) -> io::Result<usize> {
    let bytes = words.checked_mul(size_of::<AtomicU64>());
    let bytes = bytes.and_then(|bytes| bytes.checked_add(BELL_BYTES));
    bytes.ok_or_else(|| io::ErrorKind::OutOfMemory.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::Ordering;

    #[test]
    fn two_mappings_of_one_region_are_the_same_memory() {
        let one = Region::create(3).unwrap();
        let other = Region::map(one.file.try_clone().unwrap()).unwrap();
        one.words()[2].store(7, Ordering::Relaxed);
        one.bells()[15].store(9, Ordering::Relaxed);
        assert_eq!(other.words().len(), 3);
        assert_eq!(other.words()[2].load(Ordering::Relaxed), 7);
        assert_eq!(other.bells()[15].load(Ordering::Relaxed), 9);
    }

    #[test]
    fn nobody_can_take_the_memory_away() {
        let region = Region::create(1).unwrap();
        assert!(region.file.set_len(0).is_err());
    }

    #[test]
    fn an_ordinary_file_is_no_region() {
        let file = tempfile_like();
        assert!(Region::map(file).is_err());
    }

    /// A file that could be shortened.
    fn tempfile_like() -> File {
        let file = File::from(memfd_create("loose", MemfdFlags::CLOEXEC).unwrap());
        file.set_len(4096).unwrap();
        file
    }
}
