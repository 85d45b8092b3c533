//! The screen of a contest: a frame as a function of the model and the size.
//!
//! ```text
//!  title bar: the workload, which decision, which time
//!  the jobs' signs
//!  fcfs     AAAAAAAABBCC        a row a policy (and CPU), all to one scale,
//!  rr       ABCABCAABA             the cursor's time marked in each
//!           0 ms      10 ms
//!  what the selected policy decided there, and whom it stores
//!  the table
//!  key line, or a message
//! ```
//!
//! Invariants: (1) drawing changes nothing and never fails, whatever the size;
//! (2) the selected policy's rows are always among those shown.
//!
//! Book: appendix "The stepper". Mirror: `crate::screen`, of `step`.

#[cfg(test)]
mod tests;

use super::{
    gantt::{self, Cell},
    measures::index,
    model::Model,
    table::{self, COLUMNS},
    text::{self, cut},
};
use crate::screen::Look;
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Color, Modifier, Style},
};
use scheduler::{policy::CpuId, time::Time};
use unicode_width::UnicodeWidthStr;

/// Under this nothing is worth drawing.
const SMALLEST: (u16, u16) = (40, 12);
/// How many cells stand before a chart's row.
const LABEL: u16 = 10;
/// The lines that are neither charts nor rows of the table.
const FIXED: usize = 10;
/// The jobs' colours, in turn.
const COLOURS: [Color; 6] = [
    Color::Green,
    Color::Yellow,
    Color::Cyan,
    Color::Magenta,
    Color::Blue,
    Color::Red,
];

/// The keys to name.
const KEYS: [(&str, &str); 5] = [
    ("←→", "decision"),
    ("↑↓", "policy"),
    ("s S", "sort by next, last column"),
    ("e", "SVG file"),
    ("q", "leave"),
];

/// Draws a frame.
pub(super) fn draw(model: &Model, look: Look, buffer: &mut Buffer) {
    let area = buffer.area;
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        let sentence = format!(
            "make this window {}x{} or larger; q leaves",
            SMALLEST.0, SMALLEST.1
        );
        put(buffer, area.x, area.y, &sentence, Style::new());
        return;
    }
    let mut painter = Painter {
        model,
        look,
        buffer,
        y: area.y,
    };
    painter.title();
    painter.jobs();
    let cpus = model.contest.workload.cpus as usize;
    let rows = model.order.len();
    let room = usize::from(area.height).saturating_sub(FIXED).max(2);
    // What the table can spare goes to the charts, and the other way round.
    let charts = (rows * cpus).min(room - rows.min(room / 2).max(1)).max(1);
    let table = rows.min(room - charts).max(1);
    let spare = room.saturating_sub(charts + table);
    painter.charts(charts);
    painter.decision(1 + spare);
    painter.table(table);
    painter.keys();
}

/// Writes a text, cut to what is left of its line. Returns the column after it.
fn put(buffer: &mut Buffer, x: u16, y: u16, text: &str, style: Style) -> u16 {
    let area = buffer.area;
    if x >= area.right() || y >= area.bottom() {
        return x;
    }
    let cells = usize::from(area.right() - x);
    buffer.set_stringn(x, y, cut(text, cells), cells, style).0
}

/// A frame under way.
struct Painter<'a> {
    /// What is shown.
    model: &'a Model,
    /// Whether in colours.
    look: Look,
    /// Where to.
    buffer: &'a mut Buffer,
    /// The next free line.
    y: u16,
}

