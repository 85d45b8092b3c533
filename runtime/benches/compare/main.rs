//! Our loop beside those that people use: one run, one table.
//!
//! ```text
//! cargo bench -p runtime [-- --quick] [-- --only NAME] [-- --page]
//! ```
//!
//! [`work`] has what is done, a file for each kind of work; [`peers`] who does
//! it; [`measure`] how the peers take turns; [`report`] what is shown of it.
//!
//! Left out: Criterion, which measures one thing after the other. On a machine
//! that does something else meanwhile a ratio of two such figures says little.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts and nanoseconds of a few seconds, shown with four digits"
)]

mod child;
mod load;
mod machine;
mod measure;
mod options;
mod peers;
mod python;
mod report;
mod stopwatch;
mod work;

use clap::Parser;
use options::Options;
use report::{HEAD, Line, Page, Report, lines};
use std::process::ExitCode;
use work::Effort;

fn main() -> ExitCode {
    let options = Options::parse();
    if let Some(task) = &options.child {
        return match child::run(task) {
            Some(figure) => {
                println!("{figure}");
                ExitCode::SUCCESS
            }
            None => fail(&format!("a child of this bench has no task `{task}`")),
        };
    }
    if options.page {
        return match Report::load() {
            Ok(report) => {
                print!("{}", Page(&report));
                ExitCode::SUCCESS
            }
            Err(error) => fail(&format!(
                "{}: {error}; run `cargo bench -p runtime` first",
                Report::path().display()
            )),
        };
    }
    let effort = if options.quick {
        Effort::Quick
    } else {
        Effort::Full
    };
    let mut works = work::works(effort);
    works.retain(|work| options.wants(work.name));
    if works.is_empty() {
        return fail("no row's name contains that: `--list` prints all names");
    }
    if options.list {
        for work in &works {
            println!("{}", work.name);
        }
        return ExitCode::SUCCESS;
    }
    println!("{}", Line(&HEAD));
    let mut report = Report {
        command: options.command(),
        date: machine::today(),
        machine: machine::describe(),
        load: [machine::load(), String::new()],
        rows: Vec::new(),
    };
    for work in works {
        let row = work.measure();
        for line in lines(&row) {
            println!("{}", Line(&line));
        }
        for (peer, why) in &row.skipped {
            println!("  without {peer}: {why}");
        }
        report.rows.push(row);
    }
    report.load[1] = machine::load();
    let (targets, reached) = report.targets();
    println!(
        "\n{reached} of {targets} targets hold; load average {} to {}",
        report.load[0], report.load[1]
    );
    match report.save() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&format!("{}: {error}", Report::path().display())),
    }
}

/// Says what is wrong.
fn fail(message: &str) -> ExitCode {
    eprintln!("error: {message}");
    ExitCode::FAILURE
}
