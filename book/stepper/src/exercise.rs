//! `exercise`: lists, checks, hints at, resets and verifies the exercises.
//!
//! An exercise is a folder of `book/exercises`; its checks are a program that
//! is built and run here, with limits, and asked for a report:
//!
//! ```text
//!  catalog ──► workshop: cargo builds the checks, a child runs them
//!  progress          │ report
//!                    ▼
//!               telling: what passes, and the first complaint
//! ```
//!
//! Invariants: (1) the learner's text is never lost: `reset` keeps it beside;
//! (2) nothing that the learner's code does, prints or leaves undone is taken
//! for a pass: only a report with this run's secret is.
//!
//! Book: "Exercises" in the introduction.

mod catalog;
mod child;
mod entrants;
mod hints;
mod output;
mod progress;
mod reset;
mod stepping;
mod telling;
mod verify;
mod workshop;

use crate::failure::{Code, Failure};
use catalog::{Catalog, Exercise};
pub(crate) use entrants::Entrants;
use progress::Progress;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use workshop::Workshop;

/// What can be done with exercises.
#[derive(Clone, Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List the exercises, and which are done
    List,
    /// Check what works: 0 passed, 1 failed, 2 does not compile
    Check {
        /// The exercise; the first that is not done, if none is named
        name: Option<String>,
    },
    /// Show the next hint
    Hint {
        /// The exercise; the first that is not done, if none is named
        name: Option<String>,
    },
    /// Begin anew; what was written is kept beside, as exercise.rs.N.bak
    Reset {
        /// The exercise
        name: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Step real threads under the policy that you wrote
    Step {
        /// The exercise
        name: String,
        /// What the threads do: a workload of `simulate`, or a file of jobs
        #[arg(default_value = "silberschatz-rr")]
        workload: String,
        /// Print what happened, a line a step, instead of opening the screen
        #[arg(long)]
        plain: bool,
    },
    /// For authors: skeletons fail, solutions pass, mistakes are caught by name
    Verify {
        /// The exercises; all, if none is named
        names: Vec<String>,
    },
}

/// Does what `command` says.
///
/// # Errors
/// With code 1 if checks fail, 2 if something does not compile, 64 if there is
/// no such exercise; else whatever the operating system refuses.
pub(crate) fn run(command: &Command) -> Result<(), Failure> {
    let catalog = Catalog::open()?;
    let mut progress = Progress::read(&catalog.root)?;
    match command {
        Command::List => list(&catalog, &progress),
        Command::Check { name } => {
            let exercise = catalog.find(name.as_deref(), &progress)?;
            check(&catalog, exercise, &mut progress)
        }
        Command::Hint { name } => {
            let exercise = catalog.find(name.as_deref(), &progress)?;
            hint(exercise, &mut progress)
        }
        Command::Reset { name, yes } => {
            let exercise = catalog.find(Some(name), &progress)?;
            reset::reset(exercise, *yes, &mut progress)
        }
        Command::Step {
            name,
            workload,
            plain,
        } => stepping::step(name, workload, *plain),
        Command::Verify { names } => {
            let exercises: Vec<&Exercise> = if names.is_empty() {
                catalog.exercises.iter().collect()
            } else {
                let named = names.iter().map(|name| catalog.find(Some(name), &progress));
                named.collect::<Result<_, _>>()?
            };
            verify::verify(&Workshop::open(&catalog.root)?, &catalog, &exercises)
        }
    }
}

/// One line an exercise under a heading, with what is done: for the list of
/// the whole course.
///
/// # Errors
/// The exercises cannot be read, or the output takes no more.
pub(crate) fn list_briefly(output: &mut impl Write) -> Result<(), Failure> {
    let catalog = Catalog::open()?;
    let progress = Progress::read(&catalog.root)?;
    let names = catalog.exercises.iter().map(|exercise| exercise.name.len());
    let widest = names.max().unwrap_or(0);
    writeln!(output, "\nExercises (cargo run -- exercise list):")?;
    for exercise in &catalog.exercises {
        writeln!(
            output,
            "{}  {:widest$}  {} ({})",
            exercise.number,
            exercise.name,
            exercise.about.title,
            progress.state(exercise)
        )?;
    }
    Ok(())
}

