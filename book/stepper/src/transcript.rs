//! The plain transcript: both sides beside each other, without a terminal.

use crate::trace::Side;

/// One column of the transcript.
#[derive(Clone, Copy, Debug)]
pub struct Column<'trace> {
    /// What to show.
    pub side: &'trace Side,
    /// How the program ended, in one line: `exit 0`.
    pub outcome: &'trace str,
}

/// The columns beside each other in `width` terminal columns, one step a line.
pub fn transcript(columns: &[Column<'_>], width: usize) -> String {
    let _ = (columns, width);
    String::new()
}
