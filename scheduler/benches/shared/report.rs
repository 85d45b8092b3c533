//! The results: as a table in the terminal, as JSON, and as a page's table.

use super::figures::{Figure, Row, Target, Unit};
use super::machine;
use serde::{Deserialize, Serialize};
use std::fmt::{self, Write};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A run of one theme.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    /// Which.
    theme: String,
    /// The command that made it.
    command: String,
    /// When, in UTC.
    date: String,
    /// On which machine.
    machine: String,
    /// The load averages of the machine, at the beginning and at the end.
    load: [String; 2],
    /// The results.
    pub(crate) rows: Vec<Row>,
    /// What could not be measured, and why.
    pub(crate) skipped: Vec<(String, String)>,
}

impl Report {
    /// A run that begins now.
    pub(crate) fn begin(theme: &str, command: String) -> Report {
        Report {
            theme: theme.to_owned(),
            command,
            date: machine::today(),
            machine: machine::describe(),
            load: [machine::load(), String::new()],
            rows: Vec::new(),
            skipped: Vec::new(),
        }
    }

    /// It ends now.
    pub(crate) fn end(&mut self) {
        self.load[1] = machine::load();
    }

    /// Where the results of `theme` are written to, and read from.
    pub(crate) fn path(theme: &str) -> PathBuf {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        folder.with_file_name(format!("scheduler_{theme}.json"))
    }

    /// Writes it as JSON.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub(crate) fn save(&self) -> io::Result<()> {
        let text = serde_json::to_string_pretty(self)? + "\n";
        fs::write(Report::path(&self.theme), text)
    }

    /// Reads what the last run of `theme` has written.
    ///
    /// # Errors
    ///
    /// If there was none, or if it was another version's.
    pub(crate) fn load(theme: &str) -> io::Result<Report> {
        Ok(serde_json::from_str(&fs::read_to_string(Report::path(
            theme,
        ))?)?)
    }

    /// How many targets hold, in words.
    pub(crate) fn verdict(&self) -> String {
        let verdicts: Vec<bool> = self.rows.iter().filter_map(Row::holds).collect();
        let hold = verdicts.iter().filter(|holds| **holds).count();
        let [before, after] = &self.load;
        format!(
            "{hold} of {} targets hold; load average {before} to {after}",
            verdicts.len()
        )
    }
}

/// A run's table as Markdown, with what one must know to judge it.
pub(crate) struct Page<'a>(pub(crate) &'a Report);

impl fmt::Display for Page<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report {
            command,
            date,
            machine,
            rows,
            skipped,
            ..
        } = self.0;
        writeln!(f, "Made by `{command}` on {date}: {machine}.\n")?;
        let divider = ["---", "---:", "---", "---:", "---:", "---", "---"];
        let head = [HEAD, divider].map(|cells| cells.map(str::to_owned));
        for cells in head.into_iter().chain(rows.iter().map(cells)) {
            writeln!(f, "| {} |", cells.join(" | "))?;
        }
        writeln!(f, "\n{}.", self.0.verdict())?;
        for (name, why) in skipped {
            writeln!(f, "Without {name}: {why}.")?;
        }
        Ok(())
    }
}

/// The widths of the table's columns in the terminal.
const WIDTHS: [usize; 7] = [46, 18, 46, 16, 15, 22, 11];

/// The table's head.
pub(crate) const HEAD: [&str; 7] = ["measure", "ours", "beside", "its", "times", "target", ""];

/// The cells of the table for one row.
pub(crate) fn cells(row: &Row) -> [String; 7] {
    let beside = row.beside.as_ref();
    let unit = row.unit;
    [
        row.measure.clone(),
        with_spread(unit, &row.ours),
        beside.map_or(String::new(), |beside| beside.name.clone()),
        beside.map_or(String::new(), |beside| figure(unit, beside.figure.median)),
        beside.map_or(String::new(), |beside| {
            let ratio = &beside.ratio;
            format!("{} ±{}", short(ratio.median), short(ratio.spread))
        }),
        match row.target {
            Target::AtMost(most) => format!("<= {}", figure(unit, most)),
            Target::AtLeast(least) => format!(">= {}", figure(unit, least)),
            Target::Near(goal, part) => {
                format!("{} ±{:.0}%", figure(unit, goal), part * 100.0)
            }
            Target::TimesAtMost(most) => format!("<= {} times", short(most)),
            Target::TimesAtLeast(least) => format!(">= {} times", short(least)),
            Target::None => String::new(),
        },
        match row.holds() {
            None => String::new(),
            Some(true) => "holds".to_owned(),
            Some(false) => "falls short".to_owned(),
        },
    ]
}

/// A figure with its unit.
fn figure(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Nanoseconds if value >= 1e9 => format!("{:.3} s", value / 1e9),
        Unit::Nanoseconds if value >= 1e6 => format!("{:.3} ms", value / 1e6),
        Unit::Nanoseconds if value >= 1e3 => format!("{:.2} µs", value / 1e3),
        Unit::Nanoseconds => format!("{value:.0} ns"),
        Unit::Part => format!("{:.2}%", value * 100.0),
        Unit::Index => format!("{value:.4}"),
        Unit::Count => format!("{value:.0}"),
        Unit::PerSecond => format!("{value:.0} /s"),
        Unit::Bytes if value >= 1e6 => format!("{:.1} MB", value / 1e6),
        Unit::Bytes => format!("{value:.0} B"),
    }
}

/// The same with its spread, in the unit that the median has.
fn with_spread(unit: Unit, of: &Figure) -> String {
    let text = figure(unit, of.median);
    if of.samples.len() < 2 {
        return text;
    }
    let spread = match of.median {
        median if unit == Unit::Nanoseconds && median >= 1e3 => {
            let part = format!("{:.1}%", 100.0 * of.spread / median);
            return format!("{text} ±{part}");
        }
        _ => figure(unit, of.spread),
    };
    let number = spread.split(' ').next().unwrap_or_default();
    format!("{text} ±{number}")
}

/// A ratio: three digits, or whole.
fn short(ratio: f64) -> String {
    match ratio {
        _ if ratio >= 100.0 => format!("{ratio:.0}"),
        _ if ratio >= 10.0 => format!("{ratio:.1}"),
        _ => format!("{ratio:.2}"),
    }
}

/// A line of the table in the terminal.
pub(crate) struct Line<'a, T>(pub(crate) &'a [T; 7]);

impl<T: AsRef<str>> fmt::Display for Line<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        for (index, (cell, width)) in self.0.iter().zip(WIDTHS).enumerate() {
            let cell = cell.as_ref();
            match index {
                1 | 3 | 4 => write!(text, "{cell:>width$}  ")?,
                _ => write!(text, "{cell:<width$}  ")?,
            }
        }
        f.write_str(text.trim_end())
    }
}
