//! The contest as a picture: SVG, for a page or a slide.
//!
//! Written by hand, since it is rectangles and text. Every rectangle carries a
//! title that says who ran and when, which browsers show under the pointer.
//!
//! Invariants: (1) all text is escaped; (2) a row holds at most [`FINEST`]
//! rectangles, however long the simulation.
//!
//! Book: chapter 15.

use super::{
    contest::{Contest, Run},
    gantt::{self, Cell},
    measures::index,
    table::{COLUMNS, GROUPS},
    text,
    workload::Workload,
};
use crate::words::escaped;
use scheduler::{policy::CpuId, time::Time};
use std::{
    fmt::Write as _,
    io::{self, Write},
    time::Duration,
};

/// The columns of time that a row is drawn from.
const FINEST: usize = 3200;
/// The picture's width.
const WIDTH: usize = 960;
/// Where charts begin, and how wide they are.
const CHART: (usize, usize) = (110, 820);
/// A row's height, with the space below it.
const ROW: usize = 24;
/// The colours of the jobs: told apart in print and by most eyes (Okabe and Ito,
/// 2008, and lighter ones of the same hues).
const COLOURS: [&str; 12] = [
    "#56b4e9", "#e69f00", "#009e73", "#f0e442", "#cc79a7", "#d55e00", "#0072b2", "#a6d8f5",
    "#f6cf80", "#80cfb9", "#e6bcd3", "#999999",
];

/// Writes the picture.
///
/// # Errors
/// The output takes no more.
pub(super) fn write(contest: &Contest, output: &mut impl Write) -> io::Result<()> {
    let mut picture = Picture::default();
    picture.heading(&contest.workload);
    picture.charts(contest);
    picture.table(contest);
    writeln!(
        output,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
         viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" font-size=\"13\">\n\
         <title>{title}</title>\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/>\n{body}</svg>",
        height = picture.y + 20,
        title = escaped(&contest.workload.name),
        body = picture.body
    )
}

/// What has been drawn, and down to where.
#[derive(Debug, Default)]
struct Picture {
    /// The elements.
    body: String,
    /// The first free line.
    y: usize,
}

impl Picture {
    /// Text at a place, with further attributes.
    fn text(&mut self, x: usize, y: usize, attributes: &str, text: &str) {
        let text = escaped(text);
        let _ = writeln!(
            self.body,
            "<text x=\"{x}\" y=\"{y}\" {attributes}>{text}</text>"
        );
    }

    /// The title, the conditions, and whose colour is whose.
    fn heading(&mut self, workload: &Workload) {
        self.text(
            20,
            32,
            "font-size=\"18\" font-weight=\"bold\"",
            &workload.name,
        );
        self.text(20, 54, "fill=\"#444444\"", &workload.title);
        self.text(20, 74, "fill=\"#444444\"", &text::conditions(workload));
        self.y = 90;
        let mut x = 20;
        let colours = COLOURS.len();
        for (job, colour) in COLOURS.iter().enumerate().take(workload.names.len()) {
            let name = text::named(workload, job, 20);
            let wide = 40 + name.chars().count() * 9;
            if x + wide > WIDTH - 20 {
                x = 20;
                self.y += 22;
            }
            let y = self.y;
            let _ = writeln!(
                self.body,
                "<rect x=\"{x}\" y=\"{y}\" width=\"16\" height=\"16\" fill=\"{colour}\"/>"
            );
            self.text(x + 22, y + 13, "", &name);
            x += wide;
        }
        if workload.names.len() > colours {
            let more = format!(
                "… and {} more, in the same colours again",
                workload.names.len() - colours
            );
            self.y += 22;
            self.text(20, self.y + 13, "fill=\"#444444\"", &more);
        }
        self.y += 36;
    }

    /// A row a CPU and policy, and the times below.
    fn charts(&mut self, contest: &Contest) {
        let column = gantt::column(contest, FINEST);
        let end = contest.end();
        let top = self.y;
        for run in &contest.runs {
            for cpu in 0..contest.workload.cpus {
                let label = match cpu {
                    0 => run.label.as_str(),
                    _ => "",
                };
                self.text(20, self.y + 15, "font-weight=\"bold\"", label);
                if contest.workload.cpus > 1 {
                    let attributes = "text-anchor=\"end\" fill=\"#777777\"";
                    self.text(CHART.0 - 6, self.y + 15, attributes, &cpu.to_string());
                }
                self.row(&contest.workload, run, CpuId(cpu), column, end);
                self.y += ROW;
            }
            self.y += 4;
        }
        let bottom = self.y;
        let apart = (FINEST / 10) as u64;
        for (_, time) in gantt::ticks(gantt_unit(end), end, apart) {
            let x = place(time, end);
            let _ = writeln!(
                self.body,
                "<line x1=\"{x:.2}\" y1=\"{top}\" x2=\"{x:.2}\" y2=\"{bottom}\" \
                 stroke=\"#000000\" stroke-opacity=\"0.15\"/>\n\
                 <text x=\"{x:.2}\" y=\"{}\" text-anchor=\"middle\" fill=\"#444444\">{}</text>",
                bottom + 16,
                stepper::time::show(time.as_nanos())
            );
        }
        self.y = bottom + 44;
    }

