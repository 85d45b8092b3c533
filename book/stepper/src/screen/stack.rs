//! A stack of panes: how the rows of a column are shared out.
//!
//! Each pane says how many rows it needs at least, would like, and can use.
//! What is left over goes round, and the rest to the first, the source.
//!
//! Invariants: (1) panes lie inside the frame and never overlap; (2) when rows
//! are short the lanes go first, then the values, then the output, and only
//! then does the rest shrink.
//!
//! Book: appendix "The stepper".

use super::layout::Pane;
use ratatui::layout::Rect;

/// A pane and its place.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Slot {
    /// What is there.
    pub(super) pane: Pane,
    /// The row of its heading, if it has one.
    pub(super) heading: Option<u16>,
    /// Where its content goes.
    pub(super) area: Rect,
}

/// What a pane needs.
pub(super) struct Want {
    /// Which pane.
    pub(super) pane: Pane,
    /// Whether it has a heading, which takes a row.
    pub(super) heading: bool,
    /// Without so many rows it is of no use.
    pub(super) least: u16,
    /// So many make it comfortable.
    pub(super) fair: u16,
    /// More are of no use.
    pub(super) most: u16,
}

/// A pane and what it needs.
pub(super) fn want(pane: Pane, heading: bool, least: u16, fair: u16, most: u16) -> Want {
    Want {
        pane,
        heading,
        least,
        fair,
        most,
    }
}

/// Gives each pane its rows, inside the frame (1).
pub(super) fn stack(frame: Rect, mut wants: Vec<Want>) -> Vec<Slot> {
    // A heading that comes first lies in the frame's own first row.
    let top = u16::from(!wants.first().is_some_and(|want| want.heading));
    let inner = Rect::new(
        frame.x + 1,
        frame.y + top,
        frame.width.saturating_sub(2),
        frame.height.saturating_sub(top + 1),
    );
    let total = |wants: &[Want], rows: &dyn Fn(&Want) -> u16| -> u16 {
        wants
            .iter()
            .map(|want| rows(want) + u16::from(want.heading))
            .sum()
    };
    for pane in [Pane::Lanes, Pane::LongLanes, Pane::Values, Pane::Output] {
        if total(&wants, &|want| want.fair) > inner.height {
            wants.retain(|want| want.pane != pane); // (2)
        }
    }
    let mut rows: Vec<u16> = wants.iter().map(|want| want.fair).collect();
    let headings = wants.iter().filter(|want| want.heading).count();
    let free = inner
        .height
        .saturating_sub(u16::try_from(headings).expect("a handful of panes"));
    shrink(&wants, &mut rows, free);
    grow(&wants, &mut rows, free);
    let mut y = inner.y;
    let mut slots = Vec::new();
    for (want, rows) in wants.iter().zip(rows) {
        let heading = want.heading.then_some(y);
        y += u16::from(want.heading);
        let rows = rows.min(inner.bottom().saturating_sub(y));
        if rows > 0 {
            let area = Rect::new(inner.x, y, inner.width, rows);
            slots.push(Slot {
                pane: want.pane,
                heading,
                area,
            });
        }
        y += rows;
    }
    slots
}

/// Takes rows away, first where most can be spared, until they fit.
fn shrink(wants: &[Want], rows: &mut [u16], free: u16) {
    while rows.iter().sum::<u16>() > free {
        let spare = |index: &usize| rows[*index].saturating_sub(wants[*index].least);
        match (0..rows.len()).max_by_key(spare) {
            Some(index) if spare(&index) > 0 => rows[index] -= 1,
            _ => return, // the last pane is cut where the frame ends
        }
    }
}

/// Gives rows that are left over to each in turn, then all to the first.
fn grow(wants: &[Want], rows: &mut [u16], free: u16) {
    let mut left = free.saturating_sub(rows.iter().sum());
    while left > 0 {
        let before = left;
        // The sentence first, then from below: the source gets what is left.
        let sentence = wants.iter().position(|want| want.pane == Pane::Happened);
        let others = (0..wants.len())
            .rev()
            .filter(|index| Some(*index) != sentence);
        for index in sentence.into_iter().chain(others) {
            if left > 0 && rows[index] < wants[index].most {
                rows[index] += 1;
                left -= 1;
            }
        }
        if left == before {
            if let Some(first) = rows.first_mut() {
                *first += left;
            }
            return;
        }
    }
}
