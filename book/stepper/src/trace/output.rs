//! What the program printed, and after which step.
//!
//! Text is kept as it can be shown: a control code or a byte that is no UTF-8
//! is spelled out (`\x1b`, `\xff`), never obeyed.
//!
//! Left out: what comes after the first 16 MiB. It is counted.

use super::shown::show;

/// So much text is kept, and no more: a screen of it is 2 KiB.
const MOST_TEXT: usize = 16 << 20;
/// So many pieces are kept: a million lines.
const MOST_PIECES: usize = 1 << 20;

/// A line of output, or a part of one that a record interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutputLine<'trace> {
    /// How many events came before it: the first step that shows it.
    pub step: usize,
    /// The text without its line break, safe to show.
    pub text: &'trace str,
    /// Whether a line break followed it.
    pub ends: bool,
}

/// Everything that a program printed.
#[derive(Clone, Debug, Default)]
pub struct Output {
    /// All text, one piece after another, without line breaks.
    text: String,
    /// The pieces: the step, where the text ends, whether the line ends there.
    pieces: Vec<(u32, usize, bool)>,
    /// How many bytes more there were than are kept.
    left_out: u64,
}

impl Output {
    /// How many pieces there are.
    pub const fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Whether nothing was printed.
    pub const fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The piece at a position.
    pub fn get(&self, index: usize) -> Option<OutputLine<'_>> {
        let &(step, end, ends) = self.pieces.get(index)?;
        let start = index
            .checked_sub(1)
            .map_or(0, |previous| self.pieces[previous].1);
        Some(OutputLine {
            step: step as usize,
            text: &self.text[start..end],
            ends,
        })
    }

    /// How many pieces had been printed at a step.
    pub fn count_at(&self, step: usize) -> usize {
        self.pieces
            .partition_point(|&(after, ..)| after as usize <= step)
    }

    /// All pieces, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = OutputLine<'_>> {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    /// The last `most` whole lines that had been printed at a step, oldest
    /// first; pieces that belong to one line are joined.
    pub fn last_lines(&self, step: usize, most: usize) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let shown = (0..self.count_at(step)).rev();
        for piece in shown.filter_map(|index| self.get(index)) {
            // Backwards: a piece without a break belongs to the one after it.
            if let Some(line) = lines.last_mut()
                && !piece.ends
            {
                line.insert_str(0, piece.text);
            } else if lines.len() == most {
                break;
            } else {
                lines.push(piece.text.to_owned());
            }
        }
        lines.reverse();
        lines
    }

    /// How many bytes are missing at the end: a program may print for ever, and
    /// only the beginning is kept.
    pub const fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Adds a piece of raw output.
    pub(crate) fn push(&mut self, step: usize, bytes: &[u8], ends: bool) {
        if self.text.len() + bytes.len() > MOST_TEXT || self.pieces.len() >= MOST_PIECES {
            self.left_out += bytes.len() as u64 + u64::from(ends);
            return;
        }
        show(bytes, &mut self.text);
        let step = u32::try_from(step).unwrap_or(u32::MAX);
        self.pieces.push((step, self.text.len(), ends));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endless_output_is_kept_up_to_a_bound_and_the_rest_counted() {
        let mut output = Output::default();
        let line = vec![b'x'; 1 << 16];
        for step in 0..300 {
            output.push(step, &line, true);
        }
        let kept = output.len();
        assert_eq!(kept, MOST_TEXT / line.len());
        assert_eq!(
            output.left_out(),
            (300 - kept as u64) * (line.len() as u64 + 1)
        );
    }
}
