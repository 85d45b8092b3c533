//! Bars: how long each contender took, with the spread, as text.
//!
//! `█` up to the first quartile, `▒` from there to the third: half of the runs ended
//! in the shaded part. What is longer than the page is `…`.

use super::{
    results::{Row, Section},
    table::ms,
};
use std::io::{self, Write};

/// How wide the names are, and the figures behind the bars.
const BESIDE: usize = 23 + 9;

/// Writes a bar for each contender that has a figure.
///
/// # Errors
/// The output takes no more.
pub(super) fn write(section: &Section, width: usize, output: &mut impl Write) -> io::Result<()> {
    let longest = longest(section);
    let room = width.saturating_sub(BESIDE).max(10);
    for row in &section.rows {
        let Some(wall) = row.wall() else {
            continue;
        };
        let (name, bar) = (row.order.model.title(), bar(row, longest, room));
        writeln!(output, "{name:23}{bar} {} ms", ms(wall.median))?;
    }
    Ok(())
}

/// The longest time in a section, spread included, in seconds.
pub(super) fn longest(section: &Section) -> f64 {
    let ends = section.rows.iter().filter_map(Row::wall);
    ends.map(|wall| wall.median + wall.spread)
        .fold(0.0, f64::max)
}

/// A row's bar, in as many cells as its time is of the longest's `room`.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "cells of a page"
)]
pub(super) fn bar(row: &Row, longest: f64, room: usize) -> String {
    let Some(wall) = row.wall() else {
        return String::new();
    };
    let cells = |seconds: f64| (seconds.max(0.0) / longest * room as f64).round() as usize;
    let whole = cells(wall.median - wall.spread).max(1);
    let shaded = cells(wall.median + wall.spread).saturating_sub(whole);
    "█".repeat(whole) + &"▒".repeat(shaded)
}

#[cfg(test)]
mod tests {
    use super::super::results::tests::section;
    use super::*;
    use contenders::{Model, Workload};

    #[test]
    fn the_longest_fills_the_page_and_the_spread_is_shaded() {
        let models: [(Model, &[f64]); 3] = [
            (Model::OneByOne, &[0.8, 0.9, 1.0, 0.9, 0.7]), // quartiles 0.8 and 0.9
            (Model::Tasks, &[0.45]),
            (Model::Threads, &[0.000_1]),
        ];
        let section = section(Workload::Downloads, &models);
        let mut text = Vec::new();
        write(&section, 32 + 19, &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let bars: Vec<&str> = text
            .lines()
            .map(|line| {
                line.split_whitespace()
                    .find(|it| it.starts_with('█'))
                    .unwrap()
            })
            .collect();
        assert_eq!(bars, ["█████████████████▒▒", "█████████", "█"], "{text}");
    }
}
