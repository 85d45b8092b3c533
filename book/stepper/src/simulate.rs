//! `simulate`: policies on one workload, beside each other.
//!
//! ```text
//!  classic, file ──► workload ──► contest: every policy on the same jobs
//!                                    │
//!               text, json, svg ◄────┴────► screen
//! ```
//!
//! Invariants: (1) whatever was asked ends, with a sentence if not with a
//! contest; (2) what is printed depends on the arguments and `COLUMNS` alone.
//!
//! Book: chapter 15.

mod app;
mod classic;
mod contest;
mod entrants;
mod file;
mod fluid;
mod gantt;
mod json;
mod length;
mod measures;
mod model;
mod screen;
mod svg;
mod table;
mod text;
mod watched;
mod workload;

use crate::{
    failure::{Code, Failure},
    steps,
};
use clap::Args;
use contest::Contest;
use entrants::ALL;
pub(crate) use length::Length;
use scheduler::policy::{CpuId, Queues, SHIPPED};
use serde::Deserialize;
use std::{
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};
use workload::Workload;

/// What to simulate, and how to show it.
#[derive(Args, Clone, Debug)]
pub(crate) struct Simulate {
    /// A file of jobs (FILE.toml), or one of convoy, interactive, silberschatz,
    /// silberschatz-rr, silberschatz-priority, stallings, ostep, shares,
    /// periodic, random
    #[arg(default_value = "convoy")]
    workload: String,

    /// A policy, or your own from an exercise (exercise:stride); may be repeated.
    /// Else all shipped ones that suit the workload
    #[arg(long, value_name = "POLICY", value_parser = entrants::Names)]
    policy: Vec<String>,

    /// How many CPUs there are
    #[arg(long, value_name = "N", value_parser = read_cpus, allow_negative_numbers = true)]
    cpus: Option<u32>,

    /// Whether all CPUs take from one run queue, or each from its own
    #[arg(long, value_enum, value_name = "QUEUES")]
    queues: Option<RunQueues>,

    /// How long a thread may run at a time: 3ms, 250us
    #[arg(long, value_name = "LENGTH", value_parser = read_quantum, allow_hyphen_values = true)]
    quantum: Option<Duration>,

    /// How long a CPU takes to switch to another thread
    #[arg(long, value_name = "LENGTH", allow_hyphen_values = true)]
    switch_cost: Option<Length>,

    /// What the random workload and a lottery's draws depend on
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = read_seed, allow_negative_numbers = true)]
    seed: u64,

    /// How to print it; else by the name of --out, or on a screen in a terminal
    #[arg(long, value_enum)]
    format: Option<Format>,

    /// Write it to a file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// The ways to print a contest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Charts and a table of text
    Text,
    /// Every figure, and every stay on a CPU
    Json,
    /// A picture
    Svg,
}

/// The run queues of several CPUs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RunQueues {
    /// One for all
    Shared,
    /// One for each, balanced
    PerCpu,
}

impl From<RunQueues> for Queues {
    fn from(queues: RunQueues) -> Queues {
        match queues {
            RunQueues::Shared => Queues::Shared,
            RunQueues::PerCpu => Queues::PerCpu,
        }
    }
}

/// Reads a seed.
fn read_seed(text: &str) -> Result<u64, String> {
    let wrong = |_| format!("write a whole number from 0 to {}", u64::MAX);
    text.parse().map_err(wrong)
}

/// Reads a number of CPUs.
fn read_cpus(text: &str) -> Result<u32, String> {
    let number = text.parse().map_err(|_| "write a number from 1 to 64");
    cpus(number?)
}

/// A number of CPUs that can be simulated, and seen.
fn cpus(number: u32) -> Result<u32, String> {
    match number {
        1..=64 => Ok(number),
        0 => Err("without a CPU no job ever ends: there are 1 to 64".to_owned()),
        _ => Err("there are 1 to 64 CPUs".to_owned()),
    }
}

/// Reads a quantum.
fn read_quantum(text: &str) -> Result<Duration, String> {
    quantum(text.parse()?)
}

/// A quantum in which something can be done.
fn quantum(length: Length) -> Result<Duration, String> {
    if length.0.is_zero() {
        return Err("in a quantum of 0 no thread gets anywhere".to_owned());
    }
    Ok(length.0)
}

