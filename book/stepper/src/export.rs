//! `export`: a run as a file, for Perfetto or for the book's pages.
//!
//! Runs what `step` would step, to its end, and writes what it has read.
//!
//! Invariants: (1) what there is of a program that failed, or was ended by
//! Ctrl-C, is written all the same, and the exit code says how it ended; (2) a
//! name that cannot be written is told before anything runs.
//!
//! Left out: the formats, which the library writes.
//!
//! Book: appendix "The stepper".

use crate::{
    children::groups::Groups,
    command_line::{OneSide, Step},
    failure::Failure,
    files,
    model::Model,
    plain, signals,
    subject::Subject,
};
use clap::{Args, ValueEnum};
use std::{
    ffi::OsString,
    io::{self, IsTerminal, Write},
    path::PathBuf,
};
use stepper::{
    Side,
    chrome::{self, Axis, Written},
};

/// What to export, and as what.
#[derive(Args, Debug)]
pub(crate) struct Export {
    /// A lesson (01, 1, `two_counters`), or a file that ends in .trace or .json
    #[arg(value_name = "LESSON|FILE", required_unless_present = "command")]
    subject: Option<String>,

    /// Any program that calls `env_logger::init()`: export -- COMMAND ARGUMENTS
    #[arg(last = true, value_name = "COMMAND", conflicts_with = "subject")]
    command: Vec<OsString>,

    /// What to write
    #[arg(long, value_enum, default_value = "chrome")]
    format: Format,

    /// Write to this file instead of the output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// What is drawn from left to right (chrome); the steps, where virtual time
    /// would draw every poll as nothing, else the time
    #[arg(long, value_enum)]
    axis: Option<Along>,

    /// Export one of the twins alone
    #[arg(long, value_name = "SIDE", conflicts_with = "command")]
    side: Option<OneSide>,

    /// Run the lesson on the real clock, its threads preempted by signal
    #[arg(long, requires = "subject", conflicts_with = "command")]
    real: bool,
}

/// A format.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Format {
    /// Chrome trace JSON, which Perfetto opens
    Chrome,
    /// The stepper's own, with the sources: `step FILE.json` reads it
    Json,
}

/// What is drawn from left to right.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Along {
    /// The clock of the loop or the scheduler
    Time,
    /// The steps, each as long as the others
    Steps,
}

/// Exports a run.
///
/// # Errors
/// It cannot be run or written, or what ran has failed (1).
pub(crate) fn run(asked: &Export) -> Result<(), Failure> {
    if let Some(path) = &asked.out {
        files::check_folder(path)?; // (2)
    }
    let step = Step {
        subject: asked.subject.clone(),
        command: asked.command.clone(),
        side: asked.side,
        real: asked.real,
        ..Step::default()
    };
    let subject = Subject::find(&step)?;
    let groups = Groups::default();
    let note = signals::watch(groups.clone())?;
    let opened = subject.open(&groups, false);
    // A signal while cargo was at work has ended cargo.
    let opened = opened.map_err(|failure| note.failure().unwrap_or(failure))?;
    let (mut twins, mut sources) = (opened.twins, opened.sources);
    let (heading, command) = (subject.heading(), subject.command());
    let mut model = Model::new(heading, command, opened.recordings, &[]);
    let asked_to_end = plain::wait(&mut model, &mut twins, &note)?;
    sources.fetch_all(&mut model);
    if (0..model.views.len()).any(|view| model.side(view).is_some()) {
        write(asked, &model)?;
    }
    match asked_to_end {
        Some(failure) => Err(failure),
        None => plain::verdict(&model),
    }
}

/// Writes what was read.
fn write(asked: &Export, model: &Model) -> Result<(), Failure> {
    let Some(path) = &asked.out else {
        let mut output = io::BufWriter::new(io::stdout().lock());
        write_to(asked, model, &mut output)?;
        output.flush()?;
        return Ok(());
    };
    let mut written = None;
    files::save_with(path, |file| {
        written = write_to(asked, model, file)?;
        Ok(())
    })?;
    if io::stderr().is_terminal() {
        let shown = path.display();
        let told = match written {
            Some(Written { events, units }) => format!(
                "{shown}: {events} events, {units} units. Open it on https://ui.perfetto.dev"
            ),
            None => format!("{shown}: cargo run -- step {shown}"),
        };
        // Nothing can be done about a terminal that takes no text.
        let _ = writeln!(io::stderr(), "{told}");
    }
    Ok(())
}

/// Writes it in the format that was asked for; says how much, if that is known.
fn write_to(asked: &Export, model: &Model, output: &mut impl Write) -> io::Result<Option<Written>> {
    if asked.format == Format::Json {
        files::write_json(&model.recordings, output)?;
        return Ok(None);
    }
    let sides: Vec<&Side> = (0..model.views.len())
        .filter_map(|view| model.side(view))
        .collect();
    let axis = match asked.axis {
        Some(Along::Time) => Axis::Time,
        Some(Along::Steps) => Axis::Steps,
        None => Axis::fitting(&sides),
    };
    chrome::write(&sides, axis, output).map(Some)
}
