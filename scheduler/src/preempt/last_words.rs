//! Last words: a message to stderr, and the end, that wait for nobody.
//!
//! When the dispatcher has a fault or a policy never returns, threads may be
//! frozen with any lock in their hands: stderr's, the heap's, those of the
//! functions that run at the exit. So the message is put together in an array
//! and written to the descriptor itself, and the end is the kernel's own.
//!
//! Invariants: (1) nothing here allocates, or takes a lock of the program's;
//! (2) a stderr that takes nothing, such as a full pipe, is waited for
//! [`PATIENCE`] at most; (3) what does not fit into the array is left out, and
//! the text ends at a whole character.
//!
//! Left out: what stdout holds and has not printed: it is lost at such an end.
//!
//! Book: chapter 13.

use std::fmt;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd, AsRawFd};

/// How many bytes have room: no more than a pipe takes in one piece.
const ROOM: usize = 4_000;
/// How long stderr may take nothing (2), in ms.
const PATIENCE: i32 = 1_000;

/// A text in an array.
#[derive(Clone, Copy)]
pub(crate) struct Words {
    /// The text, and zeroes behind it.
    bytes: [u8; ROOM],
    /// How long the text is.
    length: usize,
}

impl Words {
    /// No text yet.
    pub(crate) const fn new() -> Words {
        Words {
            bytes: [0; ROOM],
            length: 0,
        }
    }

    /// The text.
    pub(crate) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or_default()
    }

    /// The text as the log tells it, which says by itself who speaks.
    pub(crate) fn in_the_log(&self) -> &str {
        let text = self.as_str().trim_end();
        text.strip_prefix("scheduler: ").unwrap_or(text)
    }

    /// Writes the text to stderr.
    pub(crate) fn say(&self) {
        say(self.as_str());
    }
}

/// Never fails: see (3).
impl fmt::Write for Words {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let fits = text.floor_char_boundary(ROOM - self.length);
        self.bytes[self.length..self.length + fits].copy_from_slice(&text.as_bytes()[..fits]);
        self.length += fits;
        Ok(())
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Writes `text` to stderr, if that takes it.
pub(crate) fn say(text: &str) {
    let stderr = io::stderr();
    let descriptor = stderr.as_fd();
    let mut asked = libc::pollfd {
        fd: descriptor.as_raw_fd(),
        events: libc::POLLOUT,
        revents: 0,
    };
    // SAFETY: the kernel reads and writes one `pollfd`, a local; the count says so.
    if unsafe { libc::poll(&raw mut asked, 1, PATIENCE) } == 0 {
        return; // (2)
    }
    // Not through stderr's lock, which a frozen thread may hold, nor by its name
    // in /proc: opened anew, a file would lose what was written before.
    if let Ok(own) = descriptor.try_clone_to_owned() {
        let _ = File::from(own).write_all(text.as_bytes());
    }
}

/// Ends the process at once: no destructor and no function of `atexit` runs,
/// since each may wait for a lock that a frozen thread holds.
pub(crate) fn end_process(status: i32) -> ! {
    // SAFETY: the function requires nothing, and does not return.
    unsafe { libc::_exit(status) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    #[test]
    fn a_text_that_is_too_long_ends_at_a_whole_character() {
        let mut words = Words::new();
        for _ in 0..ROOM {
            words.write_str("→").unwrap(); // three bytes
        }
        assert_eq!(words.as_str().chars().count(), ROOM / 3);
        assert!(words.as_str().chars().all(|character| character == '→'));
    }
}