/// One line an exercise, in the order of the course.
fn list(catalog: &Catalog, progress: &Progress) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let names = catalog.exercises.iter().map(|exercise| exercise.name.len());
    let widest = names.max().unwrap_or(0).max("exercise".len());
    writeln!(out, "     {:widest$}  chapter  points  state", "exercise")?;
    for exercise in &catalog.exercises {
        let about = &exercise.about;
        writeln!(
            out,
            "{:>3}  {:widest$}  {:>7}  {:>6}  {}",
            exercise.number,
            exercise.name,
            about.chapter,
            about.points,
            progress.state(exercise)
        )?;
    }
    if let Some(next) = catalog.next(progress) {
        writeln!(
            out,
            "\nNext: {}: edit {}",
            next.about.title,
            next.shown("exercise.rs")
        )?;
        writeln!(out, "      cargo run -- exercise check {}", next.name)?;
    } else {
        writeln!(out, "\nAll done.")?;
    }
    Ok(())
}

/// Builds and runs the checks of one exercise, and remembers a pass.
fn check(catalog: &Catalog, exercise: &Exercise, progress: &mut Progress) -> Result<(), Failure> {
    let workshop = Workshop::open(&catalog.root)?;
    let program = build(&workshop, exercise)?;
    let run = workshop.judge(&program, "exercise", exercise.about.limit())?;
    let passed = telling::tell(&mut io::stdout().lock(), exercise, &run)?;
    if !passed {
        return Err(Failure::new(Code::ProgramFailed, ""));
    }
    progress.pass(exercise)?;
    if let Some(next) = catalog.next(progress) {
        writeln!(
            io::stdout(),
            "Next: {} (cargo run -- exercise check)",
            next.name
        )?;
    }
    Ok(())
}

/// Builds the checks on the learner's file, and says where they are.
///
/// # Errors
/// The file is not there, or does not compile.
fn build(workshop: &Workshop, exercise: &Exercise) -> Result<PathBuf, Failure> {
    if !exercise.file("exercise.rs").is_file() {
        let sentence = format!(
            "{} is not there: `cargo run -- exercise reset {}` brings the skeleton back",
            exercise.shown("exercise.rs"),
            exercise.name
        );
        return Err(Failure::new(Code::NoInput, sentence));
    }
    workshop.build(&exercise.name).map_err(|failure| {
        if failure.code != Code::BuildFailed as u8 {
            return failure;
        }
        let sentence = format!(
            "{} does not compile: mend what cargo says above, and check again",
            exercise.shown("exercise.rs")
        );
        Failure::new(Code::BuildFailed, sentence)
    })
}

/// Shows the hint after those that were shown.
fn hint(exercise: &Exercise, progress: &mut Progress) -> Result<(), Failure> {
    let path = exercise.file("README.md");
    let text = fs::read_to_string(&path).map_err(|error| catalog::unreadable(&path, &error))?;
    let hints = hints::hints(&text);
    let mut out = io::stdout().lock();
    let Some(last) = hints.len().checked_sub(1) else {
        writeln!(out, "{} has no hints.", exercise.name)?;
        return Ok(());
    };
    let number = progress.hints(exercise).min(last);
    writeln!(
        out,
        "{}, hint {} of {}:\n",
        exercise.name,
        number + 1,
        hints.len()
    )?;
    writeln!(out, "{}", hints[number])?;
    if number == last {
        writeln!(
            out,
            "\nThat was the last hint; {} has the task.",
            exercise.shown("README.md")
        )?;
    }
    progress.hinted(exercise, number + 1)
}
