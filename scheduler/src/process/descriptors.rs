//! Open descriptors inside a message: how a channel's end moves to another process.
//!
//! A descriptor is a number that means something in one process only. So a
//! message carries its place in a list, and the kernel carries the list
//! (`SCM_RIGHTS`). While a value is written, its descriptors are collected here;
//! while it is read, they are handed out again, each once.
//!
//! Invariants: (1) outside of a message between processes nothing can be written
//! that has a descriptor in it: that is an error, and no wrong number; (2) what a
//! message does not ask for is closed when it has been read.
//!
//! Book: chapter 22. Mirror: none.

use std::cell::RefCell;
use std::os::fd::OwnedFd;

/// What the message at hand carries.
enum Luggage {
    /// It is being written: these go along.
    Packed(Vec<OwnedFd>),
    /// It is being read: these have come along, and are there until taken.
    Unpacked(Vec<Option<OwnedFd>>),
}

thread_local! {
    /// The luggage of the message that this thread writes or reads, if it does.
    static LUGGAGE: RefCell<Option<Luggage>> = const { RefCell::new(None) };
}

/// Why a descriptor cannot be written or read here.
pub(super) const OUTSIDE: &str =
    "only a message to or from a worker process can carry a channel's end or shared memory";

/// Calls `write`, and returns what it packed.
pub(super) fn pack<T>(write: impl FnOnce() -> T) -> (T, Vec<OwnedFd>) {
    let before = LUGGAGE.replace(Some(Luggage::Packed(Vec::new())));
    let written = write();
    match LUGGAGE.replace(before) {
        Some(Luggage::Packed(descriptors)) => (written, descriptors),
        _ => (written, Vec::new()),
    }
}

/// Calls `read`, which may take what came along.
pub(super) fn unpack<T>(descriptors: Vec<OwnedFd>, read: impl FnOnce() -> T) -> T {
    let unpacked = descriptors.into_iter().map(Some).collect();
    let before = LUGGAGE.replace(Some(Luggage::Unpacked(unpacked)));
    let value = read();
    LUGGAGE.replace(before); // (2)
    value
}

/// Lets `descriptor` go along with the message that is being written: its place.
pub(super) fn put(descriptor: OwnedFd) -> Result<u32, &'static str> {
    LUGGAGE.with_borrow_mut(|luggage| match luggage {
        Some(Luggage::Packed(packed)) => {
            packed.push(descriptor);
            Ok(u32::try_from(packed.len() - 1).unwrap_or(u32::MAX))
        }
        _ => Err(OUTSIDE), // (1)
    })
}

/// Takes the descriptor at a place of the message that is being read.
pub(super) fn take(place: u32) -> Result<OwnedFd, &'static str> {
    LUGGAGE.with_borrow_mut(|luggage| match luggage {
        Some(Luggage::Unpacked(unpacked)) => unpacked
            .get_mut(place as usize)
            .and_then(Option::take)
            .ok_or("the message lacks a descriptor that it names"),
        _ => Err(OUTSIDE), // (1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;

    #[test]
    fn what_was_packed_comes_out_once() {
        let file = File::open("/dev/null").unwrap();
        let (place, packed) = pack(|| put(file.into()).unwrap());
        assert_eq!((place, packed.len()), (0, 1));
        unpack(packed, || {
            assert!(take(0).is_ok());
            assert!(take(0).is_err());
            assert!(take(7).is_err());
        });
    }

    #[test]
    fn nothing_is_packed_or_taken_outside_of_a_message() {
        let file = File::open("/dev/null").unwrap();
        assert_eq!(put(file.into()), Err(OUTSIDE));
        assert_eq!(take(0).unwrap_err(), OUTSIDE);
    }
}
