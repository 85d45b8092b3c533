//! The layout: which panes there are, and where, for a size.
//!
//! A column is a stack of panes. Each says how many rows it needs at least,
//! would like, and can use; what is left over goes round, the rest to the
//! source.
//!
//! Invariants: (1) the same size and the same number of units give the same
//! layout, so that nothing jumps while one steps; (2) panes lie inside the
//! column and never overlap; (3) when rows are short the lanes go first, then
//! the values, then the output, and only then does the rest shrink.
//!
//! Book: appendix "The stepper".

use ratatui::layout::Rect;

/// The smallest screen that shows anything but a sentence.
pub(super) const SMALLEST: (u16, u16) = (40, 10);
/// The smallest screen that shows two sides at once.
const TWO_SIDES: (u16, u16) = (60, 16);
/// From this width on, a single side is shown in two columns.
const TWO_COLUMNS: u16 = 100;
/// From this many rows and cells on, a column has every pane.
const ROOMY: (u16, u16) = (60, 36);

/// A part of a column.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Pane {
    /// The learner's source around the line.
    Source,
    /// Our source around the line that took the step.
    Ours,
    /// Who runs, who can, who waits: a row each.
    State,
    /// Who runs and who can, as boxes.
    Queue,
    /// Every unit, a row each.
    Units,
    /// Shared variables, channels and locks.
    Values,
    /// What the program printed.
    Output,
    /// What the step was, in words.
    Happened,
    /// The last and the next events.
    Events,
    /// Every unit over time, up to the step.
    Lanes,
    /// The same and beyond it, with an axis below.
    LongLanes,
}

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

/// A framed column about one view.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Column {
    /// The view it is about.
    pub(super) view: usize,
    /// Whether it goes on with the view that the column before shows.
    pub(super) continued: bool,
    /// With its frame.
    pub(super) area: Rect,
    /// From top to bottom.
    pub(super) slots: Vec<Slot>,
}

/// What of a trace the layout depends on (1).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Facts {
    /// How many CPUs there are.
    pub(super) cpus: u16,
    /// How many units there ever were.
    pub(super) units: u16,
}

/// What a pane needs.
struct Want {
    /// Which pane.
    pane: Pane,
    /// Whether it has a heading, which takes a row.
    heading: bool,
    /// Without so many rows it is of no use.
    least: u16,
    /// So many make it comfortable.
    fair: u16,
    /// More are of no use.
    most: u16,
}

/// The columns for a screen of this size; None if it is too small for any.
/// `facts` has one entry for each view.
pub(super) fn columns(size: Rect, facts: &[Facts], focus: usize) -> Option<Vec<Column>> {
    if size.width < SMALLEST.0 || size.height < SMALLEST.1 {
        return None;
    }
    // The first row is the title bar, the last the key line.
    let area = Rect::new(size.x, size.y + 1, size.width, size.height - 2);
    let left = Rect {
        width: area.width.div_ceil(2),
        ..area
    };
    let right = Rect {
        x: left.right(),
        width: area.width - left.width,
        ..area
    };
    let two_fit = size.width >= TWO_SIDES.0 && size.height >= TWO_SIDES.1;
    let column = |view: usize, area: Rect, wants: Vec<Want>, continued| Column {
        view,
        continued,
        area,
        slots: stack(area, wants),
    };
    let of = |view: usize| facts.get(view).copied().unwrap_or_default();
    Some(if facts.len() > 1 && two_fit {
        vec![
            column(0, left, whole(left, of(0)), false),
            column(1, right, whole(right, of(1)), false),
        ]
    } else if facts.len() == 1 && size.width >= TWO_COLUMNS {
        let (first, second) = halves(left, of(0));
        vec![
            column(0, left, first, false),
            column(0, right, second, true),
        ]
    } else {
        vec![column(focus, area, whole(area, of(focus)), false)]
    })
}

/// The panes of a view in one column.
fn whole(area: Rect, facts: Facts) -> Vec<Want> {
    if area.height.saturating_sub(2) >= ROOMY.1 && area.width >= ROOMY.0 {
        return vec![
            want(Pane::Source, false, 3, 9, 16),
            want(Pane::Ours, true, 3, 6, 12),
            want(Pane::Queue, false, 3, 3, 3),
            units(facts),
            want(Pane::Values, false, 1, 1, 1),
            want(Pane::Output, true, 1, 3, 6),
            want(Pane::Happened, true, 2, 3, 5),
            want(Pane::Events, true, 3, 5, 9),
            lanes(facts, true),
        ];
    }
    vec![
        want(Pane::Source, false, 2, 5, 9),
        state(facts),
        want(Pane::Values, false, 1, 1, 1),
        want(Pane::Output, true, 1, 1, 4),
        want(Pane::Happened, true, 2, 4, 6),
        lanes(facts, false),
    ]
}

