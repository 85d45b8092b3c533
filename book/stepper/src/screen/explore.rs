//! The searches' screen: a frame as a function of the model and the size.
//!
//! ```text
//!  title bar: the program, which search, how far
//!  ┌ what came out: counts, failures first ──────┐
//!  ├ the tree of choices ─────┬ one execution ───┤
//!  │ step 6: 1 stores → ✓     │  6 1 stores      │
//!  │ step 6: 2 loads  → ✗     │    2: left out…  │
//!  └──────────────────────────┴──────────────────┘
//!  key line, or a message
//! ```
//!
//! Invariants: (1) drawing changes nothing and never fails, whatever the size; (2) the
//! selected row is always among those shown.
//!
//! Book: chapter 19. Mirror: `crate::screen`, of `step`.

use super::{
    column::{frame, heading},
    overlay::Panel,
    style::Look,
    text::{cut, put, width, wrap_in},
};
use crate::explore::{
    model::{HELP, Model, Search},
    text,
};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

/// Under this nothing is worth drawing.
const SMALLEST: (u16, u16) = (40, 10);
/// Under this width the tree alone is shown.
const NARROW: u16 = 70;
/// The keys to name, the most useful first.
const KEYS: [(&str, &str); 7] = [
    ("↑↓", "execution"),
    ("Enter", "step it"),
    ("f", "the failure"),
    ("tab", "search"),
    ("y", "copy"),
    ("x", "end"),
    ("q", "leave"),
];

/// Draws a frame.
pub(crate) fn draw(model: &Model, look: Look, buffer: &mut Buffer) {
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
    title(model, buffer);
    keys(model, look, buffer);
    let box_area = Rect::new(area.x, area.y + 1, area.width, area.height - 2);
    frame(box_area, look.quiet(), buffer);
    if let Some(search) = model.search() {
        panes(model, search, look, box_area, buffer);
    } else {
        let silence = model.silence().unwrap_or_default();
        let cells = area.width - 4;
        put(buffer, area.x + 2, area.y + 2, cells, &silence, look.here());
    }
    if model.helps {
        let lines = |(key, does): &(&str, &str)| (format!("{key:<9} {does}"), Style::new());
        let lines: Vec<(String, Style)> = HELP.iter().map(lines).collect();
        let panel = Panel {
            title: "keys",
            foot: "any key: back",
            low: false,
        };
        panel.draw(&lines, look, buffer);
    }
}

/// The bar above.
fn title(model: &Model, buffer: &mut Buffer) {
    let area = buffer.area;
    let total = usize::from(area.width);
    put(
        buffer,
        area.x,
        area.y,
        area.width,
        &" ".repeat(total),
        Look::bar(),
    );
    let running = if model.is_running() { ", running" } else { "" };
    let right = match model.searches.len() {
        0 => "? help ".to_owned(),
        all => format!("search {} of {all}{running}   ? help ", model.shown + 1),
    };
    let left = format!(" explore {}", model.subject.what.heading());
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
        put(
            buffer,
            x,
            y,
            area.width.saturating_sub(2),
            message,
            look.here(),
        );
        return;
    }
    for (key, does) in KEYS {
        let wide = u16::try_from(width(key) + 1 + width(does)).unwrap_or(u16::MAX);
        if x.saturating_add(wide) > area.right() {
            break;
        }
        x = put(buffer, x, y, wide, key, look.key());
        x = put(buffer, x + 1, y, wide, does, Style::new()) + 2;
    }
}

/// What came out, the tree, and the selected execution.
fn panes(model: &Model, search: &Search, look: Look, area: Rect, buffer: &mut Buffer) {
    let inner = area.width - 4;
    let place = format!(" {} ", model.place(search));
    put(
        buffer,
        area.x + 1,
        area.y,
        inner,
        &place,
        look.heading(true),
    );
    // The counts take what they need, up to a third.
    let counts = counts(search, look);
    let left_out = text::left_out(search);
    let most = usize::from((area.height - 2) / 3).max(2);
    let shown = counts.len().min(most);
    for (row, (line, style)) in (1..).zip(counts.into_iter().take(shown)) {
        put(buffer, area.x + 2, area.y + row, inner, &line, style);
    }
    let mut y = area.y + 1 + u16::try_from(shown).unwrap_or(0);
    heading(area, y, look.quiet(), buffer);
    put(
        buffer,
        area.x + 1,
        y,
        inner,
        " the tree of choices ",
        look.heading(true),
    );
    y += 1;
    let explained = usize::from(area.bottom().saturating_sub(y + 1) / 4).min(left_out.len());
    let below = u16::try_from(explained).unwrap_or(0);
    let rows = area.bottom().saturating_sub(y + 1 + below);
    for (row, line) in (0..).zip(left_out.iter().take(explained)) {
        put(
            buffer,
            area.x + 2,
            y + rows + row,
            inner,
            line,
            look.quiet(),
        );
    }
    let is_wide = area.width >= NARROW;
    let wide = if is_wide { area.width / 2 } else { area.width };
    tree(
        model,
        search,
        look,
        Rect::new(area.x + 2, y, wide - 3, rows),
        buffer,
    );
    if is_wide {
        let x = area.x + wide;
        for row in 0..rows {
            put(buffer, x, y + row, 1, "│", look.quiet());
        }
        put(buffer, x, y - 1, 1, "┬", look.quiet());
        put(
            buffer,
            x + 2,
            y - 1,
            area.right() - x - 3,
            " the selected execution ",
            look.heading(true),
        );
        path(
            model,
            look,
            Rect::new(x + 2, y, area.right() - x - 3, rows),
            buffer,
        );
    }
}

