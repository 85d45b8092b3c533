//! What lies over the screen: help, the chain behind a state, a question.
//!
//! Book: appendix "The stepper".

use super::{
    style::Look,
    text::{line, put, width, wrap},
};
use crate::{
    drive,
    keys::HELP,
    model::{Model, Overlay, predict::Question},
};
use ratatui::{buffer::Buffer, layout::Rect, style::Style};

/// The widest that a box gets.
const WIDEST: u16 = 76;
/// How many cells the names of keys take in the help.
const KEY: usize = 11;

/// What the marks mean: of the lanes, and in front of the lines of the source.
const MARKS: [&str; 4] = [
    "█ runs  · ready, runnable  ─ waits, blocked  ↯ preempted  ╳ over",
    "» runs, on another CPU than before",
    "▶ the step's line   ▷ the step has none: the last one",
    "0 to 9 at a line: the unit that stands there   + several",
];

/// Draws what lies over the screen, if anything does.
pub(super) fn draw(model: &Model, look: Look, buffer: &mut Buffer) {
    if let Some(question) = &model.predict.question {
        ask(question, model, look, buffer);
        return;
    }
    match &model.overlay {
        Overlay::None => {}
        Overlay::Help(top) => {
            let keys = if model.stand.is_some() {
                drive::HELP
            } else {
                HELP
            };
            help(keys, *top, look, buffer);
        }
        Overlay::Why(chain, selected) => why(chain, *selected, look, buffer),
        Overlay::Greeting(paragraphs) => greeting(paragraphs, look, buffer),
        Overlay::Told(title, text) => {
            let lines = wrap(text, cells(buffer)).into_iter();
            let lines: Vec<(String, Style)> = lines.map(|text| (text, Style::new())).collect();
            let panel = Panel {
                title,
                foot: "any key",
                low: true,
            };
            panel.draw(&lines, look, buffer);
        }
    }
}

/// The words of a greeting; what is indented stays as it is.
fn greeting(paragraphs: &[String], look: Look, buffer: &mut Buffer) {
    let mut lines = Vec::new();
    for paragraph in paragraphs {
        if paragraph.starts_with(' ') {
            lines.push((paragraph.clone(), look.quiet()));
        } else {
            let wrapped = wrap(paragraph, cells(buffer)).into_iter();
            lines.extend(wrapped.map(|text| (text, Style::new())));
        }
    }
    let panel = Panel {
        title: "Sidestep",
        foot: "Enter or → begins",
        low: false,
    };
    panel.draw(&lines, look, buffer);
}

/// How many cells a line in a box has.
fn cells(buffer: &Buffer) -> usize {
    usize::from(buffer.area.width.min(WIDEST).saturating_sub(6))
}

/// The marks, and the keys from one on.
fn help(keys: &[(&str, &str)], top: usize, look: Look, buffer: &mut Buffer) {
    let room = cells(buffer).saturating_sub(KEY);
    let mut lines: Vec<(String, Style)> =
        MARKS.map(|marks| (marks.to_owned(), look.quiet())).into();
    lines.push((String::new(), Style::new()));
    for (key, does) in &keys[top.min(keys.len())..] {
        for (index, words) in wrap(does, room).into_iter().enumerate() {
            let key = if index == 0 { key } else { "" };
            let space = " ".repeat(KEY.saturating_sub(width(key)));
            lines.push((format!("{key}{space}{words}"), Style::new()));
        }
    }
    let panel = Panel {
        title: "the marks and the keys",
        foot: "↑↓ scroll the keys, any other closes",
        low: false,
    };
    panel.draw(&lines, look, buffer);
}