/// The panes of a view in two columns.
fn halves(area: Rect, facts: Facts) -> (Vec<Want>, Vec<Want>) {
    let roomy = area.height.saturating_sub(2) >= ROOMY.1;
    let mut first = vec![want(Pane::Source, false, 2, 8, 30)];
    let mut second = vec![
        want(Pane::Happened, true, 2, 4, 6),
        want(Pane::Output, true, 1, 3, 12),
    ];
    if roomy {
        first.push(want(Pane::Ours, true, 3, 8, 16));
        first.push(want(Pane::Queue, false, 3, 3, 3));
        second.push(units(facts));
    } else {
        first.push(state(facts));
    }
    first.push(want(Pane::Values, false, 1, 1, 1));
    second.push(want(Pane::Events, true, 2, 3, 12));
    second.push(lanes(facts, roomy));
    (first, second)
}

/// A pane and what it needs.
fn want(pane: Pane, heading: bool, least: u16, fair: u16, most: u16) -> Want {
    Want {
        pane,
        heading,
        least,
        fair,
        most,
    }
}

/// The rows of who runs, who can and who waits.
fn state(facts: Facts) -> Want {
    let cpus = facts.cpus.clamp(1, 4);
    want(Pane::State, false, 3, 2 + cpus, 2 + cpus)
}

/// The table of units, below its own heading.
fn units(facts: Facts) -> Want {
    let units = facts.units.max(3);
    want(Pane::Units, true, 2, 1 + units.min(4), 1 + units.min(12))
}

/// The lanes; with an axis below them if there is room.
fn lanes(facts: Facts, axis: bool) -> Want {
    let units = facts.units.max(2);
    let pane = if axis { Pane::LongLanes } else { Pane::Lanes };
    let axis = u16::from(axis);
    let fair = units.min(2 + 2 * axis);
    want(pane, true, 1 + axis, fair + axis, units.min(12) + axis)
}

/// Gives each pane its rows, inside the frame (2).
fn stack(frame: Rect, mut wants: Vec<Want>) -> Vec<Slot> {
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
            wants.retain(|want| want.pane != pane); // (3)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Two sides with three units each.
    const TWO: [Facts; 2] = [Facts { cpus: 1, units: 3 }; 2];

    /// The panes of the first column and their rows.
    fn first(width: u16, height: u16) -> Vec<(Pane, u16)> {
        let columns = columns(Rect::new(0, 0, width, height), &TWO, 0).unwrap();
        let rows = |slot: &Slot| (slot.pane, slot.area.height);
        columns[0].slots.iter().map(rows).collect()
    }

    #[test]
    fn eighty_by_twenty_four_is_as_drawn() {
        assert_eq!(
            first(80, 24),
            [
                (Pane::Source, 5),
                (Pane::State, 3),
                (Pane::Values, 1),
                (Pane::Output, 1),
                (Pane::Happened, 5),
                (Pane::Lanes, 2),
            ]
        );
    }

    #[test]
    fn lanes_go_first_then_values_then_output() {
        let panes = |height| -> Vec<Pane> {
            first(80, height)
                .into_iter()
                .map(|(pane, _)| pane)
                .collect()
        };
        use Pane::{Happened, Lanes, Output, Source, State, Values};
        assert_eq!(panes(23), [Source, State, Values, Output, Happened, Lanes]);
        assert_eq!(panes(22), [Source, State, Values, Output, Happened]);
        assert_eq!(panes(19), [Source, State, Output, Happened]);
        assert_eq!(panes(18), [Source, State, Happened]);
    }

    #[test]
    fn small_screen_shows_one_side_and_a_tiny_one_none() {
        let count = |width, height, views: usize| {
            columns(Rect::new(0, 0, width, height), &TWO[..views], 0).map(|columns| columns.len())
        };
        assert_eq!(count(60, 16, 2), Some(2));
        assert_eq!(count(59, 16, 2), Some(1));
        assert_eq!(count(60, 15, 2), Some(1));
        assert_eq!(count(39, 10, 2), None);
        assert_eq!(count(40, 9, 2), None);
        assert_eq!(count(120, 24, 1), Some(2));
    }

    #[test]
    fn roomy_screen_has_every_pane() {
        let panes: Vec<Pane> = first(160, 50).into_iter().map(|(pane, _)| pane).collect();
        for pane in [
            Pane::Ours,
            Pane::Queue,
            Pane::Units,
            Pane::Events,
            Pane::LongLanes,
        ] {
            assert!(panes.contains(&pane), "{pane:?}");
        }
    }

    #[test]
    fn panes_never_overlap_nor_leave_their_column() {
        for width in (40..240).step_by(7) {
            for height in 10..80 {
                for views in 1..=2 {
                    let size = Rect::new(0, 0, width, height);
                    for column in columns(size, &TWO[..views], 0).unwrap() {
                        let mut below = column.area.y + u16::from(!column.continued);
                        for slot in &column.slots {
                            let top = slot.heading.unwrap_or(slot.area.y);
                            assert_eq!(top, below, "{width}x{height} {column:?}");
                            below = slot.area.bottom();
                            assert!(below < column.area.bottom());
                            assert!(slot.area.right() < column.area.right());
                        }
                    }
                }
            }
        }
    }
}
