//! What every bench of this crate shares: options, rounds, and one table.
//!
//! A bench is a theme: a list of [`Group`]s, each of which measures a few rows.
//! [`run`] is the whole of its `main`. What a row is compared with is measured in
//! the same run, in turns with it (see [`rounds`]), so that whatever else the
//! machine does meanwhile slows both.
//!
//! Left out: Criterion, which measures one thing after the other.

mod figures;
mod machine;
mod options;
mod report;
pub(crate) mod rounds;

pub(crate) use figures::{Row, Target, Unit};

use clap::Parser;
use options::Options;
use report::{HEAD, Line, Page, Report, cells};
use std::process::ExitCode;

/// How much is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effort {
    /// As much as makes the medians steady.
    Full,
    /// As much as fits into two minutes, all themes together.
    Quick,
}

impl Effort {
    /// `full` in a full run, `quick` in a quick one.
    pub(crate) fn choose<T>(self, full: T, quick: T) -> T {
        match self {
            Effort::Full => full,
            Effort::Quick => quick,
        }
    }
}

/// Rows that are measured together.
pub(crate) struct Group {
    /// What `--only` looks at.
    pub(crate) name: String,
    /// Measures them; or says why it cannot.
    pub(crate) measure: Box<dyn Fn(Effort) -> Result<Vec<Row>, String>>,
}

impl Group {
    /// A group.
    pub(crate) fn new(
        name: impl Into<String>,
        measure: impl Fn(Effort) -> Result<Vec<Row>, String> + 'static,
    ) -> Group {
        Group {
            name: name.into(),
            measure: Box::new(measure),
        }
    }
}

/// Measures the groups of `theme`, as the command line wants it. A process that
/// was started for one measurement does that alone: `child` prints a figure for
/// the task that it is given.
pub(crate) fn run(
    theme: &'static str,
    groups: Vec<Group>,
    child: impl FnOnce(&str) -> Option<f64>,
) -> ExitCode {
    let options = Options::parse();
    if let Some(task) = &options.child {
        return match child(task) {
            Some(figure) => {
                println!("{figure}");
                ExitCode::SUCCESS
            }
            None => fail(&format!("a child of this bench has no task `{task}`")),
        };
    }
    if options.page {
        return match Report::load(theme) {
            Ok(report) => {
                print!("{}", Page(&report));
                ExitCode::SUCCESS
            }
            Err(error) => fail(&format!(
                "{}: {error}; run `cargo bench -p scheduler --bench {theme}` first",
                Report::path(theme).display()
            )),
        };
    }
    if options.list {
        for group in &groups {
            println!("{}", group.name);
        }
        return ExitCode::SUCCESS;
    }
    measure(theme, groups, &options)
}

/// Measures, prints the table row by row, and writes the results.
fn measure(theme: &'static str, mut groups: Vec<Group>, options: &Options) -> ExitCode {
    groups.retain(|group| options.wants(&group.name));
    if groups.is_empty() {
        // Every theme is given the same arguments: another one may have it.
        println!("{theme}: no row's name contains that; `--list` prints all names");
        return ExitCode::SUCCESS;
    }
    let effort = if options.quick {
        Effort::Quick
    } else {
        Effort::Full
    };
    println!("{}", Line(&HEAD));
    let mut report = Report::begin(theme, options.command(theme));
    for group in groups {
        match (group.measure)(effort) {
            Ok(rows) => {
                for row in &rows {
                    println!("{}", Line(&cells(row)));
                }
                report.rows.extend(rows);
            }
            Err(why) => {
                println!("  without {}: {why}", group.name);
                report.skipped.push((group.name, why));
            }
        }
    }
    report.end();
    println!("\n{theme}: {}\n", report.verdict());
    match report.save() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&format!("{}: {error}", Report::path(theme).display())),
    }
}

/// Says what is wrong.
fn fail(message: &str) -> ExitCode {
    eprintln!("error: {message}");
    ExitCode::FAILURE
}
