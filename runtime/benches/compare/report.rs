//! The results: as a table in the terminal, as JSON, and as a page's table.

use crate::measure::{Measured, Row, Unit};
use serde::{Deserialize, Serialize};
use std::fmt::{self, Write};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A run of the bench.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    /// The command that made it.
    pub(crate) command: String,
    /// When, in UTC.
    pub(crate) date: String,
    /// On which machine.
    pub(crate) machine: String,
    /// The load averages of the machine, at the beginning and at the end.
    pub(crate) load: [String; 2],
    /// The results.
    pub(crate) rows: Vec<Row>,
}

impl Report {
    /// Where it is written to, and read from.
    pub(crate) fn path() -> PathBuf {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        folder.with_file_name("compare.json")
    }

    /// Writes it as JSON.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub(crate) fn save(&self) -> io::Result<()> {
        fs::write(Report::path(), serde_json::to_string_pretty(self)? + "\n")
    }

    /// Reads what the last run has written.
    ///
    /// # Errors
    ///
    /// If there was none, or if it was another version's.
    pub(crate) fn load() -> io::Result<Self> {
        Ok(serde_json::from_str(&fs::read_to_string(Report::path())?)?)
    }

    /// How many targets there are, and how many of them are reached.
    pub(crate) fn targets(&self) -> (usize, usize) {
        let verdicts: Vec<bool> = self
            .rows
            .iter()
            .flat_map(|row| row.measured.iter().filter_map(Measured::holds))
            .collect();
        (
            verdicts.len(),
            verdicts.iter().filter(|holds| **holds).count(),
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
            load,
            rows,
        } = self.0;
        writeln!(
            f,
            "Made by `{command}`, then `cargo bench -p runtime -- --page`, on {date}: {machine}; \
             load average {} to {}.\n",
            load[0], load[1]
        )?;
        let divider = ["---", "---:", "---", "---:", "---:", "---", "---"];
        let head = [HEAD, divider].map(|cells| cells.map(str::to_owned));
        for cells in head.into_iter().chain(rows.iter().flat_map(lines)) {
            writeln!(f, "| {} |", cells.join(" | "))?;
        }
        let (targets, reached) = self.0.targets();
        writeln!(f, "\n{reached} of {targets} targets hold.")?;
        for (peer, why) in rows.iter().flat_map(|row| &row.skipped) {
            writeln!(f, "Without {peer}: {why}.")?;
        }
        Ok(())
    }
}

/// The widths of the table's columns in the terminal.
const WIDTHS: [usize; 7] = [46, 11, 18, 11, 13, 8, 11];

/// The table's head.
pub(crate) const HEAD: [&str; 7] = ["work", "ours", "beside", "costs", "ratio", "target", ""];

/// The rows of the table for one piece of work: one for each peer.
pub(crate) fn lines(row: &Row) -> Vec<[String; 7]> {
    let Some((ours, peers)) = row.measured.split_first() else {
        return Vec::new();
    };
    let line = |index: usize, peer: &Measured| {
        let first = |text: String| if index == 0 { text } else { String::new() };
        [
            first(row.work.clone()),
            first(cost(row.unit, ours.cost)),
            peer.peer.clone(),
            cost(row.unit, peer.cost),
            format!("{:.2} ±{:.2}", peer.ratio, peer.spread),
            peer.target
                .map_or(String::new(), |target| format!("<= {target:.2}")),
            match peer.holds() {
                None => String::new(),
                Some(true) => "holds".to_owned(),
                Some(false) => "falls short".to_owned(),
            },
        ]
    };
    peers
        .iter()
        .enumerate()
        .map(|(index, peer)| line(index, peer))
        .collect()
}

/// A cost, with its unit.
fn cost(unit: Unit, cost: f64) -> String {
    match unit {
        Unit::Nanoseconds if cost >= 1_000.0 => format!("{:.2} µs", cost / 1_000.0),
        Unit::Nanoseconds => format!("{cost:.1} ns"),
        Unit::Bytes => format!("{cost:.0} B"),
        Unit::PerSecond => format!("{:.0} /s", 1e9 / cost),
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
