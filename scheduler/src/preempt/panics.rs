//! What a panic leaves behind for the trace, and what it must not print.
//!
//! A policy may panic. The dispatcher catches that, but the default hook would
//! first write to stderr, whose lock a frozen thread may hold. So on a
//! dispatcher's thread the panic is only kept, and told later; on a scheduled
//! thread it is kept too, since the trace says where a thread panicked.
//!
//! Invariants: (1) but on dispatchers' threads, the hook that was there before
//! does what it always did; (2) keeping a panic registers no thread-local
//! destructor, which would go through the C library's `malloc`.
//!
//! Left out: a program that replaces the hook while a policy panics.
//!
//! Book: chapter 13. Mirror: `runtime` reports a task's panic to who joins it.

use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::panic::{self, PanicHookInfo};
use std::sync::Once;

use super::{current, heap};

/// What is said of a panic whose value is no text.
pub(crate) const NO_TEXT: &str = "a value that is no text";

/// A panic that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Panic {
    /// What was said.
    pub(crate) message: String,
    /// In which file.
    pub(crate) file: String,
    /// On which line.
    pub(crate) line: u32,
}

thread_local! {
    /// The latest panic on this thread, until [`take`] (2).
    static LATEST: Cell<Option<ManuallyDrop<Panic>>> = const { Cell::new(None) };
    /// Panics of this scheduled thread are kept, and not printed.
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Puts our hook before the program's, once.
pub(crate) fn install() {
    static INSTALL: Once = Once::new();
    INSTALL.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if heap::is_dispatcher() {
                keep(info);
                return;
            }
            if current::is_scheduled() {
                keep(info);
                if QUIET.get() {
                    return; // a search meets it again and again
                }
            }
            previous(info); // (1)
        }));
    });
}

/// Whether panics of the calling thread are not printed while it is scheduled; how it
/// was before.
pub(crate) fn keep_quiet(quiet: bool) -> bool {
    QUIET.replace(quiet)
}

/// The latest panic on this dispatcher's or scheduled thread, once.
pub(crate) fn take() -> Option<Panic> {
    LATEST.take().map(ManuallyDrop::into_inner)
}

/// Keeps what is known of the panic.
fn keep(info: &PanicHookInfo<'_>) {
    let message = info.payload_as_str().unwrap_or(NO_TEXT);
    let (file, line) = match info.location() {
        Some(place) => (place.file(), place.line()),
        None => ("unknown", 0),
    };
    drop(take());
    LATEST.set(Some(ManuallyDrop::new(Panic {
        message: message.to_owned(),
        file: file.to_owned(),
        line,
    })));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_the_dispatcher_is_kept_with_its_line() {
        install();
        let dispatcher = std::thread::spawn(|| {
            let _heap = heap::enter_dispatcher();
            assert_eq!(take(), None);
            let caught = panic::catch_unwind(|| panic!("no thread {}", 3));
            assert!(caught.is_err());
            let expected = Panic {
                message: "no thread 3".to_owned(),
                file: file!().to_owned(),
                line: line!() - 5,
            };
            assert_eq!(take(), Some(expected));
            assert_eq!(take(), None);
        });
        dispatcher.join().unwrap();
    }
}
