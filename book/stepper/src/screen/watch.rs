//! The watcher's screen: a frame as a function of the model and the size.
//!
//! ```text
//!  title bar: the exercise, and how it stands
//!  │ a hint, if one was asked for
//!  │ what the last check said
//!  key line, or a message
//! ```
//!
//! Invariant: (1) drawing never fails, whatever the size; and it changes only the
//! first line shown, to one that is there.
//!
//! Book: "Exercises" in the introduction. Mirror: `crate::screen`, of `step`.

use super::{
    style::Look,
    text::{cut, put, width, without_tabs, wrap_in},
};
use crate::exercise::watch::{KEYS, Model};
use ratatui::{
    buffer::Buffer,
    style::{Modifier, Style},
};

/// Under this nothing is worth drawing.
const SMALLEST: (u16, u16) = (40, 10);
/// How many rows a message may take.
const MESSAGE: u16 = 3;

/// Draws a frame.
pub(crate) fn draw(model: &mut Model, look: Look, buffer: &mut Buffer) {
    let area = buffer.area;
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        let (columns, rows) = SMALLEST;
        let sentence = format!("Please make this window {columns}x{rows} or larger. q leaves.");
        let lines = wrap_in(&sentence, area.width.into(), area.height.into());
        for (row, words) in (0..).zip(lines) {
            put(
                buffer,
                area.x,
                area.y + row,
                area.width,
                &words,
                look.here(),
            );
        }
        return;
    }
    let lines = model.lines(usize::from(area.width - 2));
    let rows = usize::from(area.height - 2);
    model.top = model.top.min(lines.len().saturating_sub(rows)); // (1)
    let below = lines.len() - model.top > rows;
    title(model, below, buffer);
    let mut style = Style::new();
    for (row, line) in (1..).zip(lines.iter().skip(model.top).take(rows)) {
        let line = without_tabs(line);
        style = match line.chars().next() {
            Some('✗') => look.warning(),
            Some('✓') => look.here(),
            _ if row == 1 || !line.is_empty() => Style::new(),
            _ => style,
        };
        put(
            buffer,
            area.x + 1,
            area.y + row,
            area.width - 2,
            &line,
            style,
        );
    }
    keys(model, look, buffer);
}

/// The bar above.
fn title(model: &Model, below: bool, buffer: &mut Buffer) {
    let area = buffer.area;
    let total = usize::from(area.width);
    let blank = " ".repeat(total);
    put(buffer, area.x, area.y, area.width, &blank, Look::bar());
    let more = if below { "   ↓ more" } else { "" };
    let right = format!("{}{more} ", model.state());
    let left = format!(" watching {}", model.heading);
    let left = cut(&left, total.saturating_sub(width(&right) + 1));
    let bold = Look::bar().add_modifier(Modifier::BOLD);
    put(buffer, area.x, area.y, area.width, &left, bold);
    let start = u16::try_from(total.saturating_sub(width(&right))).unwrap_or(0);
    put(
        buffer,
        area.x + start,
        area.y,
        area.width,
        &right,
        Look::bar(),
    );
}

/// The line below: a message, or the keys.
fn keys(model: &Model, look: Look, buffer: &mut Buffer) {
    let area = buffer.area;
    let (mut x, y) = (area.x + 1, area.bottom() - 1);
    if let Some(message) = &model.message {
        let lines = wrap_in(message, usize::from(area.width - 2), MESSAGE.into());
        let above = u16::try_from(lines.len().saturating_sub(1)).unwrap_or(0);
        for (row, words) in (0..).zip(lines) {
            let y = y - above + row;
            let blank = " ".repeat(area.width.into());
            put(buffer, area.x, y, area.width, &blank, look.here());
            put(buffer, x, y, area.width - 2, &words, look.here());
        }
        return;
    }
    for (key, does) in KEYS {
        let wide = u16::try_from(width(key) + 1 + width(does)).unwrap_or(u16::MAX);
        if x.saturating_add(wide) > area.right() {
            break;
        }
        x = put(buffer, x, y, area.right() - x, key, look.key());
        x = put(buffer, x + 1, y, area.right() - x, does, look.quiet()) + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exercise::watch::Verdict;
    use ratatui::layout::Rect;

    /// A frame as text.
    fn frame(model: &mut Model, columns: u16, rows: u16) -> String {
        let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
        draw(model, Look::of_environment(), &mut buffer);
        let cells = buffer.content.chunks(usize::from(columns));
        let line = |row: &[ratatui::buffer::Cell]| -> String {
            row.iter().map(ratatui::buffer::Cell::symbol).collect()
        };
        cells.map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_long_text_is_scrolled_to_its_end_and_no_further_at_any_size() {
        let mut model = Model::new("01 round robin".to_owned(), "exercise.rs".to_owned());
        let text: Vec<String> = (1..=100).map(|number| format!("line {number}.")).collect();
        model.hear(Verdict {
            text: text.join("\n"),
            ..Verdict::default()
        });
        let first = frame(&mut model, 80, 24);
        assert!(first.contains("line 22.") && !first.contains("line 23."));
        assert!(
            first.contains("↓ more") && first.contains("h hint"),
            "{first}"
        );
        model.top = 1_000;
        let last = frame(&mut model, 80, 24);
        assert!(
            last.contains("line 100.") && last.contains("line 79."),
            "{last}"
        );
        assert!(!last.contains("↓ more"), "{last}");
        for (columns, rows) in [(1, 1), (39, 9), (40, 10), (300, 100)] {
            frame(&mut model, columns, rows);
        }
        assert!(frame(&mut model, 39, 9).contains("40x10"));
    }
}
