//! `compare`: the same work under every model of concurrency, measured.
//!
//! ```text
//!  plan: who does what, in which order
//!    │
//!    ▼            an order, JSON
//!  bench ─────────────────────────────► a process a measurement: the crate
//!    │   ◄───────────────────────────── `contenders`, or a script of Python's
//!    ▼            a sample, JSON
//!  results ──► table, bars, explain; json, svg, html; screen
//! ```
//!
//! Invariants: (1) Ctrl-C ends the measuring, and what was measured is shown and
//! written; (2) whoever cannot do a piece of work is told of, with the reason, and
//! the others go on; (3) answers that disagree are never shown as figures.
//!
//! Book: chapter 25.

mod app;
mod bars;
pub(crate) mod bench;
mod explain;
mod html;
mod json;
mod limits;
mod model;
mod plan;
pub(crate) mod python;
mod results;
mod runs;
mod scale;
mod screen;
mod show;
mod statistics;
mod svg;
mod table;

use crate::{
    children::groups::Groups,
    failure::{Code, Failure},
    files, lessons,
    signals::{self, Note},
    steps,
};
use bench::Bench;
use clap::Args;
use contenders::{Model, Workload};
use plan::Plan;
use results::Results;
use std::{
    env,
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
};

/// What to compare, and how to show it.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option that is there or not"
)]
#[derive(Args, Clone, Debug)]
pub(crate) struct Compare {
    /// A piece of work; may be repeated. Else all of them
    #[arg(long, value_enum, value_name = "NAME")]
    workload: Vec<Workload>,

    /// A model; may be repeated. Else all of them
    #[arg(long, value_enum, value_name = "NAME")]
    model: Vec<Model>,

    /// How often each is measured, after one run that does not count
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    runs: Option<u32>,

    /// How many units there are at a time, whatever the work
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    units: Option<u32>,

    /// Less of everything: a minute, and figures that are less sure
    #[arg(long)]
    quick: bool,

    /// More and more units, until each model breaks, and why; of idle connections,
    /// if no workload is named
    #[arg(long, conflicts_with_all = ["units", "explain", "svg", "html"])]
    scale: bool,

    /// Say of each model where its time went
    #[arg(long)]
    explain: bool,

    /// Print the tables at the end, instead of opening the screen
    #[arg(long)]
    plain: bool,

    /// Write every figure to a file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,

    /// Write the bars as a picture
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,

    /// Write pictures, tables and explanations as a page that needs nothing else
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,

    /// Measure the build without optimisation: sooner built, and of no use as a figure
    #[arg(long, hide = true)]
    unoptimised: bool,
}

/// Compares, and shows what came out.
///
/// # Errors
/// A file to write has no folder (73), the contenders do not compile (2), the system
/// refused (74), or a signal came (1).
pub(crate) fn run(asked: &Compare) -> Result<(), Failure> {
    for path in asked.files() {
        files::check_folder(path)?;
    }
    let checkout = lessons::checkout()?;
    let groups = Groups::default();
    let note = signals::watch(groups.clone())?;
    let bench = Bench::prepare(&checkout, asked.unoptimised, &groups, &note)?;
    let plan = Plan::of(asked, bench.cpus);
    if asked.scale {
        return scale(asked, &plan, &bench, &note);
    }
    let mut results = Results::new(&plan, bench.machine());
    let interrupted;
    if steps::is_screen() && !asked.plain {
        (results, interrupted) = app::run(&plan, &bench, &groups, &note, results);
    } else {
        let (mut progress, never) = (Progress::new(), AtomicBool::new(false));
        interrupted = runs::make(&plan, &bench, &note, &never, &mut results, |_, told| {
            progress.tell(told);
        });
        progress.clear();
    }
    drop(bench);
    if !results.has_samples() && interrupted.is_none() && !results.is_told() {
        let sentence = "it was left before anything was measured: there is nothing to show";
        writeln!(io::stderr(), "{sentence}")?;
    } else if results.has_samples() || interrupted.is_none() {
        let mut printed = Vec::new();
        show::write(&results, asked.explain, width(), &mut printed)?;
        io::stdout().lock().write_all(&printed)?;
        asked.write(&results)?;
    }
    match interrupted {
        Some(failure) => Err(failure),
        None => disagreement(&results),
    }
}

/// Compares with more and more units.
///
/// # Errors
/// The output or the file cannot be written, or a signal came.
fn scale(asked: &Compare, plan: &Plan, bench: &Bench, note: &Note) -> Result<(), Failure> {
    let mut progress = Progress::new();
    let runs = asked.runs.unwrap_or(1);
    let (scales, interrupted) = scale::make(plan, runs, bench, note, |told| progress.tell(told));
    progress.clear();
    let machine = bench.machine();
    let mut printed = Vec::new();
    scale::write(&scales, &machine, width(), &mut printed)?;
    io::stdout().lock().write_all(&printed)?;
    if let Some(path) = &asked.json {
        files::save_with(path, |file| scale::write_json(&scales, &machine, file))?;
    }
    interrupted.map_or(Ok(()), Err)
}

impl Compare {
    /// The files to write.
    fn files(&self) -> impl Iterator<Item = &Path> {
        [&self.json, &self.svg, &self.html]
            .into_iter()
            .flatten()
            .map(PathBuf::as_path)
    }

    /// Writes the files that were asked for.
    ///
    /// # Errors
    /// One of them cannot be written.
    fn write(&self, results: &Results) -> Result<(), Failure> {
        if let Some(path) = &self.json {
            files::save_with(path, |file| json::write(results, file))?;
        }
        if let Some(path) = &self.svg {
            files::save_with(path, |file| svg::write(results, file))?;
        }
        if let Some(path) = &self.html {
            files::save_with(path, |file| html::write(results, file))?;
        }
        Ok(())
    }
}

/// Fails if a model gave another answer than the others (3).
fn disagreement(results: &Results) -> Result<(), Failure> {
    match results.disagreement() {
        None => Ok(()),
        Some(sentence) => Err(Failure::new(Code::ProgramFailed, sentence)),
    }
}

/// How wide the page is.
fn width() -> usize {
    /// The narrowest page that the table fits on, and the widest.
    const NARROWEST: usize = 80;
    /// The widest page, whatever `COLUMNS` says.
    const WIDEST: usize = 1000;
    let columns = env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    columns.unwrap_or(NARROWEST).clamp(NARROWEST, WIDEST)
}

/// The line that says how far it is, for somebody who watches.
struct Progress {
    /// Whether somebody does.
    is_watched: bool,
}

impl Progress {
    /// None so far.
    fn new() -> Progress {
        let is_watched = io::stderr().is_terminal();
        Progress { is_watched }
    }

    /// Says how far it is, over what was said before.
    fn tell(&mut self, told: &str) {
        if self.is_watched {
            // Nothing can be done about a terminal that takes no text.
            let _ = write!(io::stderr(), "\r\x1b[K{told}");
        }
    }

    /// Takes the line away.
    fn clear(&mut self) {
        self.tell("");
    }
}
