//! The screen of a comparison: a frame as a function of the model and the size.
//!
//! ```text
//!  title bar: how far it is
//!  downloads
//!  tasks                 ███▒ 505.1 ms     a bar a model, as runs are made
//!  threads, all CPUs     ████ 512.0 ms     the selected one is marked
//!  where the selected one's time went, once Enter was pressed
//!  key line
//! ```
//!
//! Invariants: (1) drawing changes nothing and never fails, whatever the size; (2)
//! the selected row is among those shown.
//!
//! Book: chapter 25. Mirror: `crate::simulate::screen`.

use super::{
    bars, explain,
    model::Model,
    results::{Row, Section},
    table::ms,
};
use crate::{screen::Look, words::wrapped};
use ratatui::{
    buffer::Buffer,
    style::{Modifier, Style},
};

/// How wide the names are, and the figures behind the bars.
const BESIDE: usize = 24 + 12;
/// The keys to name.
const KEYS: &str = " ↑↓ model   Enter where its time went   q leave, and keep what is done";

/// Draws a frame.
pub(super) fn draw(model: &Model, _look: Look, buffer: &mut Buffer) {
    let (width, height) = (
        usize::from(buffer.area.width),
        usize::from(buffer.area.height),
    );
    let bar = Style::new().add_modifier(Modifier::REVERSED);
    put(buffer, 0, &format!(" {:width$}", told(model)), bar);
    let mut below: Vec<String> = Vec::new();
    if let Some((section, row)) = model.selection().filter(|_| model.is_explained) {
        let text = wrapped(&explain::row(section, row), width.saturating_sub(2).max(10));
        below.extend(text.lines().map(|line| format!(" {line}")));
        below.truncate(height / 2);
    }
    let room = height.saturating_sub(2 + below.len());
    let (lines, selected) = lines(model, width);
    let first = (selected + 1).saturating_sub(room); // (2)
    let shown = lines.iter().skip(first).take(room);
    for (place, (text, is_selected)) in shown.enumerate() {
        let style = match is_selected {
            Some(true) => bar,
            Some(false) => Style::new(),
            None => Style::new().add_modifier(Modifier::BOLD),
        };
        put(buffer, 1 + place, text, style);
    }
    for (place, line) in below.iter().enumerate() {
        put(buffer, 1 + room + place, line, Style::new());
    }
    if height > 1 {
        put(buffer, height - 1, &format!("{KEYS:width$}"), bar);
    }
}

/// The title: how far it is.
fn told(model: &Model) -> String {
    if model.is_over {
        "every run is made".to_owned()
    } else {
        model.told.clone()
    }
}

/// Every line of the list, with whether it is the selected row (None: a heading), and
/// the place of that row.
fn lines(model: &Model, width: usize) -> (Vec<(String, Option<bool>)>, usize) {
    let (mut lines, mut selected, mut number) = (Vec::new(), 0, 0);
    for section in &model.results.sections {
        lines.push((format!(" {}", explain::work(section)), None));
        let longest = bars::longest(section);
        for row in &section.rows {
            let is_selected = number == model.selected;
            if is_selected {
                selected = lines.len();
            }
            lines.push((line(section, row, longest, width), Some(is_selected)));
            number += 1;
        }
    }
    (lines, selected)
}

/// One model's line.
fn line(section: &Section, row: &Row, longest: f64, width: usize) -> String {
    let name = row.order.model.title();
    let Some(wall) = row.wall() else {
        let why = match &row.trouble {
            Some(_) => "no figures: Enter says why",
            None => "…",
        };
        return format!(" {name:23}{why}");
    };
    let bar = bars::bar(row, longest, width.saturating_sub(BESIDE).max(5));
    let best = section.ideal(row).map(|best| wall.median / best);
    let best = best.map_or(String::new(), |best| format!(", {best:.2} × best"));
    format!(" {name:23}{bar} {} ms{best}", ms(wall.median))
}

/// Puts text on a line, as far as there is room (1).
fn put(buffer: &mut Buffer, line: usize, text: &str, style: Style) {
    let area = buffer.area;
    let Ok(line) = u16::try_from(line) else {
        return;
    };
    if line < area.height {
        buffer.set_stringn(area.x, area.y + line, text, area.width.into(), style);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        model::Effect,
        results::{Machine, Results, tests::section},
    };
    use super::*;
    use contenders::{Model as Contender, Workload};
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
    use ratatui::layout::Rect;

    /// Two workloads, the second not measured yet.
    fn model() -> Model {
        let models: [(Contender, &[f64]); 2] =
            [(Contender::OneByOne, &[1.0]), (Contender::Tasks, &[0.5])];
        let none: [(Contender, &[f64]); 2] = [(Contender::OneByOne, &[]), (Contender::Tasks, &[])];
        Model::new(Results {
            machine: Machine::default(),
            runs: 1,
            sections: vec![
                section(Workload::Downloads, &models),
                section(Workload::Chatty, &none),
            ],
        })
    }

    /// The frame as lines without the space at their ends.
    fn frame(model: &Model, width: u16, height: u16) -> Vec<String> {
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        draw(model, Look { colours: true }, &mut buffer);
        let row = |cells: &[ratatui::buffer::Cell]| -> String {
            cells.iter().map(ratatui::buffer::Cell::symbol).collect()
        };
        let rows = buffer.content.chunks(width.into()).map(row);
        rows.map(|row| row.trim_end().to_owned()).collect()
    }

    /// Presses a key.
    fn press(model: &mut Model, code: KeyCode) -> Effect {
        model.press(KeyEvent::new(code, KeyModifiers::NONE))
    }

    #[test]
    fn enter_explains_the_selected_bar_and_escape_closes_that_first() {
        let mut model = model();
        assert!(frame(&model, 80, 24)[3].starts_with(" tasks"));
        assert!(frame(&model, 80, 24)[5].ends_with('…'));
        press(&mut model, KeyCode::Down);
        press(&mut model, KeyCode::Enter);
        let shown = frame(&model, 80, 24).join("\n");
        assert!(
            shown.contains(" tasks: 500.0 ms, between 500.0 and 500.0 in 1 run."),
            "{shown}"
        );
        assert_eq!(press(&mut model, KeyCode::Esc), Effect::None);
        assert!(!frame(&model, 80, 24).join("\n").contains("between"));
        assert_eq!(press(&mut model, KeyCode::Esc), Effect::Leave);
    }

    #[test]
    fn the_selected_row_is_shown_at_any_size_and_nothing_fails() {
        let mut model = model();
        for code in [KeyCode::End, KeyCode::Down, KeyCode::Enter] {
            press(&mut model, code);
        }
        assert_eq!(model.selected, 3);
        for (width, height) in [(1, 1), (5, 3), (40, 6), (200, 60)] {
            frame(&model, width, height);
        }
        press(&mut model, KeyCode::Enter);
        let small = frame(&model, 60, 4);
        assert!(small[2].starts_with(" tasks"), "{small:?}");
    }
}
