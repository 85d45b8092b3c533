//! The table of one workload: a row for each contender.

use super::{
    explain::{self, float},
    results::{Row, Section},
};
use crate::words::wrapped;
use std::{
    fmt::Write as _,
    io::{self, Write},
};

/// The heads of the columns, in two lines, and how wide each is.
const COLUMNS: [(&str, &str, usize); 9] = [
    ("time", "ms", 6),
    ("±", "ms", 6),
    ("times", "best", 6),
    ("times", "faster", 7),
    ("CPU", "ms", 6),
    ("memory", "MB", 7),
    ("", "waits", 6),
    ("switches", "forced", 8),
    ("", "units", 6),
];
/// How wide the names are.
const NAME: usize = 22;

/// Writes what the work is, and the table.
///
/// # Errors
/// The output takes no more.
pub(super) fn write(section: &Section, width: usize, output: &mut impl Write) -> io::Result<()> {
    let title = explain::work(section);
    writeln!(output, "{}\n", wrapped(&title, width))?;
    for head in [0, 1] {
        let mut line = format!("{:NAME$}", "");
        for (upper, lower, wide) in COLUMNS {
            let text = if head == 0 { upper } else { lower };
            let _ = write!(line, "{text:>wide$}");
        }
        writeln!(output, "{}", line.trim_end())?;
    }
    for row in section.rows.iter().filter(|row| !row.samples.is_empty()) {
        let mut line = format!("{:NAME$}", row.order.model.title());
        for (cell, (_, _, wide)) in cells(section, row).iter().zip(COLUMNS) {
            let _ = write!(line, "{cell:>wide$}");
        }
        writeln!(output, "{}", line.trim_end())?;
    }
    Ok(())
}

/// The heads of the columns, each in a line.
pub(super) fn heads() -> impl Iterator<Item = String> {
    COLUMNS
        .map(|(upper, lower, _)| format!("{upper} {lower}").trim().to_owned())
        .into_iter()
}

/// The figures of a row, in the order of the columns.
pub(super) fn cells(section: &Section, row: &Row) -> [String; 9] {
    let wall = row.wall();
    let median = |figure: &dyn Fn(&contenders::Sample) -> f64| {
        row.summary(figure).map_or(f64::NAN, |it| it.median)
    };
    let wall_median = wall.map(|it| it.median);
    let best = section
        .ideal(row)
        .zip(wall_median)
        .map(|(ideal, wall)| wall / ideal);
    let ratio = |ratio: Option<f64>| match ratio {
        None => "–".to_owned(),
        Some(ratio) if ratio < 0.1 => format!("{ratio:.4}"),
        Some(ratio) if ratio < 99.5 => format!("{ratio:.2}"),
        Some(ratio) => format!("{ratio:.0}"),
    };
    [
        wall.map_or(String::new(), |it| ms(it.median)),
        wall.map_or(String::new(), |it| ms(it.spread)),
        ratio(best),
        ratio(section.gain(row)),
        ms(median(&|it| it.cpu)),
        format!("{:.1}", median(&|it| float(it.memory)) / 1e6),
        format!("{:.0}", median(&|it| float(it.waits))),
        format!("{:.0}", median(&|it| float(it.forced))),
        format!("{:.0}", median(&|it| f64::from(it.units))),
    ]
}

/// Seconds in ms, with the digits that count.
pub(super) fn ms(seconds: f64) -> String {
    let ms = seconds * 1e3;
    match ms {
        ..9.995 => format!("{ms:.2}"),
        ..999.5 => format!("{ms:.1}"),
        _ => format!("{ms:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::results::tests::section;
    use super::*;
    use contenders::{Model, Workload};

    #[test]
    fn the_table_has_a_row_for_each_who_has_figures_and_fits_80_columns() {
        let models: [(Model, &[f64]); 3] = [
            (Model::OneByOne, &[1.6, 1.6, 1.6]),
            (Model::Tasks, &[0.44, 0.4, 0.48]),
            (Model::Threads, &[]),
        ];
        let mut text = Vec::new();
        write(&section(Workload::Downloads, &models), 80, &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert!(
            lines.iter().all(|line| line.chars().count() <= 80),
            "{text}"
        );
        assert_eq!(
            lines[lines.len() - 4..],
            [
                "                        time     ± times  times   CPU memory      switches",
                "                          ms    ms  best faster    ms     MB waits  forced units",
                "one after another       1600  0.00  2.00   1.00  1600    5.0     0       0     2",
                "tasks                  440.0  20.0  1.10   3.64 440.0    5.0     0       0     2",
            ],
            "{text}"
        );
    }

    #[test]
    fn times_have_the_digits_that_count() {
        let shown = [0.000_021, 0.009_994, 0.123_45, 0.999_9, 12.3].map(ms);
        assert_eq!(shown, ["0.02", "9.99", "123.5", "1000", "12300"]);
    }
}