    /// One CPU under one policy: a rectangle a stay.
    fn row(&mut self, workload: &Workload, run: &Run, cpu: CpuId, column: Duration, end: Time) {
        let cells = gantt::row(run, cpu, column);
        let mut start = Time::ZERO;
        for stay in cells.chunk_by(|one, other| one == other) {
            let columns = u32::try_from(stay.len()).expect("there are few columns");
            let stop = (start + column * columns).min(run.outcome.end());
            let (left, right) = (place(start, end), place(stop, end));
            let (fill, what) = match stay[0] {
                Cell::Runs(thread) => {
                    let job = index(thread);
                    (COLOURS[job % COLOURS.len()], workload.names[job].as_str())
                }
                Cell::Switching => ("#333333", "switching"),
                Cell::Idle | Cell::Over => ("#eeeeee", "idle"),
            };
            let title = format!(
                "{}: {what}, {} to {}",
                run.policy,
                stepper::time::show(start.as_nanos()),
                stepper::time::show(stop.as_nanos())
            );
            let _ = writeln!(
                self.body,
                "<rect x=\"{left:.2}\" y=\"{}\" width=\"{:.2}\" height=\"20\" fill=\"{fill}\" \
                 stroke=\"#ffffff\" stroke-width=\"0.5\"><title>{}</title></rect>",
                self.y,
                right - left,
                escaped(&title)
            );
            if let Cell::Runs(thread) = stay[0]
                && right - left >= 14.0
            {
                let sign = Workload::sign(index(thread)).to_string();
                let middle = left.midpoint(right);
                let _ = writeln!(
                    self.body,
                    "<text x=\"{middle:.2}\" y=\"{}\" text-anchor=\"middle\" font-size=\"12\" \
                     pointer-events=\"none\">{sign}</text>",
                    self.y + 15
                );
            }
            start = stop;
        }
    }

    /// The figures, the best of each column bold.
    fn table(&mut self, contest: &Contest) {
        let rights: Vec<usize> = (0..COLUMNS.len()).map(|column| 190 + 74 * column).collect();
        let quiet = "text-anchor=\"end\" fill=\"#444444\"";
        for (group, right) in GROUPS.iter().zip(rights.iter().skip(1).step_by(2)) {
            self.text(*right, self.y, quiet, group);
        }
        self.y += 20;
        self.text(20, self.y, "fill=\"#444444\"", "policy");
        for (column, right) in COLUMNS.iter().zip(&rights) {
            self.text(*right, self.y, quiet, column.heading);
        }
        let (line, edge) = (self.y + 7, WIDTH - 30);
        let _ = writeln!(
            self.body,
            "<line x1=\"20\" y1=\"{line}\" x2=\"{edge}\" y2=\"{line}\" stroke=\"#999999\"/>"
        );
        self.y += 26;
        let top = self.y;
        for (row, run) in contest.runs.iter().enumerate() {
            self.text(20, top + row * 20, "font-weight=\"bold\"", &run.label);
        }
        for (column, right) in COLUMNS.iter().zip(&rights) {
            let better = |one: f64, other: f64| {
                if column.larger_is_better {
                    one.max(other)
                } else {
                    one.min(other)
                }
            };
            let figures = || {
                contest
                    .runs
                    .iter()
                    .map(|run| (column.figure)(&run.measures))
            };
            let best = figures().reduce(better);
            let alike = figures().all(|figure| Some(figure) == best);
            for (row, (text, figure)) in column.texts(contest).iter().zip(figures()).enumerate() {
                let attributes = if Some(figure) == best && !alike {
                    "text-anchor=\"end\" font-weight=\"bold\""
                } else {
                    "text-anchor=\"end\""
                };
                self.text(*right, top + row * 20, attributes, text);
            }
        }
        self.y = top + contest.runs.len() * 20;
    }
}

/// How much time a column would stand for, were the chart [`FINEST`] wide.
fn gantt_unit(end: Time) -> Duration {
    Duration::from_nanos(end.as_nanos().div_ceil(FINEST as u64).max(1))
}

/// Where an instant stands on the chart, whose right edge is `end`.
fn place(time: Time, end: Time) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a hundredth of a pixel is exact enough"
    )]
    let part = time.as_nanos() as f64 / end.as_nanos().max(1) as f64;
    #[expect(clippy::cast_precision_loss, reason = "both are small")]
    let (left, wide) = (CHART.0 as f64, CHART.1 as f64);
    left + part * wide
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_never_becomes_markup() {
        assert_eq!(
            escaped("a<b>&\"c\"\u{1b}"),
            "a&lt;b&gt;&amp;&quot;c&quot;\u{fffd}"
        );
    }
}
