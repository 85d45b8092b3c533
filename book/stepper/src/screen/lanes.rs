//! Over time: a lane for each unit, a cell for each step.
//!
//! With room for an axis the lanes go on beyond the step, and a cursor marks
//! it; without, the step is the last cell.
//!
//! Book: appendix "The stepper".

use super::{
    Context, Look,
    text::{cut, put, width},
    words,
};
use ratatui::{buffer::Buffer, layout::Rect, style::Modifier};
use std::{cmp::Reverse, ops::Range};
use stepper::fold::{Mark, Unit, UnitId, lanes};

/// The widest that names may get.
const WIDEST: usize = 12;

/// Where lanes lie in a pane, and which steps.
pub(super) struct Window {
    /// The units, one a row.
    pub(super) units: Vec<UnitId>,
    /// The column of the first step.
    pub(super) x: u16,
    /// The steps that are shown, one a cell.
    pub(super) steps: Range<usize>,
}

/// The units that a pane with so many rows shows, by number: all, or those
/// that matter most.
pub(super) fn units<'model>(context: &Context<'model>, rows: usize) -> Vec<&'model Unit> {
    let Some(driver) = context.state.driver() else {
        return Vec::new();
    };
    let mut units: Vec<&Unit> = driver.units.values().collect();
    if units.len() > rows && rows > 0 {
        // The selected one; who runs or could; those that did so last.
        let rank = |unit: &&Unit| {
            let unselected = context.view.selected != Some(unit.id);
            let asleep = matches!(words::mark(unit), Mark::Waiting | Mark::Over);
            (unselected, asleep, Reverse(unit.since_step))
        };
        units.select_nth_unstable_by_key(rows - 1, rank);
        units.truncate(rows);
        units.sort_unstable_by_key(|unit| unit.id);
    }
    units.truncate(rows);
    units
}

/// What the lanes of a pane show.
pub(super) fn window(context: &Context<'_>, area: Rect, axis: bool) -> Window {
    let rows = usize::from(area.height.saturating_sub(u16::from(axis)));
    let units = units(context, rows);
    let widest = units
        .iter()
        .map(|unit| width(&unit.label()))
        .max()
        .unwrap_or(0);
    let names = u16::try_from(widest.min(WIDEST)).expect("it is small") + 2;
    let cells = usize::from(area.width.saturating_sub(names + 1)).max(1);
    let step = context.view.step();
    let steps = if axis && !context.model.hides_the_future() {
        let first = step.saturating_sub(cells * 2 / 3);
        first..(first + cells).min(context.side.len() + 1)
    } else {
        (step + 1).saturating_sub(cells)..step + 1
    };
    Window {
        units: units.iter().map(|unit| unit.id).collect(),
        x: area.x + names,
        steps,
    }
}

/// Draws the lanes.
pub(super) fn draw(context: &Context<'_>, area: Rect, axis: bool, buffer: &mut Buffer) {
    let window = window(context, area, axis);
    let all = lanes(context.side, window.steps.clone());
    let step = context.view.step();
    for (y, id) in (area.y..).zip(&window.units) {
        let label = context.state.unit(*id).map(Unit::label).unwrap_or_default();
        let mut style = ratatui::style::Style::new();
        if context.view.selected == Some(*id) {
            style = Look::selected(style);
        }
        let names = window.x - area.x - 1;
        let label = cut(&label, names.saturating_sub(1).into());
        put(buffer, area.x + 1, y, names, &label, style);
        let Some(lane) = all.iter().find(|lane| lane.unit == *id) else {
            continue;
        };
        for (x, shown) in (window.x..area.right()).zip(window.steps.clone()) {
            let mark = lane.mark_at(shown);
            let mut style = context.look.mark(mark);
            if shown == step && axis {
                style = style.add_modifier(Modifier::REVERSED);
            } else if shown > step {
                style = context.look.quiet();
            }
            put(buffer, x, y, 1, &mark.symbol().to_string(), style);
        }
    }
    if axis && window.steps.contains(&step) {
        let offset = u16::try_from(step - window.steps.start).unwrap_or(u16::MAX);
        let x = window.x.saturating_add(offset);
        let y = area.bottom() - 1;
        let cells = area.right().saturating_sub(x);
        put(
            buffer,
            x,
            y,
            cells,
            &format!("▲ step {step}"),
            context.look.here(),
        );
    }
}
