//! From bytes, which arrive in any portions, to lines of a bounded length.
//!
//! Invariant: the bytes of all lines and their breaks, and the counts of what
//! was cut, add up to the bytes that were pushed.

/// The most of a line that is kept.
pub(crate) const LONGEST: usize = 64 * 1024;

/// A line that is complete, or the end of the input.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line<'bytes> {
    /// Its bytes without the line break.
    pub(crate) bytes: &'bytes [u8],
    /// How many bytes after these were cut off.
    pub(crate) cut: usize,
    /// Whether a line break ended it, rather than the end of the input.
    pub(crate) ends: bool,
}

/// Collects bytes into lines.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lines {
    /// The beginning of a line whose end has not arrived.
    partial: Vec<u8>,
    /// How many bytes of that line were cut off so far.
    cut: usize,
}

impl Lines {
    /// Takes more bytes, and hands every line that they complete to `take`.
    pub(crate) fn push(&mut self, bytes: &[u8], mut take: impl FnMut(Line<'_>)) {
        let mut rest = bytes;
        while let Some(length) = rest.iter().position(|&byte| byte == b'\n') {
            let (head, tail) = (&rest[..length], &rest[length + 1..]);
            rest = tail;
            if self.partial.is_empty() && head.len() <= LONGEST {
                // The usual case: nothing needs to be copied.
                take(Line {
                    bytes: head,
                    cut: 0,
                    ends: true,
                });
            } else {
                self.keep(head);
                self.hand_out(true, &mut take);
            }
        }
        self.keep(rest);
    }

    /// The input is over: hands out a last line without a line break.
    pub(crate) fn finish(&mut self, mut take: impl FnMut(Line<'_>)) {
        if !self.partial.is_empty() {
            self.hand_out(false, &mut take);
        }
    }

    /// The beginning of a line whose end has not arrived.
    pub(crate) fn partial(&self) -> &[u8] {
        &self.partial
    }

    /// Adds to the partial line, up to [`LONGEST`].
    fn keep(&mut self, bytes: &[u8]) {
        let room = LONGEST - self.partial.len();
        let kept = bytes.len().min(room);
        self.partial.extend_from_slice(&bytes[..kept]);
        self.cut += bytes.len() - kept;
    }

    /// Hands the partial line out, and begins the next.
    fn hand_out(&mut self, ends: bool, take: &mut impl FnMut(Line<'_>)) {
        take(Line {
            bytes: &self.partial,
            cut: self.cut,
            ends,
        });
        self.partial.clear();
        self.cut = 0;
    }
}