impl Painter<'_> {
    /// A colour, if colours are wanted.
    fn colour(&self, colour: Color) -> Style {
        if self.look.colours {
            Style::new().fg(colour)
        } else {
            Style::new()
        }
    }

    /// What is there only to explain.
    fn quiet(&self) -> Style {
        if self.look.colours {
            Style::new().fg(Color::DarkGray)
        } else {
            Style::new().add_modifier(Modifier::DIM)
        }
    }

    /// What is selected.
    fn here(&self) -> Style {
        self.colour(Color::Yellow).add_modifier(Modifier::BOLD)
    }

    /// A line of text.
    fn line(&mut self, text: &str, style: Style) {
        let x = self.buffer.area.x;
        put(self.buffer, x, self.y, text, style);
        self.y += 1;
    }

    /// The bar above.
    fn title(&mut self) {
        let (model, area) = (self.model, self.buffer.area);
        let bar = Style::new().add_modifier(Modifier::REVERSED);
        let total = usize::from(area.width);
        let position = format!(
            "decision {} of {}, {} ",
            (model.cursor + 1).min(model.run().decisions()),
            model.run().decisions(),
            stepper::time::show(model.time().as_nanos())
        );
        let workload = &model.contest.workload;
        let left = match workload.title.as_str() {
            "" => format!(" {}", workload.name),
            title => format!(" {}: {title}", workload.name),
        };
        let left = cut(&left, total.saturating_sub(position.width() + 1));
        let space = total.saturating_sub(left.width() + position.width());
        self.line(&format!("{left}{}{position}", " ".repeat(space)), bar);
    }

    /// The jobs' signs and names, and the conditions where they fit.
    fn jobs(&mut self) {
        let workload = &self.model.contest.workload;
        let mut x = self.buffer.area.x + 1;
        for job in 0..workload.names.len() {
            let text = text::named(workload, job, 12);
            let wide = u16::try_from(text.width()).unwrap_or(u16::MAX);
            if x.saturating_add(wide) > self.buffer.area.right().saturating_sub(2) {
                put(self.buffer, x, self.y, "…", Style::new());
                break;
            }
            let style = self.job(job);
            x = put(self.buffer, x, self.y, &text, style) + 2;
        }
        self.y += 1;
        self.line(&format!(" {}", text::conditions(workload)), self.quiet());
    }

    /// The style of a job.
    fn job(&self, job: usize) -> Style {
        self.colour(COLOURS[job % COLOURS.len()])
    }

    /// As many rows of charts as there is room for, and the times below.
    fn charts(&mut self, room: usize) {
        let (model, area) = (self.model, self.buffer.area);
        let cpus = model.contest.workload.cpus;
        let width = usize::from(area.width - LABEL);
        let column = gantt::column(&model.contest, width);
        let of_column = |time: Time| {
            let unit = (Time::ZERO + column).as_nanos().max(1);
            usize::try_from(time.as_nanos() / unit).unwrap_or(usize::MAX)
        };
        let at = of_column(model.time());
        let all = model.order.len() * cpus as usize;
        let first = scroll(all, room, model.selected * cpus as usize, cpus as usize);
        let rows = (0..model.order.len()).flat_map(|row| (0..cpus).map(move |cpu| (row, cpu)));
        for (row, cpu) in rows.skip(first).take(room) {
            let run = &model.contest.runs[model.order[row]];
            let selected = row == model.selected;
            let style = if selected { self.here() } else { Style::new() };
            put(
                self.buffer,
                area.x,
                self.y,
                &text::label(run, cpu, cpus),
                style,
            );
            let cells = gantt::row(run, CpuId(cpu), column);
            for (place, x) in (0..width).zip(area.x + LABEL..area.right()) {
                let cell = cells.get(place).copied().unwrap_or(Cell::Over);
                let style = match cell {
                    Cell::Runs(thread) => self.job(index(thread)),
                    Cell::Idle | Cell::Switching | Cell::Over => self.quiet(),
                };
                let style = match place == at {
                    true if selected => style.add_modifier(Modifier::REVERSED),
                    true => style.add_modifier(Modifier::UNDERLINED | Modifier::BOLD),
                    false => style,
                };
                put(self.buffer, x, self.y, &text::sign(cell).to_string(), style);
            }
            self.y += 1;
        }
        let mark = "▲";
        let axis = text::axis(column, model.contest.end(), width);
        put(self.buffer, area.x + LABEL, self.y, &axis, self.quiet());
        if let Ok(at) = u16::try_from(at) {
            put(
                self.buffer,
                (area.x + LABEL).saturating_add(at),
                self.y,
                mark,
                self.here(),
            );
        }
        self.y += 1;
    }

    /// What was decided at the cursor, and the policy's queues in as many lines as
    /// there is room for: what is left over shares the last.
    fn decision(&mut self, room: usize) {
        self.line(&self.model.decided(), self.here());
        let mut queues = self.model.queues();
        if queues.len() > room {
            let last = queues.split_off(room - 1).join(" · ");
            queues.push(last);
        }
        for queue in queues {
            self.line(&queue, Style::new());
        }
        self.y += 1;
    }

    /// As many rows of the table as there is room for.
    fn table(&mut self, room: usize) {
        let model = self.model;
        let [above, below] = table::headings();
        self.line(&above, self.quiet());
        let (x, y) = (self.buffer.area.x, self.y);
        self.line(&below, self.quiet());
        if let Some(column) = model.sorted_by {
            let before = |columns: &[table::Column]| -> usize {
                table::NAME + columns.iter().map(|column| column.cells).sum::<usize>()
            };
            let heading = COLUMNS[column].heading;
            let start = before(&COLUMNS[..=column]) - heading.width();
            let start = u16::try_from(start).expect("a table is no wider than a page");
            let style = self.here().add_modifier(Modifier::UNDERLINED);
            put(self.buffer, x + start, y, heading, style);
        }
        let rows = table::rows(&model.contest);
        let first = scroll(rows.len(), room, model.selected, 1);
        for (row, run) in model.order.iter().enumerate().skip(first).take(room) {
            let style = if row == model.selected {
                self.here()
            } else {
                Style::new()
            };
            self.line(&rows[*run], style);
        }
    }

    /// The line below.
    fn keys(&mut self) {
        let area = self.buffer.area;
        let y = area.bottom() - 1;
        self.buffer.set_style(
            Rect {
                y,
                height: 1,
                ..area
            },
            Style::reset(),
        );
        let blank = " ".repeat(area.width.into());
        put(self.buffer, area.x, y, &blank, Style::new());
        if let Some(message) = &self.model.message {
            put(self.buffer, area.x + 1, y, message, self.here());
            return;
        }
        let mut x = area.x + 1;
        for (key, does) in KEYS {
            let wide = u16::try_from(key.width() + 1 + does.width()).unwrap_or(u16::MAX);
            if x.saturating_add(wide) > area.right() {
                break;
            }
            let style = self.colour(Color::Cyan).add_modifier(Modifier::BOLD);
            x = put(self.buffer, x, y, key, style);
            x = put(self.buffer, x + 1, y, does, Style::new()) + 2;
        }
    }
}

/// The first of `all` lines to show in `room`, so that `lines` from `wanted` on
/// are shown, as far as there is room (2).
fn scroll(all: usize, room: usize, wanted: usize, lines: usize) -> usize {
    let end = (wanted + lines).min(all);
    end.saturating_sub(room).min(wanted)
}
