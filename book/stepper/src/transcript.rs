//! The plain transcript: both sides beside each other, without a terminal.
//!
//! ```text
//! tasks                                   │ threads
//! turn 1: 2 ready                         │ CPU 0 → 1 ping, for 3 ms
//! 1 ping runs                  01_…:13    │ 1 ping loads total = 0       01_…:13
//! │ping 1                                 │ 1 ping preempted             01_…:14
//! ```
//!
//! One step a line, the program's output marked `│` (or `≈`, where it may come
//! a little early), the outcome last. The
//! columns run side by side from the top, whatever their clocks say.
//!
//! Invariants: (1) no line is wider than asked for, counted as a terminal
//! counts; (2) in virtual time the same program gives the same text: no line
//! holds a port, a process or an hour.
//!
//! Left out: steps that tell no story of their own, unless our own source is
//! walked through ([`Column::ours`]). The screen has them.

mod layout;
mod line;
mod objects;
mod reasons;
mod workers;

use layout::Layout;
use line::{Line, lines};

use crate::trace::Side;

/// The width where nobody says another.
pub const WIDTH: usize = 80;

/// One column of the transcript.
#[derive(Clone, Copy, Debug)]
pub struct Column<'trace> {
    /// What to show.
    pub side: &'trace Side,
    /// How the program ended, in one line: `exit status 0`.
    pub outcome: &'trace str,
    /// Whether every step is shown, with our line that took it below.
    pub ours: bool,
}

/// The columns beside each other in `width` terminal columns, one step a line.
/// Every line ends with a line break.
pub fn transcript(columns: &[Column<'_>], width: usize) -> String {
    let mut text = String::new();
    for row in rows(columns, width) {
        text.push_str(&row);
        text.push('\n');
    }
    text
}

/// The lines of [`transcript`] one by one, for whoever prints a long trace.
pub fn rows<'trace>(
    columns: &'trace [Column<'trace>],
    width: usize,
) -> impl Iterator<Item = String> + 'trace {
    let layout = Layout::new(width, columns.len());
    let mut sources: Vec<_> = columns.iter().map(|column| whole(column)).collect();
    std::iter::from_fn(move || {
        let cells: Vec<Option<Line>> = sources.iter_mut().map(Iterator::next).collect();
        if cells.iter().all(Option::is_none) {
            return None;
        }
        Some(layout.row(&cells))
    })
}

/// A step in a few words: `1 ping loads total = 0`. None for a step that tells no story
/// of its own.
pub fn words(side: &Side, step: usize) -> Option<String> {
    line::words(side, step)
}

/// A column from its heading to its outcome.
fn whole<'trace>(column: &Column<'trace>) -> impl Iterator<Item = Line> + use<'trace> {
    let heading = match column.side.target {
        crate::trace::Target::Runtime => "tasks",
        crate::trace::Target::Scheduler => "threads",
        crate::trace::Target::Process => "processes",
    };
    let outcome = (!column.outcome.is_empty()).then(|| Line::plain(column.outcome.to_owned()));
    std::iter::once(Line::plain(heading.to_owned()))
        .chain(lines(column.side, column.ours))
        .chain(outcome)
}