/// How many were tried, and what came out.
fn counts(search: &Search, look: Look) -> Vec<(String, Style)> {
    let bold = Style::new().add_modifier(Modifier::BOLD);
    let took = format!("{} · {:.2} s", search.account(), search.seconds());
    let mut lines = vec![(took, bold)];
    for (line, fails) in text::outcomes(search) {
        let style = if fails { look.warning() } else { Style::new() };
        lines.push((line, style));
    }
    lines
}

/// The rows of the tree around the selected one (2).
fn tree(model: &Model, search: &Search, look: Look, area: Rect, buffer: &mut Buffer) {
    let rows = usize::from(area.height);
    let first = first(model.row, rows, search.rows.len());
    for (y, (index, row)) in (area.y..).zip(search.rows.iter().enumerate().skip(first).take(rows)) {
        let text = text::row_text(model, search, row);
        // The end of a row says most: what does not fit is cut before it.
        let (what, end) = text.rsplit_once(" → ").unwrap_or((&text, ""));
        let end = format!(" → {end}");
        let cells = usize::from(area.width);
        let end = cut(&end, cells / 2);
        let what = cut(what, cells.saturating_sub(width(&end)));
        let fails = row.leaf.is_some_and(|leaf| search.fails(leaf));
        let style = if index == model.row {
            Look::bar()
        } else if fails {
            look.warning()
        } else {
            Style::new()
        };
        put(
            buffer,
            area.x,
            y,
            area.width,
            &format!("{what}{end}"),
            style,
        );
    }
}

/// The first row that is shown of `all`, so that `selected` is among them.
fn first(selected: usize, rows: usize, all: usize) -> usize {
    selected
        .saturating_sub(rows / 2)
        .min(all.saturating_sub(rows))
}

/// The steps of the selected execution, around the one at which it branches off.
fn path(model: &Model, look: Look, area: Rect, buffer: &mut Buffer) {
    let lines = text::path(model);
    let branch = model.branch().unwrap_or(0);
    let at = lines.iter().position(|line| line.0 == branch).unwrap_or(0);
    let rows = usize::from(area.height);
    let first = first(at, rows, lines.len());
    for (y, (step, text, is_step)) in (area.y..).zip(lines.iter().skip(first).take(rows)) {
        let style = match (*step == branch, is_step) {
            (true, true) => look.here(),
            (_, true) => Style::new(),
            (_, false) => look.quiet(),
        };
        put(buffer, area.x, y, area.width, text, style);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::model::tests::told;

    /// The rows of a frame of this size.
    fn rows(model: &Model, width: u16, height: u16) -> Vec<String> {
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        draw(model, Look { colours: false }, &mut buffer);
        let row = |cells: &[ratatui::buffer::Cell]| {
            cells.iter().map(ratatui::buffer::Cell::symbol).collect()
        };
        buffer.content.chunks(width.into()).map(row).collect()
    }

    #[test]
    fn every_size_is_drawn() {
        let mut model = told();
        for helps in [false, true] {
            model.helps = helps;
            for (width, height) in [(1, 1), (39, 9), (40, 10), (69, 12), (80, 24), (160, 50)] {
                rows(&model, width, height);
            }
        }
    }

    #[test]
    fn counts_the_tree_and_the_selected_execution_are_shown() {
        let shown = rows(&told(), 160, 50).join("\n");
        for words in [
            "4 tried, one of each kind, for all 6 interleavings: exhausted · 0.01 s",
            "✗ 2 times: panic: an update is lost",
            "  1 store: left out: tried at step 6, and nothing since depends on it",
            "at 18 choices, 21 branches were tried and 15 left out",
            " search 1 of 1   ? help",
        ] {
            assert!(shown.contains(words), "`{words}` is not in:\n{shown}");
        }
    }

    #[test]
    fn the_selected_row_is_among_those_shown() {
        for (selected, all) in [(0, 3), (2, 3), (0, 100), (50, 100), (99, 100)] {
            let first = first(selected, 10, all);
            assert!(
                (first..first + 10).contains(&selected),
                "{selected} of {all}"
            );
        }
        assert_eq!(first(99, 10, 100), 90);
    }
}
