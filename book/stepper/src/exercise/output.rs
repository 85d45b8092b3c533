//! What the learner's code printed: read to its end, kept in part, made harmless.
//!
//! Invariants: (1) the pipe is always read, so nobody waits in a write; (2) at
//! most [`KEPT`] bytes are kept, however many come; (3) no control code reaches
//! the terminal.
//!
//! Book: "Exercises" in the introduction.

use std::io::Read;

/// How much is kept.
const KEPT: usize = 4 * 1024;

/// How much may come before the run is ended.
pub(super) const LIMIT: usize = 4 * 1024 * 1024;

/// Reads `pipe` to its end and returns the beginning of it; calls `too_much`
/// once if more comes than [`LIMIT`].
pub(super) fn read(mut pipe: impl Read, too_much: impl FnOnce()) -> Vec<u8> {
    let mut too_much = Some(too_much);
    let (mut kept, mut total) = (Vec::new(), 0);
    let mut buffer = [0; 8 * 1024];
    loop {
        match pipe.read(&mut buffer) {
            Ok(0) => return kept,
            Ok(length) => {
                total += length;
                let room = KEPT - kept.len();
                kept.extend_from_slice(&buffer[..length.min(room)]); // (2)
                if total > LIMIT
                    && let Some(too_much) = too_much.take()
                {
                    too_much();
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            // The other end is gone in a way that is no end of file: no more comes.
            Err(_) => return kept,
        }
    }
}

/// The beginning of what was printed as text for a terminal: what is no text, and
/// control codes but for line ends and tabs, are replaced (3).
pub(super) fn harmless(printed: &[u8]) -> String {
    let mut text = harmless_all(printed);
    if printed.len() >= KEPT {
        text.push_str("…\n(and more)");
    }
    text
}

/// The same of something of which nothing is missing.
pub(super) fn harmless_all(printed: &[u8]) -> String {
    let replaced = |letter: char| match letter {
        '\n' | '\t' => letter,
        letter if letter.is_control() => char::REPLACEMENT_CHARACTER,
        letter => letter,
    };
    String::from_utf8_lossy(printed)
        .chars()
        .map(replaced)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn much_output_is_read_kept_in_part_and_told_once() {
        let mut told = 0;
        let kept = read(&vec![b'x'; LIMIT + 1][..], || told += 1);
        assert_eq!((kept.len(), told), (KEPT, 1));
    }

    #[test]
    fn control_codes_do_not_reach_the_terminal() {
        assert_eq!(
            harmless(b"a\x1b[2Jb\tc\n\xff"),
            "a\u{fffd}[2Jb\tc\n\u{fffd}"
        );
    }
}
