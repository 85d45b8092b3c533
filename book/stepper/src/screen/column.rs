//! A column: its frame, its headings, its panes.
//!
//! Book: appendix "The stepper".

use super::{
    Context, events, lanes,
    layout::{Column, Pane},
    queue, source,
    stack::Slot,
    state,
    style::Look,
    text::{cut, line, put, width, wrap_in},
    units, words,
};
use crate::{
    drive::{Stand, Tone},
    model::Model,
    recording::Ending,
};
use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use stepper::{sentence, time};

/// Draws a column.
pub(super) fn draw(model: &Model, look: Look, column: &Column, buffer: &mut Buffer) {
    let focused = column.view == model.focus && model.views.len() > 1;
    let style = look.frame(focused);
    frame(column.area, style, buffer);
    let cells = column.area.width.saturating_sub(4);
    let room = usize::from(cells).saturating_sub(2);
    let title = words::title(model, column.view, room);
    let title = if column.continued {
        String::new()
    } else {
        format!(" {title} ")
    };
    let x = column.area.x + 1;
    put(
        buffer,
        x,
        column.area.y,
        cells,
        &title,
        look.heading(focused),
    );
    let Some(side) = model.side(column.view) else {
        without_trace(model, look, column, buffer);
        return;
    };
    if !column.continued {
        foot(model, look, column, buffer);
    }
    let view = &model.views[column.view];
    let context = Context {
        model,
        look,
        index: column.view,
        view,
        side,
        state: view.state(),
    };
    let has_both = column.slots.iter().any(|slot| slot.pane == Pane::Ours);
    for slot in &column.slots {
        if let Some(y) = slot.heading {
            if y > column.area.y {
                heading(column.area, y, style, buffer);
            }
            let text = format!(" {} ", heading_text(&context, slot.pane));
            put(buffer, x, y, cells, &text, look.heading(focused));
        }
        pane(&context, slot, has_both, buffer);
    }
}

/// The border around a column.
pub(super) fn frame(area: Rect, style: Style, buffer: &mut Buffer) {
    let line = "─".repeat(usize::from(area.width.saturating_sub(2)));
    let (top, bottom) = (area.y, area.bottom().saturating_sub(1));
    put(buffer, area.x, top, area.width, &format!("┌{line}┐"), style);
    for y in top + 1..bottom {
        put(buffer, area.x, y, 1, "│", style);
        put(buffer, area.right() - 1, y, 1, "│", style);
    }
    put(
        buffer,
        area.x,
        bottom,
        area.width,
        &format!("└{line}┘"),
        style,
    );
}

/// The line of a heading, joined to the frame.
pub(super) fn heading(area: Rect, y: u16, style: Style, buffer: &mut Buffer) {
    let line = "─".repeat(usize::from(area.width.saturating_sub(2)));
    put(buffer, area.x, y, area.width, &format!("├{line}┤"), style);
}

/// What the heading of a pane says.
fn heading_text(context: &Context<'_>, pane: Pane) -> String {
    match pane {
        Pane::Ours if context.model.ours => "the program".to_owned(),
        Pane::Ours => match source::ours(context) {
            Some(place) => format!("our source · {place}"),
            None => "our source".to_owned(),
        },
        Pane::Units => units::heading(context),
        Pane::Output => match context.side.output.left_out() {
            0 => "output".to_owned(),
            bytes => format!("output · {bytes} bytes left out"),
        },
        Pane::Happened => match &context.model.stand {
            Some(stand) => stand.heading.clone(),
            None => "what happened".to_owned(),
        },
        Pane::Events => "events".to_owned(),
        Pane::Lanes | Pane::LongLanes => "over time".to_owned(),
        Pane::Source | Pane::State | Pane::Queue | Pane::Values => String::new(),
    }
}

/// Writes into the last row of the frame: the step and its time at the left,
/// and how the program ended at the right, as soon as that has come.
fn foot(model: &Model, look: Look, column: &Column, buffer: &mut Buffer) {
    let recording = model.recording(column.view);
    let open = recording.ending.is_open();
    let view = &model.views[column.view];
    let last = model.side(column.view).map_or(0, stepper::Side::len);
    let more = if open { "+" } else { "" };
    let time = time::show(view.state().time());
    let step = format!("step {} of {last}{more} · {time}", view.step());
    let ended = view.step() == last && recording.ending != Ending::File;
    let ending = if open || ended {
        format!(" {} ", recording.ending)
    } else {
        String::new()
    };
    let style = look.frame(column.view == model.focus && model.views.len() > 1);
    let area = column.area;
    let (x, y) = (area.x + 1, area.bottom() - 1);
    let inner = usize::from(area.width.saturating_sub(2));
    let room = inner.saturating_sub(width(&ending));
    let step = format!(" {} ", cut(&step, room.saturating_sub(3)));
    put(buffer, x, y, area.width, &step, style);
    let x = x + u16::try_from(room).expect("less than the area's width");
    let cells = area.right().saturating_sub(x + 1);
    let warned = if recording.ending.failed() {
        look.warning()
    } else {
        look.heading(true)
    };
    put(buffer, x, y, cells, &ending, warned);
}

