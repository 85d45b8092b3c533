//! Every unit as a row of a table: state, since when, what it waits for.
//!
//! `12 »3` under the turns: of 12 stays 3 began on another CPU than the last.
//!
//! Book: appendix "The stepper".

use super::{
    Context, Look, lanes,
    text::{cut, line, width},
    words,
};
use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use std::borrow::Cow;
use stepper::{
    fold::{End, Unit, UnitState},
    time,
    trace::Target,
};

/// The heading of the table.
pub(super) fn heading(context: &Context<'_>) -> String {
    let units = context.side.target.unit().word();
    let count = context
        .state
        .driver()
        .map_or(0, |driver| driver.units.len());
    format!("{units}s · {count}")
}

/// Draws the table, the units that the lanes show as well.
pub(super) fn draw(context: &Context<'_>, area: Rect, buffer: &mut Buffer) {
    let target = context.side.target;
    let runs = match target {
        Target::Runtime => "polls",
        Target::Scheduler => "turns",
        Target::Process => "jobs",
    };
    let head = row(
        ["unit", "state", "since", "waits for", runs, "CPU time"],
        area.width,
    );
    line(buffer, area, 0, &head, context.look.quiet());
    let rows = usize::from(area.height.saturating_sub(1));
    let several = context
        .state
        .driver()
        .is_some_and(|driver| driver.settings.cpus > 1);
    for (index, unit) in (1..).zip(lanes::units(context, rows)) {
        let cells = [
            unit.label(),
            format!(
                "{} {}",
                words::mark(unit).symbol(),
                state(unit, target, several)
            ),
            time::show(unit.since),
            words::waits(context, unit),
            match unit.migrations {
                0 => unit.runs.to_string(),
                moves => format!("{} »{moves}", unit.runs),
            },
            time::show(unit.ran),
        ];
        let mut style = context.look.mark(words::mark(unit));
        if context.view.selected == Some(unit.id) {
            style = Look::selected(style);
        }
        let cells: [&str; 6] = std::array::from_fn(|index| cells[index].as_str());
        line(buffer, area, index, &row(cells, area.width), style);
    }
    if context.state.driver().is_none() {
        line(buffer, area, 1, " –", Style::new());
    }
}

/// The words for what a unit does; where there are `several` CPUs, on which.
fn state(unit: &Unit, target: Target, several: bool) -> Cow<'static, str> {
    let task = target == Target::Runtime;
    if target == Target::Process {
        let word = match unit.state {
            UnitState::New => "starting",
            UnitState::Running { .. } => "at work",
            UnitState::Ready | UnitState::Waiting | UnitState::InCall => "no job",
            UnitState::Over(End::Done) => "ended",
            UnitState::Over(End::Panicked) => "panicked",
            UnitState::Over(End::Cancelled) => "killed",
        };
        return word.into();
    }
    let word = match unit.state {
        UnitState::New => "new",
        UnitState::Ready if task => "ready",
        UnitState::Ready => "runnable",
        UnitState::Running { cpu } if several => return format!("on CPU {cpu}").into(),
        UnitState::Running { .. } => "running",
        UnitState::Waiting if task => "waiting",
        UnitState::Waiting => "blocked",
        UnitState::InCall => "in a call",
        UnitState::Over(End::Done) if task => "complete",
        UnitState::Over(End::Done) => "finished",
        UnitState::Over(End::Panicked) => "panicked",
        UnitState::Over(End::Cancelled) => "cancelled",
    };
    word.into()
}

/// A row with its columns under each other; what a unit waits for gets the
/// room that is left.
fn row(cells: [&str; 6], area: u16) -> String {
    let fixed = [14, 12, 9, 0, 6, 9];
    // A space at each end and between two columns.
    let spaces = fixed.len() + 1;
    let left = usize::from(area).saturating_sub(spaces + fixed.iter().sum::<usize>());
    let mut row = String::from(" ");
    for (index, cell) in cells.iter().enumerate() {
        let cells = if index == 3 { left } else { fixed[index] };
        let text = cut(cell, cells);
        let space = " ".repeat(cells.saturating_sub(width(&text)));
        if index >= 4 {
            row.push_str(&space);
            row.push_str(&text);
            row.push(' ');
        } else {
            row.push_str(&text);
            row.push_str(&space);
            row.push(' ');
        }
    }
    row
}