/// Simulates, and prints or writes what came out.
///
/// # Errors
/// The file to write has a name of no format (64), there is no such workload
/// (66), a file holds none (65), it never ends (65), or what came out cannot be
/// written (73, 74).
pub(crate) fn run(asked: &Simulate) -> Result<(), Failure> {
    let format = match (asked.format, &asked.out) {
        (Some(format), _) => Some(format),
        (None, Some(path)) => Some(format_of(path)?),
        (None, None) => None,
    };
    let contest = contest(asked)?;
    if format.is_none() && steps::is_screen() {
        return app::run(contest);
    }
    let format = format.unwrap_or(Format::Text);
    let mut printed = Vec::new();
    print(&contest, format, &mut printed)?;
    match &asked.out {
        Some(path) => fs::write(path, printed).map_err(|error| {
            let sentence = format!("{} cannot be written: {error}", path.display());
            Failure::new(Code::NoOutput, sentence)
        }),
        None => Ok(io::stdout().lock().write_all(&printed)?),
    }
}

/// Finds the workload, sets what was asked for, and runs every policy on it.
fn contest(asked: &Simulate) -> Result<Contest, Failure> {
    let mut workload = Workload::find(&asked.workload, asked.seed)?;
    workload.cpus = asked.cpus.unwrap_or(workload.cpus);
    workload.queues = asked.queues.map_or(workload.queues, Queues::from);
    workload.quantum = asked.quantum.unwrap_or(workload.quantum);
    workload.switch_cost = asked
        .switch_cost
        .map_or(workload.switch_cost, |cost| cost.0);
    let only = workload.jobs.iter().filter_map(|job| job.affinity).max();
    if let Some(CpuId(only)) = only.filter(|only| only.0 >= workload.cpus) {
        let sentence = format!(
            "a job of {} may run on CPU {only} only: there must be {} CPUs",
            workload.name,
            only + 1
        );
        return Err(Failure::new(Code::Usage, sentence));
    }
    let wants_all = asked.policy.iter().any(|name| name == ALL);
    let mut policies: Vec<&str> = Vec::new();
    for name in asked.policy.iter().map(String::as_str) {
        if name != ALL && !policies.contains(&name) {
            policies.push(name);
        }
    }
    if policies.is_empty() || wants_all {
        let shipped = SHIPPED.iter().map(|shipped| shipped.name);
        policies = shipped
            .filter(|name| wants_all || workload.suits(name))
            .collect();
    }
    Contest::run(workload, &policies, asked.seed)
}

/// A workload, as the program of an exercise reads it.
///
/// # Errors
/// There is no such workload, or the file holds none.
pub(crate) fn written(name: &str) -> Result<exercises::answers::Workload, Failure> {
    let seed = 1;
    let workload = Workload::find(name, seed)?;
    Ok(entrants::written(&workload, workload.quantum, seed))
}

/// The format that a file's name asks for: text, if it has no ending.
///
/// # Errors
/// It ends like something that we do not write.
fn format_of(path: &Path) -> Result<Format, Failure> {
    match path.extension().map(|kind| kind.to_string_lossy()) {
        None => Ok(Format::Text),
        Some(kind) => match &*kind {
            "svg" => Ok(Format::Svg),
            "json" => Ok(Format::Json),
            "txt" | "text" => Ok(Format::Text),
            _ => {
                let sentence = format!(
                    "{}: nothing is written as .{kind}: end the name in .svg, .json or .txt, or add --format",
                    path.display()
                );
                Err(Failure::new(Code::Usage, sentence))
            }
        },
    }
}

/// Prints a contest.
fn print(contest: &Contest, format: Format, output: &mut Vec<u8>) -> io::Result<()> {
    match format {
        Format::Text => {
            let columns = env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
            let width = columns.unwrap_or(text::NARROWEST).min(WIDEST);
            text::write(contest, width, output)
        }
        Format::Json => json::write(contest, output),
        Format::Svg => svg::write(contest, output),
    }
}

/// The widest page, whatever `COLUMNS` says.
const WIDEST: usize = 1000;
