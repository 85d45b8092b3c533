//! `exercise`: lists the exercises, checks them, helps with them and grades them.
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
//! for a pass: only what its judge tells on a line of its own is.
//!
//! Book: "Exercises" in the introduction.

mod catalog;
mod child;
mod entrants;
mod grade;
mod hints;
mod next;
mod output;
mod progress;
mod reset;
mod run;
mod so_far;
mod solution;
mod stepping;
mod telling;
mod verify;
pub(crate) mod watch;
mod workshop;

use crate::failure::{Code, Failure};
use catalog::{Catalog, Exercise};
pub(crate) use entrants::Entrants;
use progress::Progress;
pub(crate) use so_far::{SoFar, stepped};
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use workshop::Workshop;

/// What can be done with exercises.
#[derive(Clone, Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// List the exercises, and which are done
    List,
    /// Show which exercise comes now, and how to begin it
    Next,
    /// Check what works: 0 passed, 1 failed, 2 does not compile
    Check {
        /// The exercise; the next one, if none is named
        name: Option<String>,
    },
    /// Check whenever you save: h hint, n next, r reset, s step, q quit
    Watch {
        /// The exercise; the next one, if none is named
        name: Option<String>,
    },
    /// Show the next hint
    Hint {
        /// The exercise; the next one, if none is named
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
    /// Show the solution of what you have done
    Solution {
        /// The exercise
        name: String,
        /// Show it although the exercise is not done; the list will say so
        #[arg(long)]
        give_up: bool,
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
    /// Give points, for people or for a grader: by part, the same every time
    Grade(grade::Asked),
    /// For authors: skeletons fail, solutions pass, mistakes are caught by name
    Verify {
        /// The exercises; all, if none is named
        names: Vec<String>,
        /// Try other random cases than the course's own
        #[arg(long, value_name = "N", default_value_t = 0)]
        seed: u64,
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
        Command::Next => next::tell(&catalog, &progress),
        Command::Check { name } => {
            let exercise = catalog.find(name.as_deref(), &progress)?;
            check(&catalog, exercise, &mut progress)
        }
        Command::Watch { name } => {
            let exercise = catalog.find(name.as_deref(), &progress)?;
            watch::watch(&catalog, exercise, &mut progress)
        }
        Command::Hint { name } => {
            let exercise = catalog.find(name.as_deref(), &progress)?;
            let (text, remembered) = hint_text(exercise, &mut progress)?;
            writeln!(io::stdout(), "{text}")?;
            remembered
        }
        Command::Reset { name, yes } => {
            let exercise = catalog.find(Some(name), &progress)?;
            reset::reset(exercise, *yes, &mut progress, &mut io::stdout())
        }
        Command::Solution { name, give_up } => {
            let exercise = catalog.find(Some(name), &progress)?;
            solution::show(exercise, *give_up, &mut progress)
        }
        Command::Step {
            name,
            workload,
            plain,
        } => stepping::step(name, workload, *plain),
        Command::Grade(asked) => grade::grade(&catalog, asked),
        Command::Verify { names, seed } => {
            let exercises: Vec<&Exercise> = if names.is_empty() {
                catalog.exercises.iter().collect()
            } else {
                let named = names.iter().map(|name| catalog.named(name));
                named.collect::<Result<_, _>>()?
            };
            verify::verify(&Workshop::open(&catalog.root)?, &catalog, &exercises, *seed)
        }
    }
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
    // That nothing can be remembered is said when there is something: a pass.
    let _ = progress.tried(exercise);
    if let Some(sentence) = next::missing(exercise, progress) {
        writeln!(io::stdout(), "{sentence}\n")?;
    }
    let program = build(&workshop, exercise)?;
    let run = workshop.judge(exercise, &program, "exercise", 0)?;
    telling::tell(&mut io::stdout().lock(), exercise, &run)?;
    if !run.passed() {
        return Err(Failure::new(Code::ProgramFailed, ""));
    }
    progress.pass(exercise)?;
    if let Some(next) = catalog.next(progress) {
        writeln!(
            io::stdout(),
            "Next: {} (cargo run -- exercise next)",
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

/// The hint after those that were shown; and whether that could be remembered.
fn hint_text(
    exercise: &Exercise,
    progress: &mut Progress,
) -> Result<(String, Result<(), Failure>), Failure> {
    let path = exercise.file("README.md");
    let text = fs::read_to_string(&path).map_err(|error| catalog::unreadable(&path, &error))?;
    let hints = hints::hints(&text);
    let Some(last) = hints.len().checked_sub(1) else {
        return Ok((format!("{} has no hints.", exercise.name), Ok(())));
    };
    let number = progress.hints(exercise).min(last);
    let (name, all) = (&exercise.name, hints.len());
    let mut told = format!("{name}, hint {} of {all}:\n\n{}", number + 1, hints[number]);
    if number == last {
        let readme = exercise.shown("README.md");
        told.extend(["\n\nThat was the last hint; ", &readme, " has the task."]);
    }
    Ok((told, progress.hinted(exercise, number + 1)))
}
