//! The layout: which panes there are, and where, for a size.
//!
//! A column is a stack of panes (`stack` gives each its rows).
//!
//! Invariant: (1) the same size and the same number of units give the same
//! layout, so that nothing jumps while one steps.
//!
//! Book: appendix "The stepper".

use super::stack::{Slot, Want, stack, want};
use ratatui::layout::Rect;

/// The smallest screen that shows anything but a sentence.
pub(super) const SMALLEST: (u16, u16) = (40, 10);
/// The smallest column beside another, with its frame.
const BESIDE: (u16, u16) = (30, 16);
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
    /// How many rows it takes to say how a game stands; 0 where nobody drives.
    pub(super) stand: u16,
}

/// The columns for a screen of this size; None if it is too small for any.
/// `facts` has one entry for each view. Where not all fit, those beside the view
/// that has the `focus` are shown.
pub(super) fn columns(size: Rect, facts: &[Facts], focus: usize) -> Option<Vec<Column>> {
    if size.width < SMALLEST.0 || size.height < SMALLEST.1 {
        return None;
    }
    // The first row is the title bar, the last the key line.
    let area = Rect::new(size.x, size.y + 1, size.width, size.height - 2);
    let fit = if size.height < BESIDE.1 {
        1
    } else {
        usize::from(size.width / BESIDE.0).clamp(1, facts.len().max(1))
    };
    let column = |view: usize, area: Rect, wants: Vec<Want>, continued| Column {
        view,
        continued,
        area,
        slots: stack(area, wants),
    };
    let of = |view: usize| facts.get(view).copied().unwrap_or_default();
    Some(if fit > 1 {
        let first = focus.min(facts.len() - fit);
        let shown = (first..).zip(split(area, fit));
        shown
            .map(|(view, area)| column(view, area, whole(area, of(view)), false))
            .collect()
    } else if facts.len() == 1 && size.width >= TWO_COLUMNS {
        let [left, right] = split(area, 2)[..] else {
            unreachable!("two were asked for");
        };
        let (first, second) = halves(left, of(0));
        vec![
            column(0, left, first, false),
            column(0, right, second, true),
        ]
    } else {
        vec![column(focus, area, whole(area, of(focus)), false)]
    })
}

/// Areas beside each other, as wide as each other; what is left over goes to the
/// first ones, a cell each.
fn split(area: Rect, columns: usize) -> Vec<Rect> {
    let count = u16::try_from(columns).expect("a few");
    let mut x = area.x;
    (0..count)
        .map(|index| {
            let width = area.width / count + u16::from(index < area.width % count);
            let part = Rect { x, width, ..area };
            x = part.right();
            part
        })
        .collect()
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
            happened(facts, 3, 5),
            want(Pane::Events, true, 3, 5, 9),
            lanes(facts, true),
        ];
    }
    vec![
        want(Pane::Source, false, 2, 5, 9),
        state(facts),
        want(Pane::Values, false, 1, 1, 1),
        want(Pane::Output, true, 1, 1, 4),
        happened(facts, 4, 6),
        lanes(facts, false),
    ]
}

/// The panes of a view in two columns.
fn halves(area: Rect, facts: Facts) -> (Vec<Want>, Vec<Want>) {
    let roomy = area.height.saturating_sub(2) >= ROOMY.1;
    let mut first = vec![want(Pane::Source, false, 2, 8, 30)];
    let mut second = vec![happened(facts, 4, 6), want(Pane::Output, true, 1, 3, 12)];
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

/// What happened; or how a game stands, of which all is to be seen.
fn happened(facts: Facts, fair: u16, most: u16) -> Want {
    match facts.stand {
        0 => want(Pane::Happened, true, 2, fair, most),
        rows => want(Pane::Happened, true, rows.min(5), rows, rows),
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

#[cfg(test)]
mod tests {
    use super::*;
    use Pane::{Happened, Lanes, Output, Source, State, Values};

    /// Two sides with three units each.
    const TWO: [Facts; 2] = [Facts {
        cpus: 1,
        units: 3,
        stand: 0,
    }; 2];
    /// Three of them.
    const THREE: [Facts; 3] = [TWO[0]; 3];

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
    fn three_sides_share_the_width_and_where_two_fit_the_focus_is_among_them() {
        let shown = |width, focus| -> Vec<(usize, u16)> {
            let columns = columns(Rect::new(0, 0, width, 24), &THREE, focus).unwrap();
            columns.iter().map(|it| (it.view, it.area.width)).collect()
        };
        assert_eq!(shown(122, 0), [(0, 41), (1, 41), (2, 40)]);
        assert_eq!(shown(90, 2), [(0, 30), (1, 30), (2, 30)]);
        assert_eq!(shown(80, 0), [(0, 40), (1, 40)]);
        assert_eq!(shown(80, 1), [(1, 40), (2, 40)]);
        assert_eq!(shown(80, 2), [(1, 40), (2, 40)]);
        assert_eq!(shown(59, 2), [(2, 59)]);
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
                for views in 1..=3 {
                    let size = Rect::new(0, 0, width, height);
                    for column in columns(size, &THREE[..views], 0).unwrap() {
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
