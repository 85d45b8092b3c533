//! The table of figures: a row a policy, the columns that one can sort by.
//!
//! Book: chapter 15.

use super::{contest::Contest, measures::Measures};

/// A column of the table.
#[derive(Debug)]
pub(super) struct Column {
    /// Its heading.
    pub(super) heading: &'static str,
    /// How many cells it takes, the space before it included.
    pub(super) cells: usize,
    /// How many decimals it shows at most.
    decimals: usize,
    /// Whether the larger number is the better.
    pub(super) larger_is_better: bool,
    /// The figure.
    pub(super) figure: fn(&Measures) -> f64,
}

/// How many cells the policies' names take.
pub(super) const NAME: usize = 8;

/// What is written over the first six columns, two by two.
pub(super) const GROUPS: [&str; 3] = ["turnaround ms", "response ms", "waiting ms"];

/// The columns, after the policy's name.
pub(super) const COLUMNS: [Column; 11] = [
    time("mean", 8, |it| it.turnaround.mean),
    time("max", 6, |it| it.turnaround.max),
    time("mean", 8, |it| it.response.mean),
    time("max", 6, |it| it.response.max),
    time("mean", 8, |it| it.waiting.mean),
    time("max", 6, |it| it.waiting.max),
    Column {
        heading: "done/s",
        cells: 7,
        decimals: 1,
        larger_is_better: true,
        figure: |it| it.throughput,
    },
    Column {
        heading: "Jain",
        cells: 5,
        decimals: 2,
        larger_is_better: true,
        figure: |it| it.fairness,
    },
    Column {
        heading: "late",
        cells: 5,
        decimals: 0,
        larger_is_better: false,
        figure: |it| whole(it.missed),
    },
    Column {
        heading: "switch",
        cells: 7,
        decimals: 0,
        larger_is_better: false,
        figure: |it| whole(it.switches),
    },
    Column {
        heading: "moved",
        cells: 6,
        decimals: 0,
        larger_is_better: false,
        figure: |it| whole(usize::try_from(it.migrations).unwrap_or(usize::MAX)),
    },
];

/// A column of times in ms.
const fn time(heading: &'static str, cells: usize, figure: fn(&Measures) -> f64) -> Column {
    Column {
        heading,
        cells,
        decimals: 2,
        larger_is_better: false,
        figure,
    }
}

/// A count as a figure.
fn whole(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

impl Column {
    /// The figures of all runs as text: with as many decimals as fit the
    /// largest, so that their points stand below each other.
    pub(super) fn texts(&self, contest: &Contest) -> Vec<String> {
        let figures = contest.runs.iter().map(|run| (self.figure)(&run.measures));
        let figures: Vec<f64> = figures.collect();
        let with = |decimals: usize| -> Vec<String> {
            let text = |figure: &f64| format!("{figure:.decimals$}");
            figures.iter().map(text).collect()
        };
        let fits = |texts: &Vec<String>| texts.iter().all(|text| text.len() < self.cells);
        let fixed = (0..=self.decimals).rev().map(with).find(fits);
        let powers = || figures.iter().map(|figure| format!("{figure:.0e}"));
        fixed.unwrap_or_else(|| powers().collect())
    }
}

/// The two lines over the figures.
pub(super) fn headings() -> [String; 2] {
    let mut above = " ".repeat(NAME);
    for (group, columns) in GROUPS.iter().zip(COLUMNS.chunks(2)) {
        let cells: usize = columns.iter().map(|column| column.cells).sum();
        above.extend([format!("{group:>cells$}")]);
    }
    let mut below = format!("{:NAME$}", "policy");
    for column in &COLUMNS {
        below.extend([format!("{:>1$}", column.heading, column.cells)]);
    }
    [above, below]
}

/// A line a run, in the order of the runs.
pub(super) fn rows(contest: &Contest) -> Vec<String> {
    let name = |run: &super::contest::Run| format!("{:NAME$}", run.label);
    let mut rows: Vec<String> = contest.runs.iter().map(name).collect();
    for column in &COLUMNS {
        for (row, text) in rows.iter_mut().zip(column.texts(contest)) {
            row.extend([format!("{text:>0$}", column.cells)]);
        }
    }
    rows
}
