//! What a worker has done and not yet sent, in memory that outlives it.
//!
//! A worker that has many small jobs at hand sends their results together. If it
//! is killed in between, the results that it has would be lost, and nobody would
//! know which job it was at. So it also writes them into a piece of memory that
//! it shares with the pool, which costs no system call; the pool reads it when the
//! worker is dead, and not before.
//!
//! Layout: word 0, the number of the first job; word 1, how many results there
//! are (upper half) and how many bytes they take (lower half); then these bytes.
//!
//! Invariants: (1) a result is counted when all of its bytes are there; (2) after
//! results were sent the count is 0 until the next one. So what is counted was
//! done, and all that was done was sent or is counted, or both: a number that was
//! sent already says so.
//!
//! Book: chapter 22. Mirror: none.

use crate::preempt::region::{BELL_BYTES, Region};
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::sync::atomic::Ordering;

/// How many words there are before the results.
const HEADER: usize = 2;
/// How many bytes of results there is room for.
pub(super) const ROOM: usize = 64 * 1024;
/// How many bytes a word has.
const WORD: usize = size_of::<u64>();

/// A worker's side.
#[derive(Debug)]
pub(super) struct Journal {
    /// The memory.
    region: Region,
    /// How many bytes are used.
    used: usize,
    /// How many results they are.
    count: u64,
}

/// A new journal, as the pool keeps it and sends it to its worker.
pub(super) fn create() -> io::Result<File> {
    let region = Region::create(HEADER + ROOM / WORD)?;
    region.file().try_clone()
}

impl Journal {
    /// Opens the journal that the pool has sent.
    pub(super) fn open(descriptor: OwnedFd) -> io::Result<Journal> {
        let region = Region::map(File::from(descriptor))?;
        if region.words().len() < HEADER + ROOM / WORD {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Journal {
            region,
            used: 0,
            count: 0,
        })
    }

    /// Whether `more` bytes fit.
    pub(super) fn has_room(&self, more: usize) -> bool {
        ROOM - self.used >= more
    }

    /// Nothing is unsent, and the next result is of job `first`.
    pub(super) fn clear(&mut self, first: u64) {
        (self.used, self.count) = (0, 0);
        let words = self.region.words();
        words[1].store(0, Ordering::Release); // (2): before the number changes
        words[0].store(first, Ordering::Release);
    }

    /// Notes one more result, for which there is room. It is given all that was not
    /// sent, with this at the end: so whole words are written, and none is read back.
    pub(super) fn append(&mut self, unsent: &[u8]) {
        debug_assert!((self.used..=ROOM).contains(&unsent.len()));
        let begin = self.used / WORD; // the first word that changes
        let words = &self.region.words()[HEADER + begin..];
        let (whole, rest) = unsent[begin * WORD..].as_chunks::<WORD>();
        for (word, bytes) in words.iter().zip(whole) {
            word.store(u64::from_ne_bytes(*bytes), Ordering::Relaxed);
        }
        if !rest.is_empty() {
            let mut last = [0; WORD];
            last[..rest.len()].copy_from_slice(rest);
            words[whole.len()].store(u64::from_ne_bytes(last), Ordering::Relaxed);
        }
        self.used = unsent.len();
        self.count += 1;
        let counted = self.count << 32 | self.used as u64;
        self.region.words()[1].store(counted, Ordering::Release); // (1)
    }
}

/// What a dead worker had done and not sent.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Unsent {
    /// The number of the first job.
    pub(super) first: u64,
    /// How many there are.
    pub(super) count: u32,
    /// Their results.
    pub(super) bytes: Vec<u8>,
}

/// Reads the journal of a worker that is dead.
pub(super) fn read(journal: &File) -> io::Result<Unsent> {
    let begin = BELL_BYTES as u64;
    let mut word = [0; WORD];
    journal.read_exact_at(&mut word, begin)?;
    let first = u64::from_ne_bytes(word);
    journal.read_exact_at(&mut word, begin + WORD as u64)?;
    let counted = u64::from_ne_bytes(word);
    let length = usize::try_from(counted & u64::from(u32::MAX)).unwrap_or(ROOM);
    let mut bytes = vec![0; length.min(ROOM)];
    journal.read_exact_at(&mut bytes, begin + (HEADER * WORD) as u64)?;
    let count = u32::try_from(counted >> 32).unwrap_or(0);
    Ok(Unsent {
        first,
        count,
        bytes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_noted_is_read_back_and_what_was_sent_is_not() {
        let file = create().unwrap();
        let mut journal = Journal::open(file.try_clone().unwrap().into()).unwrap();
        journal.clear(7);
        for unsent in ["one", "onetwelve bytes", "onetwelve bytesx"] {
            journal.append(unsent.as_bytes());
        }
        let unsent = read(&file).unwrap();
        assert_eq!((unsent.first, unsent.count), (7, 3));
        assert_eq!(unsent.bytes, b"onetwelve bytesx");
        journal.clear(10);
        journal.append(b"y");
        let unsent = read(&file).unwrap();
        assert_eq!((unsent.first, unsent.count), (10, 1));
        assert_eq!(unsent.bytes, b"y");
    }

    #[test]
    fn it_holds_as_much_as_it_has_room_for() {
        let file = create().unwrap();
        let mut journal = Journal::open(file.try_clone().unwrap().into()).unwrap();
        journal.clear(1);
        let whole = vec![0xA5; ROOM];
        assert!(journal.has_room(ROOM));
        journal.append(&whole);
        assert!(!journal.has_room(1));
        assert_eq!(read(&file).unwrap().bytes, whole);
    }
}
