//! The comparison as a picture: SVG, for a slide or a page.
//!
//! A bar for each contender up to its median, a line over its end from one quartile
//! to the other. Every bar carries a title that says what browsers show under the
//! pointer: where its time went.
//!
//! Invariants: (1) all text is escaped.
//!
//! Book: chapter 25.

use super::{
    bars::longest,
    explain,
    results::{Results, Row, Section},
    show,
    table::ms,
};
use crate::words::{escaped, wrapped};
use std::{
    fmt::Write as _,
    io::{self, Write},
};

/// The picture's width.
const WIDTH: f64 = 960.0;
/// Where bars begin, and how long the longest is.
const CHART: (f64, f64) = (200.0, 640.0);
/// A bar's height, with the space below it.
const ROW: f64 = 22.0;
/// A line of text.
const LINE: f64 = 18.0;
/// How many letters fit on a line.
const LETTERS: usize = 130;
/// The colours of ours and of Python's: told apart in print and by most eyes (Okabe
/// and Ito, 2008).
const COLOURS: [&str; 2] = ["#0072b2", "#e69f00"];

/// Writes the picture of everything.
///
/// # Errors
/// The output takes no more.
pub(super) fn write(results: &Results, output: &mut impl Write) -> io::Result<()> {
    let mut picture = Picture {
        body: String::new(),
        y: 20.0,
    };
    picture.paragraph(&show::conditions(&results.machine, results.runs));
    for section in &results.sections {
        picture.y += LINE;
        picture.paragraph(&explain::work(section));
        picture.bars(section);
    }
    writeln!(output, "{}", picture.framed())
}

/// The picture of one section, without its sentence: for a page that has it already.
pub(super) fn of_section(section: &Section) -> String {
    let mut picture = Picture {
        body: String::new(),
        y: 0.0,
    };
    picture.bars(section);
    picture.framed()
}

/// What has been drawn, and down to where.
struct Picture {
    /// The elements.
    body: String,
    /// The first free line.
    y: f64,
}

impl Picture {
    /// Text in as many lines as it takes.
    fn paragraph(&mut self, text: &str) {
        for line in text.lines().flat_map(|text| {
            let lines = wrapped(text, LETTERS);
            lines.lines().map(str::to_owned).collect::<Vec<_>>()
        }) {
            self.y += LINE;
            let (y, line) = (self.y - 4.0, escaped(&line));
            let _ = writeln!(self.body, "<text x=\"20\" y=\"{y}\">{line}</text>");
        }
    }

    /// A bar for each contender of a section; who has none says so.
    fn bars(&mut self, section: &Section) {
        let longest = longest(section);
        for row in &section.rows {
            self.bar(section, row, longest);
            self.y += ROW;
        }
    }

    /// One contender's name, bar and figure.
    fn bar(&mut self, section: &Section, row: &Row, longest: f64) {
        let (top, base) = (self.y + 3.0, self.y + 15.0);
        let name = escaped(row.order.model.title());
        let (left, room) = CHART;
        let _ = writeln!(
            self.body,
            "<text x=\"{}\" y=\"{base}\" text-anchor=\"end\">{name}</text>",
            left - 8.0
        );
        let Some(wall) = row.wall() else {
            let _ = writeln!(
                self.body,
                "<text x=\"{left}\" y=\"{base}\" fill-opacity=\"0.6\">no figures</text>"
            );
            return;
        };
        let long = |seconds: f64| (seconds.max(0.0) / longest * room).max(1.0);
        let colour = COLOURS[usize::from(row.order.model.script().is_some())];
        let told = escaped(&explain::row(section, row));
        let (from, to) = (
            long(wall.median - wall.spread),
            long(wall.median + wall.spread),
        );
        let middle = self.y + 10.5;
        let _ = writeln!(
            self.body,
            "<rect x=\"{left}\" y=\"{top}\" width=\"{:.1}\" height=\"15\" fill=\"{colour}\">\
             <title>{told}</title></rect>\n\
             <line x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{middle}\" y2=\"{middle}\" stroke=\"currentColor\" \
             stroke-width=\"2\"/>\n\
             <text x=\"{:.1}\" y=\"{base}\">{} ms</text>",
            long(wall.median),
            left + from,
            left + to,
            left + to + 6.0,
            ms(wall.median)
        );
    }

    /// The whole file.
    fn framed(&self) -> String {
        let height = self.y + 12.0;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
             viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" font-size=\"13\" \
             fill=\"currentColor\" role=\"img\">\n\
             <title>How long each model took</title>\n{}</svg>",
            self.body
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::results::{Machine, tests::section};
    use super::*;
    use contenders::{Model, Workload};

    #[test]
    fn bars_are_as_long_as_the_times_and_text_is_escaped() {
        let models: [(Model, &[f64]); 3] = [
            (Model::OneByOne, &[1.0]),
            (Model::PyThreads, &[0.25]),
            (Model::Threads, &[]),
        ];
        let results = Results {
            machine: Machine {
                processor: "<b>&\"".to_owned(),
                ..Machine::default()
            },
            runs: 1,
            sections: vec![section(Workload::Downloads, &models)],
        };
        let mut text = Vec::new();
        write(&results, &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let widths: Vec<&str> = text
            .split("<rect ")
            .skip(1)
            .filter_map(|rest| rest.split("width=\"").nth(1)?.split('"').next())
            .collect();
        assert_eq!(widths, ["640.0", "160.0"], "{text}");
        assert!(text.contains("&lt;b&gt;&amp;&quot;") && !text.contains("<b>"));
        assert!(text.contains("no figures"));
    }
}
