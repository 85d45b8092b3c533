//! `cost`: what one more unit takes, as a task, a thread, a process, and Python's.
//!
//! ```text
//!  plan ──which, how many──► bench ──order──► units, a process a measurement
//!  limits: does it fit?        │
//!  results ◄──────samples──────┘
//!     └──► table, JSON
//! ```
//!
//! Invariants: (1) the kinds take turns, and each round begins with another one, so
//! that a busy moment hits all of them; (2) a kind goes as far as the machine bears,
//! and where it stops is told, with the limit; (3) Ctrl-C keeps what is measured.
//!
//! Left out: the curve of a program that has something to do. `21_cost` draws it.
//!
//! Book: chapter 17.

mod bench;
mod limits;
mod plan;
mod results;
mod table;

use crate::{
    children::groups::Groups,
    failure::Failure,
    files, lessons,
    signals::{self, Note},
};
use bench::Bench;
use clap::{
    Args,
    builder::{PossibleValuesParser, TypedValueParser},
};
use limits::Limits;
use plan::Plan;
use results::{Results, Stop};
use std::{
    io::{self, IsTerminal, Write},
    path::PathBuf,
};
use units::{Kind, Order};

/// What to measure.
#[derive(Args, Debug)]
pub(crate) struct Cost {
    /// One kind of unit alone; more than once for several
    #[arg(long, value_name = "KIND", value_parser = kinds())]
    kind: Vec<Kind>,

    /// At most so many units; otherwise 100,000, and 1,000 with --quick
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    most: Option<u32>,

    /// How many rounds, of which the median is told; otherwise 5, and 3 with --quick
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=99))]
    rounds: Option<u32>,

    /// How many seconds one measurement may take; otherwise 20, and 3 with --quick
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=3_600))]
    longest: Option<u32>,

    /// Fewer units, fewer rounds
    #[arg(long)]
    quick: bool,

    /// Write every figure to this file, too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,

    /// Measure what is built without optimisation: for tests
    #[arg(long, hide = true)]
    unoptimised: bool,
}

/// Reads a kind's word.
fn kinds() -> impl TypedValueParser<Value = Kind> {
    let of = |word: String| Kind::ALL.into_iter().find(|kind| kind.word() == word);
    PossibleValuesParser::new(Kind::ALL.map(Kind::word))
        .map(move |word| of(word).expect("no other word is possible"))
}

/// Measures, and tells.
///
/// # Errors
/// The program of the measurements does not compile; the file cannot be written; a
/// signal came.
pub(crate) fn run(asked: &Cost) -> Result<(), Failure> {
    if let Some(path) = &asked.json {
        files::check_folder(path)?;
    }
    let checkout = lessons::checkout()?;
    let groups = Groups::default();
    let note = signals::watch(groups.clone())?;
    let plan = Plan::new(asked);
    let bench = Bench::prepare(&checkout, asked.unoptimised, &groups, &note)?;
    let mut results = Results::new(plan.rounds, bench.machine());
    measure(&plan, &bench, &note, &mut results);
    let output = &mut io::stdout().lock();
    table::write(&results, output)?;
    output.flush()?;
    if let Some(path) = &asked.json {
        files::save_with(path, |file| {
            serde_json::to_writer_pretty(&mut *file, &results)?;
            writeln!(file)
        })?;
    }
    note.failure().map_or(Ok(()), Err) // (3)
}

/// Carries the plan out, until it is done or a signal comes.
fn measure(plan: &Plan, bench: &Bench, note: &Note, results: &mut Results) {
    let mut progress = Progress::new();
    for (count, mut kinds) in plan.steps() {
        kinds.retain(|kind| !kind.is_python() || bench.has_python());
        for round in 0..plan.rounds {
            for kind in plan::turns(&kinds, round) {
                if results.stopped(kind) {
                    continue;
                }
                let order = Order { kind, count };
                let last = results.last_before(order);
                let forbidden = match last {
                    Some((before, sample)) if round == 0 => {
                        Limits::now(plan.longest).forbid(before, &sample, order)
                    }
                    _ => None,
                };
                progress.say(order, round, plan.rounds);
                let measured = match forbidden {
                    Some(why) => Err(why),
                    None => bench.measure(order, plan.longest),
                };
                if note.failure().is_some() {
                    progress.clear();
                    return; // what was ended in the middle is no figure
                }
                match measured {
                    Ok(sample) => results.add(order, sample),
                    Err(why) => results.stop(Stop { kind, count, why }), // (2)
                }
            }
        }
    }
    progress.clear();
}

/// A line for whoever watches, and nothing for a file.
struct Progress {
    /// Whether somebody watches.
    is_watched: bool,
}

impl Progress {
    /// Nothing said yet.
    fn new() -> Progress {
        Progress {
            is_watched: io::stderr().is_terminal(),
        }
    }

    /// Says what is measured now, in place of what was said before.
    fn say(&mut self, order: Order, round: u32, rounds: u32) {
        let Order { kind, count } = order;
        let round = round + 1;
        self.write(format_args!(
            "\r\x1b[K{count} of each, round {round} of {rounds}: {kind} (Ctrl-C keeps what is done)"
        ));
    }

    /// Takes the line away.
    fn clear(&mut self) {
        self.write(format_args!("\r\x1b[K"));
    }

    /// Writes to whoever watches.
    fn write(&mut self, text: std::fmt::Arguments<'_>) {
        if self.is_watched {
            let mut terminal = io::stderr();
            // Nothing can be done about a terminal that takes no text.
            let _ = terminal.write_fmt(text).and_then(|()| terminal.flush());
        }
    }
}