/// Draws a pane.
///
/// Where the column `has_both` sources, showing ours exchanges them: ours has
/// the larger pane then.
fn pane(context: &Context<'_>, slot: &Slot, has_both: bool, buffer: &mut Buffer) {
    let area = slot.area;
    match slot.pane {
        Pane::Ours if has_both && context.model.ours => source::draw(context, area, buffer),
        Pane::Source if context.model.ours => source::draw_ours(context, area, buffer),
        Pane::Source => source::draw(context, area, buffer),
        Pane::Ours => source::draw_ours(context, area, buffer),
        Pane::State => state::draw(context, area, buffer),
        Pane::Queue => queue::draw(context, area, buffer),
        Pane::Units => units::draw(context, area, buffer),
        Pane::Values => state::draw_values(context, area, buffer),
        Pane::Output => output(context, area, buffer),
        Pane::Happened => happened(context, area, buffer),
        Pane::Events => events::draw(context, area, buffer),
        Pane::Lanes => lanes::draw(context, area, false, buffer),
        Pane::LongLanes => lanes::draw(context, area, true, buffer),
    }
}

/// The last lines that the program has printed by now; `≈` marks them where
/// threads are preempted by signal, and a line may come a little early.
fn output(context: &Context<'_>, area: Rect, buffer: &mut Buffer) {
    let lines = context
        .side
        .output
        .last_lines(context.view.step(), area.height.into());
    let driver = context.state.driver();
    let early = driver.is_some_and(|driver| &*driver.settings.mode == "signal");
    let mark = if early { '≈' } else { ' ' };
    for (row, words) in (0..).zip(lines) {
        let words = format!("{mark}{}", super::text::without_tabs(&words));
        line(buffer, area, row, &words, Style::new());
    }
}

/// The sentence about the step, and what of it does not fit the state.
fn happened(context: &Context<'_>, area: Rect, buffer: &mut Buffer) {
    if let Some(stand) = &context.model.stand {
        stand_of(stand, context.look, area, buffer);
        return;
    }
    let step = context.view.step();
    let mut words = sentence(context.side, step);
    let notes = context.side.notes.iter().filter(|note| note.step == step);
    for note in notes {
        words.push(' ');
        words.push_str(&note.text);
    }
    let mut style = Style::new();
    if let Some(complaint) = &context.state.complaint
        && !words.contains('⚠')
    {
        words = format!("⚠ {complaint} {words}");
    }
    if words.contains('⚠') {
        style = context.look.warning();
    }
    let cells = area.width.saturating_sub(2);
    let lines = wrap_in(&words, cells.into(), area.height.into());
    for (row, words) in (0..).zip(lines) {
        line(buffer, area, row, &format!(" {words}"), style);
    }
}

/// How a game stands: the goal, and who can be picked.
fn stand_of(stand: &Stand, look: Look, area: Rect, buffer: &mut Buffer) {
    for (row, (words, tone)) in (0..).zip(&stand.lines) {
        let style = match tone {
            Tone::Plain => Style::new(),
            Tone::Task => look.heading(true),
            Tone::Pick => look.key(),
            Tone::Quiet => look.quiet(),
            Tone::Reached => look.here(),
            Tone::Missed => look.warning(),
        };
        line(buffer, area, row, &format!(" {words}"), style);
    }
}

/// What to say of a program that has not written a record.
fn without_trace(model: &Model, look: Look, column: &Column, buffer: &mut Buffer) {
    let recording = model.recording(column.view);
    let area = Rect::new(
        column.area.x + 2,
        column.area.y + 1,
        column.area.width.saturating_sub(4),
        column.area.height.saturating_sub(2),
    );
    let mut row = 0;
    let advice = words::without_trace(recording);
    for words in wrap_in(&advice, area.width.into(), area.height.into()) {
        line(buffer, area, row, &words, look.here());
        row += 1;
    }
    let left = area.height.saturating_sub(row + 2);
    let printed = recording.trace().orphan.last_lines(usize::MAX, left.into());
    if !printed.is_empty() {
        line(buffer, area, row + 1, "It printed:", look.quiet());
    }
    for (row, words) in (row + 2..).zip(printed) {
        line(
            buffer,
            area,
            row,
            &super::text::without_tabs(&words),
            Style::new(),
        );
    }
}
