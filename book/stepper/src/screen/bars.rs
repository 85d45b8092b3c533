//! The bar above, and the line below.
//!
//! Book: appendix "The stepper".

use super::{
    style::Look,
    text::{cut, put, width},
    words,
};
use crate::model::Model;
use ratatui::{
    buffer::Buffer,
    style::{Modifier, Style},
};

/// The keys to name, the most useful first.
const KEYS: [(&str, &str); 10] = [
    ("←→", "step"),
    ("↑↓", "switch"),
    ("space", "play"),
    ("tab", "side"),
    ("l", "linked"),
    ("/", "find"),
    ("b", "break"),
    ("p", "predict"),
    ("w", "why"),
    ("s", "source"),
];

/// The same, where somebody drives.
const DRIVING: [(&str, &str); 8] = [
    ("0-9", "pick"),
    ("Enter", "goes on"),
    ("u", "undo"),
    ("h", "hint"),
    ("←→", "look"),
    ("S", "schedule"),
    ("r", "again"),
    ("q", "leave"),
];

/// Draws the bar above: what is stepped, which step, which time.
pub(super) fn title(model: &Model, columns: usize, buffer: &mut Buffer) {
    let area = buffer.area;
    let view = model.focused();
    let step = view.step();
    let recording = model.recording(model.focus);
    let events = model.side(model.focus).map_or(0, stepper::Side::len);
    let more = if recording.ending.is_open() {
        " so far"
    } else {
        ""
    };
    let mut middle = format!("step {step} of {events}{more}");
    match model.difference.step() {
        None => {}
        Some(first) if first == step => middle.push_str(" · ≠ here"),
        Some(first) => middle = format!("{middle} · ≠ {first}"),
    }
    if model.playing {
        middle.push_str(" ▸");
    }
    if model.predict.on {
        middle = format!("{middle} · {}", model.score());
    }
    let help = "? help";
    let clock = words::clock(model, model.focus).unwrap_or_default();
    let hidden = columns < model.views.len();
    let left = match (hidden, model.side(model.focus)) {
        (true, Some(side)) => format!(" {} · {}s (tab)", model.heading, side.target.unit().word()),
        _ => format!(" {}", model.heading),
    };
    let total = usize::from(area.width);
    // The step is what one looks for: it never gives way to a long heading.
    let left = cut(&left, total.saturating_sub(width(&middle) + 2));
    put(
        buffer,
        area.x,
        area.y,
        area.width,
        &" ".repeat(total),
        Look::bar(),
    );
    let bold = Look::bar().add_modifier(Modifier::BOLD);
    put(buffer, area.x, area.y, area.width, &left, bold);
    let mut used = width(&left) + 1;
    for (text, ideal) in [
        (
            middle.as_str(),
            total / 2 - (width(&middle) / 2).min(total / 2),
        ),
        (
            clock.as_str(),
            total * 3 / 4 - (width(&clock) / 2).min(total / 2),
        ),
        (help, total.saturating_sub(width(help) + 1)),
    ] {
        let start = ideal.max(used);
        if !text.is_empty() && start + width(text) <= total {
            let x = area.x + u16::try_from(start).expect("inside the area");
            put(buffer, x, area.y, area.width, text, Look::bar());
            used = start + width(text) + 1;
        }
    }
}

/// Draws the line below: a message, what is being typed, or the keys.
pub(super) fn keys(model: &Model, look: Look, buffer: &mut Buffer) {
    let area = buffer.area;
    let y = area.bottom() - 1;
    let (x, cells) = (area.x + 1, area.width.saturating_sub(2));
    if let Some(prompt) = &model.prompt {
        // Of a long line the end is shown, where one types.
        let label = prompt.purpose.label();
        let room = usize::from(cells).saturating_sub(width(label) + 1);
        let skipped = prompt.text.chars().count().saturating_sub(room);
        let text: String = prompt.text.chars().skip(skipped).collect();
        let end = put(buffer, x, y, cells, label, look.key());
        let end = put(
            buffer,
            end,
            y,
            area.right().saturating_sub(end),
            &text,
            Style::new(),
        );
        put(buffer, end, y, 1, " ", Look::bar());
        return;
    }
    if let Some(message) = &model.message {
        put(buffer, x, y, cells, message, look.here());
        return;
    }
    if let Some(waiting) = waiting(model) {
        put(buffer, x, y, cells, &waiting, look.here());
        return;
    }
    let mut x = x;
    let keys = if model.stand.is_some() {
        &DRIVING[..]
    } else {
        &KEYS[..]
    };
    for (key, does) in keys {
        let wide = u16::try_from(width(key) + 1 + width(does)).expect("it is short");
        if x + wide > area.right() {
            break;
        }
        x = put(buffer, x, y, wide, key, look.key());
        x = put(buffer, x + 1, y, wide, does, Style::new()) + 2;
    }
}

/// What to say while linked views wait at a marked place, or at a breakpoint.
fn waiting(model: &Model) -> Option<String> {
    if model.at_breakpoint(model.focus) {
        let (_, text) = model.breakpoint.as_ref()?;
        return Some(format!("stopped at `{}`: c goes on", text.trim()));
    }
    let forward = crate::model::Move::Forward;
    let view = (0..model.views.len()).find(|&view| model.linked && model.waits(view, forward))?;
    let side = model.side(view)?;
    let mark = model.views[view].marked()?;
    let units = side.target.unit().word();
    Some(format!(
        "the {units}s wait at `{}` until another side comes there",
        mark.name
    ))
}
