//! `laboratory`: a statement's machine instructions, and what comes of a stop at each.
//!
//! A program of its own runs the statement, preempted by the processor's trap flag after
//! exactly k instructions, for every k (`scheduler/examples/laboratory.rs`). What it met
//! and what came of it is drawn here: nothing is computed.
//!
//! ```text
//!  cargo build ──► child ──lines──► told ──► disassembly ──► table
//! ```
//!
//! Invariants: (1) on the same build the table is the same at every run; (2) where there
//! is no laboratory nothing is built, and the sentence says what it needs.
//!
//! Left out: programs of the learner's own. The example is theirs to edit.
//!
//! Book: chapter 18.

mod disassembly;
mod table;
mod told;

use crate::{
    children::{Piece, Program, Running, build, groups::Groups},
    failure::{Code, Failure},
    lessons, signals,
};
use clap::{Args, ValueEnum};
use scheduler::laboratory::Unavailable;
use std::{
    ffi::OsString,
    fs,
    io::{self, Write},
    path::Path,
    thread,
    time::Duration,
};
use told::Told;

/// The program's source, from the checkout's root.
const SOURCE: &str = "scheduler/examples/laboratory.rs";
/// How long to sleep when the program has told nothing.
const PAUSE: Duration = Duration::from_millis(2);

/// What to look at.
#[derive(Args, Debug)]
pub(crate) struct Laboratory {
    /// What two threads do
    #[arg(value_enum, default_value = "add")]
    program: Subject,

    /// Stop the first thread after so many instructions alone
    #[arg(long, value_name = "K")]
    after: Option<usize>,

    /// So often for each number of instructions
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    times: u32,

    /// As the compiler makes it when it optimises
    #[arg(long)]
    release: bool,
}

/// What two threads do.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Subject {
    /// `COUNTER += 1`, of a plain variable
    Add,
    /// An atomic's load, and then its store
    Apart,
    /// An atomic's `fetch_add`
    #[value(name = "at_once")]
    AtOnce,
}

impl Subject {
    /// As the program knows it.
    fn word(self) -> &'static str {
        match self {
            Subject::Add => "add",
            Subject::Apart => "apart",
            Subject::AtOnce => "at_once",
        }
    }
}

/// Runs the experiment, and prints its table.
///
/// # Errors
/// There is no laboratory here; the program does not compile, or fails; a signal.
pub(crate) fn run(asked: &Laboratory) -> Result<(), Failure> {
    if cfg!(not(all(target_os = "linux", target_arch = "x86_64"))) {
        let sentence = Unavailable::System.to_string(); // (2)
        return Err(Failure::new(Code::System, sentence));
    }
    let checkout = lessons::checkout()?;
    let groups = Groups::default();
    let note = signals::watch(groups.clone())?;
    // With no package named it is compiled as `cargo test` does it, and once for both.
    let options: &[&str] = if asked.release { &["--release"] } else { &[] };
    let built = build::build_of(&checkout, options, &["laboratory".to_owned()], &groups);
    let built = built.map_err(|failure| note.failure().unwrap_or(failure))?;
    let output = output(&built[0], asked, &checkout, &groups);
    let told = match (note.failure(), output) {
        (Some(failure), _) => return Err(failure),
        (None, output) => Told::read(&output?)?,
    };
    if let Some(after) = asked.after.filter(|&after| after >= told.stops.len()) {
        let last = told.stops.len().saturating_sub(1);
        let sentence = format!(
            "it is over after {last} instructions, so it cannot be stopped after {after}: \
             choose --after 0 to {last}"
        );
        return Err(Failure::new(Code::Usage, sentence));
    }
    let source = fs::read_to_string(checkout.join(SOURCE)).unwrap_or_default();
    let table = table::table(&told, &source, asked);
    io::stdout().lock().write_all(table.as_bytes())?;
    Ok(())
}

/// Runs the program to its end: what it wrote.
///
/// # Errors
/// It cannot be started, or it fails.
fn output(
    program: &Path,
    asked: &Laboratory,
    checkout: &Path,
    groups: &Groups,
) -> Result<String, Failure> {
    let mut command = vec![program.as_os_str().to_owned()];
    let words = [asked.program.word().to_owned(), asked.times.to_string()];
    let after = asked.after.map(|after| after.to_string());
    command.extend(words.into_iter().chain(after).map(OsString::from));
    let program = Program {
        command,
        folder: Some(checkout.to_owned()),
        takes_input: false,
        variables: vec![("RUST_LOG", "off".to_owned())],
    };
    let running = Running::start(&program, groups)?;
    let mut bytes = Vec::new();
    let status = loop {
        match running.next() {
            Some(Piece::Bytes(more)) => bytes.extend(more),
            Some(Piece::Over(status)) => break status,
            None => thread::sleep(PAUSE),
        }
    };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    if status.success() {
        return Ok(text);
    }
    let last = text.lines().last().unwrap_or("it does not say why");
    let sentence = format!("the experiment ended early ({status}): {last}");
    Err(Failure::new(Code::ProgramFailed, sentence))
}
