//! The source around a line: the program's, or ours.
//!
//! `▶` marks the line of the step (`▷`: the step has none of its own, and this
//! is where the last one was); a number marks where that unit stands.
//! Lines that are marks of the book (`// ANCHOR: x`) are left out.
//!
//! Book: appendix "The stepper".

use super::{
    Context,
    text::{line, put, without_tabs},
};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};
use stepper::trace::Place;

/// How far back the last line is looked for, if a step has none of its own.
const FAR: usize = 500;

/// A line to show, and how it is marked.
struct Here<'model> {
    /// Which line.
    place: &'model Place,
    /// Whether the step itself stands there.
    exact: bool,
}

/// Draws the program's source around the line of the step, or of the selected
/// unit.
pub(super) fn draw(context: &Context<'_>, area: Rect, buffer: &mut Buffer) {
    match program(context) {
        Some(here) => window(context, &here, true, area, buffer),
        None => line(
            buffer,
            area,
            0,
            " (no line of the program yet)",
            context.look.quiet(),
        ),
    }
}

/// Draws our source around the line that took the step.
pub(super) fn draw_ours(context: &Context<'_>, area: Rect, buffer: &mut Buffer) {
    match ours(context) {
        Some(place) => window(context, &Here { place, exact: true }, false, area, buffer),
        None => line(buffer, area, 0, " (no step yet)", context.look.quiet()),
    }
}

/// Our line that took the step.
pub(super) fn ours<'model>(context: &Context<'model>) -> Option<&'model Place> {
    context.side.event_of_step(context.view.step())?.src()
}

/// The program's line to show.
fn program<'model>(context: &Context<'model>) -> Option<Here<'model>> {
    let side = context.side;
    let step = context.view.step();
    if let Some(selected) = context.view.selected {
        let unit = context.state.unit(selected)?;
        let place = side.place(unit.at?)?;
        return Some(Here {
            place,
            exact: unit.is_running(),
        });
    }
    if let Some(place) = side.event_of_step(step).and_then(|event| event.at()) {
        return Some(Here { place, exact: true });
    }
    let earlier = side.events(step.saturating_sub(FAR)..step).rev();
    let later = side.events(step..step + FAR);
    let place = earlier.chain(later).find_map(|event| event.at())?;
    Some(Here {
        place,
        exact: false,
    })
}

/// Draws the lines around a place, that in the middle.
fn window(context: &Context<'_>, here: &Here<'_>, units: bool, area: Rect, buffer: &mut Buffer) {
    let place = here.place;
    let Some(lines) = context
        .side
        .sources
        .get(&*place.file)
        .filter(|lines| !lines.is_empty())
    else {
        let look = context.look;
        line(buffer, area, 0, &format!("▶ {place}"), look.here());
        line(buffer, area, 1, "  (its source is not here)", look.quiet());
        return;
    };
    let current = (place.line as usize).clamp(1, lines.len());
    let lines: Vec<(usize, &String)> = (1..)
        .zip(lines)
        .filter(|(number, text)| *number == current || !is_mark_of_the_book(text))
        .collect();
    let middle = lines.partition_point(|(number, _)| *number < current);
    let rows = usize::from(area.height);
    let top = middle
        .saturating_sub(rows / 2)
        .min(lines.len().saturating_sub(rows));
    let shown: Vec<(usize, String)> = lines[top..(top + rows).min(lines.len())]
        .iter()
        .map(|(number, text)| (*number, without_tabs(text)))
        .collect();
    let indented = |text: &&str| !text.trim().is_empty();
    let indent = |text: &str| text.len() - text.trim_start_matches(' ').len();
    let texts = shown.iter().map(|(_, text)| text.as_str());
    let common = texts.filter(indented).map(indent).min().unwrap_or(0);
    let largest = shown.last().map_or(0, |(number, _)| *number);
    let digits = 1 + largest.to_string().len().max(2);
    for (row, (number, text)) in shown.iter().enumerate() {
        let number = *number;
        let is_here = number == current;
        let y = area.y + u16::try_from(row).expect("a row of the area");
        let gutter = if is_here {
            if here.exact {
                "▶".to_owned()
            } else {
                "▷".to_owned()
            }
        } else if units {
            standing(context, place, number)
        } else {
            String::new()
        };
        let style = if is_here {
            context.look.here()
        } else {
            Style::new()
        };
        put(buffer, area.x, y, 1, &gutter, context.look.here());
        let number_style = if is_here { style } else { context.look.quiet() };
        let x = put(
            buffer,
            area.x + 1,
            y,
            area.width - 1,
            &format!("{number:>digits$} "),
            number_style,
        );
        let text = text.get(common.min(text.len())..).unwrap_or_default();
        code(
            context,
            text,
            style,
            Rect::new(x, y, area.right().saturating_sub(x), 1),
            buffer,
        );
    }
}

/// Whether a line only marks, for the book, where a part of the file begins or
/// ends.
fn is_mark_of_the_book(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with("// ANCHOR: ") || text.starts_with("// ANCHOR_END: ")
}

/// Writes a line of code, its comment quiet.
fn code(context: &Context<'_>, text: &str, style: Style, area: Rect, buffer: &mut Buffer) {
    let is_bold = style.add_modifier.contains(Modifier::BOLD);
    let comment = text.find("// ").filter(|_| !is_bold).unwrap_or(text.len());
    put(buffer, area.x, area.y, area.width, text, style);
    let before = u16::try_from(super::text::width(&text[..comment])).unwrap_or(u16::MAX);
    if comment < text.len() && before < area.width {
        let comment_area = Rect::new(area.x + before, area.y, area.width - before, 1);
        buffer.set_style(comment_area, context.look.quiet());
    }
}

/// The unit that stands at a line, as one character; `+` for several.
fn standing(context: &Context<'_>, place: &Place, line: usize) -> String {
    let Some(driver) = context.state.driver() else {
        return String::new();
    };
    // Most programs have few units; of the others only the first are looked at.
    let mut there = driver.units.values().take(100).filter(|unit| {
        let at = unit
            .at
            .filter(|_| !unit.is_over())
            .and_then(|at| context.side.place(at));
        at.is_some_and(|at| at.line as usize == line && at.file == place.file)
    });
    match (there.next(), there.next()) {
        (None, _) => String::new(),
        (Some(unit), None) if unit.id.number < 10 => unit.id.number.to_string(),
        _ => "+".to_owned(),
    }
}
