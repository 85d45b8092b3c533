//! Open descriptors inside a message: how a channel's end moves to another process.
//!
//! A descriptor is a number that means something in one process only. So a
//! message carries its place in a list, and the kernel carries the list
//! (`SCM_RIGHTS`). While a value is written, its descriptors are collected here;
//! while it is read, they are handed out again, each once.
//!
//! Invariants: (1) outside of a message between processes nothing can be written
//! that has a descriptor in it: that is an error, and no wrong number; (2) what a
//! message does not ask for is closed when it has been read; (3) a message inside
//! another one has its own, and leaves the other's alone; (4) one that carries
//! nothing, as most do, costs no more than to look.
//!
//! Book: chapter 22. Mirror: none.

use std::cell::{Cell, RefCell};
use std::os::fd::OwnedFd;

/// Which way the message at hand goes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// There is none.
    None,
    /// It is being written, and descriptors are packed.
    Out,
    /// It is being read, and descriptors are there until taken.
    In,
}

/// The message that this thread writes or reads.
#[derive(Clone, Copy)]
struct Message {
    /// Which way it goes.
    way: Way,
    /// Where its descriptors begin.
    begin: usize,
    /// How many they are.
    count: usize,
}

thread_local! {
    /// The message at hand: without a destructor, so that to look costs nothing (4).
    static AT_HAND: Cell<Message> = const {
        Cell::new(Message { way: Way::None, begin: 0, count: 0 })
    };
    /// The descriptors of all messages at hand, the innermost's last (3).
    static LUGGAGE: RefCell<Vec<Option<OwnedFd>>> = const { RefCell::new(Vec::new()) };
}

/// Why a descriptor cannot be written or read here.
pub(super) const OUTSIDE: &str =
    "only a message to or from a worker process can carry a channel's end or shared memory";

/// A message was begun. Dropped, it is over.
struct Begun {
    /// What was at hand before, and is again then.
    around: Message,
}

impl Begun {
    /// Begins a message inside what is at hand; `count` descriptors came with it.
    #[inline]
    fn message(way: Way, count: usize) -> Begun {
        let around = AT_HAND.get();
        let begin = around.begin + around.count; // (3)
        AT_HAND.set(Message { way, begin, count });
        Begun { around }
    }
}

// careful: also by a panic of a learner's `Serialize`; else a later `put` outside of
// a message would succeed.
impl Drop for Begun {
    #[inline]
    fn drop(&mut self) {
        let Message { begin, count, .. } = AT_HAND.replace(self.around);
        if count > 0 {
            // (4)
            LUGGAGE.with_borrow_mut(|luggage| luggage.truncate(begin)); // (2)
        }
    }
}

/// Calls `write`, and returns what it packed.
pub(super) fn pack<T>(write: impl FnOnce() -> T) -> (T, Vec<OwnedFd>) {
    let _message = Begun::message(Way::Out, 0);
    let written = write();
    let Message { begin, count, .. } = AT_HAND.get();
    let packed = if count == 0 {
        Vec::new()
    } else {
        LUGGAGE.with_borrow_mut(|luggage| luggage.drain(begin..).flatten().collect())
    };
    (written, packed)
}

/// Calls `read`, which may take what came along.
pub(super) fn unpack<T>(descriptors: Vec<OwnedFd>, read: impl FnOnce() -> T) -> T {
    let _message = Begun::message(Way::In, descriptors.len());
    if !descriptors.is_empty() {
        LUGGAGE.with_borrow_mut(|luggage| luggage.extend(descriptors.into_iter().map(Some)));
    }
    read()
}

/// Lets `descriptor` go along with the message that is being written: its place.
pub(super) fn put(descriptor: OwnedFd) -> Result<u32, &'static str> {
    let message = AT_HAND.get();
    if message.way != Way::Out {
        return Err(OUTSIDE); // (1)
    }
    LUGGAGE.with_borrow_mut(|luggage| luggage.push(Some(descriptor)));
    let count = message.count + 1;
    AT_HAND.set(Message { count, ..message });
    Ok(u32::try_from(message.count).unwrap_or(u32::MAX))
}

/// Takes the descriptor at a place of the message that is being read.
pub(super) fn take(place: u32) -> Result<OwnedFd, &'static str> {
    let Message { way, begin, count } = AT_HAND.get();
    if way != Way::In {
        return Err(OUTSIDE); // (1)
    }
    LUGGAGE.with_borrow_mut(|luggage| {
        luggage[begin..begin + count]
            .get_mut(place as usize)
            .and_then(Option::take)
            .ok_or("the message lacks a descriptor that it names")
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

    #[test]
    fn a_message_inside_another_has_its_own_and_leaves_the_others() {
        let file = || OwnedFd::from(File::open("/dev/null").unwrap());
        let (inner, outer) = pack(|| {
            put(file()).unwrap();
            let (place, packed) = pack(|| put(file()).unwrap());
            unpack(packed, || {
                assert!(take(place).is_ok());
                assert!(take(1).is_err(), "the outer one's");
                assert_eq!(put(file()), Err(OUTSIDE));
            });
            put(file()).unwrap()
        });
        assert_eq!((inner, outer.len()), (1, 2));
    }

    #[test]
    fn what_is_written_while_another_is_read_leaves_that_alone() {
        let file = || OwnedFd::from(File::open("/dev/null").unwrap());
        unpack(vec![file(), file()], || {
            let (place, inner) = pack(|| put(file()).unwrap());
            assert_eq!((place, inner.len()), (0, 1));
            let inside = std::panic::catch_unwind(move || unpack(inner, || panic!("on purpose")));
            assert!(inside.is_err());
            assert!(take(1).is_ok());
        });
        assert!(LUGGAGE.with_borrow(Vec::is_empty));
    }

    #[test]
    fn a_panic_while_a_message_is_written_leaves_none_at_hand() {
        let file = || OwnedFd::from(File::open("/dev/null").unwrap());
        let panicked = std::panic::catch_unwind(|| {
            pack(|| {
                put(file()).unwrap();
                panic!("on purpose");
            })
        });
        assert!(panicked.is_err());
        assert_eq!(put(file()).unwrap_err(), OUTSIDE);
        assert_eq!(pack(|| put(file()).unwrap()).1.len(), 1);
    }
}