/// The chain that led to what a unit does, the selected link marked.
fn why(chain: &[(usize, String)], selected: usize, look: Look, buffer: &mut Buffer) {
    let indent = "          ";
    let room = cells(buffer).saturating_sub(indent.len());
    let mut lines = Vec::new();
    let mut first_selected = 0;
    for (index, (step, sentence)) in chain.iter().enumerate() {
        let style = if index == selected {
            look.here()
        } else {
            Style::new()
        };
        if index == selected {
            first_selected = lines.len();
        }
        let mark = if index == selected { '▶' } else { ' ' };
        for (row, words) in wrap(sentence, room).into_iter().enumerate() {
            let head = if row == 0 {
                format!("{mark} {step:>6}  ")
            } else {
                indent.to_owned()
            };
            lines.push((format!("{head}{words}"), style));
        }
    }
    let rows = usize::from(buffer.area.height.saturating_sub(4));
    let lines = &lines[first_selected.saturating_sub(rows / 2)..];
    let panel = Panel {
        title: "why",
        foot: "↑↓ choose, Enter goes there, any other key closes",
        low: false,
    };
    panel.draw(lines, look, buffer);
}

/// A question, its choices or what has been typed.
fn ask(question: &Question, model: &Model, look: Look, buffer: &mut Buffer) {
    let mut lines: Vec<(String, Style)> = Vec::new();
    let room = cells(buffer);
    lines.extend(
        wrap(&question.asks, room)
            .into_iter()
            .map(|text| (text, look.here())),
    );
    lines.push((String::new(), Style::new()));
    for (letter, choice) in ('a'..='z').zip(&question.choices) {
        for (row, words) in wrap(choice, room.saturating_sub(3)).into_iter().enumerate() {
            let head = if row == 0 {
                format!("{letter}) ")
            } else {
                "   ".to_owned()
            };
            lines.push((format!("{head}{words}"), Style::new()));
        }
    }
    let foot = if question.choices.is_empty() {
        lines.push((format!("> {}_", question.typed), look.key()));
        "type it, then Enter; Esc: no more questions"
    } else {
        "press its letter; Esc: no more questions"
    };
    let panel = Panel {
        title: &format!("predict · {}", model.score()),
        foot,
        low: true,
    };
    panel.draw(&lines, look, buffer);
}

/// A box: its title, a hint at its foot, and whether it lies below what one
/// looks at to answer it.
pub(super) struct Panel<'text> {
    /// Above.
    pub(super) title: &'text str,
    /// Below.
    pub(super) foot: &'text str,
    /// At the bottom of the screen, rather than in its middle.
    pub(super) low: bool,
}

impl Panel<'_> {
    /// Draws the box with its lines.
    pub(super) fn draw(&self, lines: &[(String, Style)], look: Look, buffer: &mut Buffer) {
        let screen = buffer.area;
        let longest = lines.iter().map(|(text, _)| width(text)).max().unwrap_or(0);
        let edges = width(self.foot).max(width(self.title)) + 2;
        let wide = u16::try_from(longest.max(edges) + 4).unwrap_or(u16::MAX);
        let wide = wide.min(WIDEST).min(screen.width);
        let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX);
        let high = rows.saturating_add(2).min(screen.height.saturating_sub(2));
        let free = screen.height - high; // at least the two bars
        let area = Rect {
            x: screen.x + (screen.width - wide) / 2,
            y: screen.y + if self.low { free - 1 } else { free / 2 },
            width: wide,
            height: high,
        };
        self.frame(area, look.key(), buffer);
        let text = Rect {
            x: area.x + 2,
            y: area.y + 1,
            width: wide.saturating_sub(4),
            height: high.saturating_sub(2),
        };
        for (row, (words, style)) in (0..).zip(lines).take(usize::from(high)) {
            line(buffer, text, row, words, *style);
        }
    }

    /// Draws the frame and clears what is inside.
    fn frame(&self, area: Rect, style: Style, buffer: &mut Buffer) {
        let (wide, bottom) = (area.width, area.bottom().saturating_sub(1));
        let inner = wide.saturating_sub(2);
        let rule = "─".repeat(inner.into());
        let blank = format!("│{}│", " ".repeat(inner.into()));
        put(buffer, area.x, area.y, wide, &format!("┌{rule}┐"), style);
        for y in area.y + 1..bottom {
            put(buffer, area.x, y, wide, &blank, style);
        }
        put(buffer, area.x, bottom, wide, &format!("└{rule}┘"), style);
        let x = area.x + 1;
        put(
            buffer,
            x,
            area.y,
            inner,
            &format!(" {} ", self.title),
            style,
        );
        put(buffer, x, bottom, inner, &format!(" {} ", self.foot), style);
    }
}
