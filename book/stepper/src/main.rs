//! The program behind `cargo run`: steps a program under both models.
//!
//! Reads the command line, does what it asks for, and turns a failure into a
//! sentence and an exit code. The library beside it (`stepper`) reads traces;
//! here are the processes, the terminal and the screen:
//!
//! ```text
//!  command_line ──► subject ──► children ──bytes──► recording
//!                  (lessons,                           │
//!                   files)                             ▼
//!  terminal ◄── screen ◄────────────────────────────  model ◄── keys, mouse
//! ```
//!
//! Book: appendix "The stepper".

mod app;
mod children;
mod choose;
mod command_line;
mod compare;
mod cost;
mod drive;
mod exercise;
mod explore;
mod export;
mod failure;
mod files;
mod keys;
mod lessons;
mod model;
mod mouse;
mod nearest;
mod plain;
mod recording;
mod replay;
mod screen;
mod signals;
mod simulate;
mod sources;
mod steps;
mod subject;
mod terminal;

#[cfg(test)]
#[path = "../tests/common/mod.rs"]
mod common;

use command_line::Action;
use failure::Failure;
use std::{
    io::{self, Write},
    process::ExitCode,
};
use subject::Subject;

fn main() -> ExitCode {
    let done = match command_line::read().action {
        None => Subject::first_lesson()
            .and_then(|lesson| steps::run(&lesson, &command_line::Step::default())),
        Some(Action::List) => list(),
        Some(Action::Exercise(command)) => exercise::run(&command),
        Some(Action::Choose(asked)) => choose::run(&asked),
        Some(Action::Compare(asked)) => compare::run(&asked),
        Some(Action::Cost(asked)) => cost::run(&asked),
        Some(Action::Export(asked)) => export::run(&asked),
        Some(Action::Simulate(asked)) => simulate::run(&asked),
        Some(Action::Drive(asked)) => drive::run(&asked),
        Some(Action::Explore(asked)) => explore::run(&asked),
        Some(Action::Step(step)) => {
            Subject::find(&step).and_then(|subject| steps::run(&subject, &step))
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.sentence.is_empty() {
                // Nothing can be done about a terminal that takes no text.
                let _ = writeln!(io::stderr(), "sidestep: {failure}");
            }
            ExitCode::from(failure.code)
        }
    }
}

/// Prints the lessons, then the exercises, a line each.
fn list() -> Result<(), Failure> {
    let lessons = lessons::all(&lessons::checkout()?)?;
    let widest = lessons
        .iter()
        .map(|lesson| lesson.topic.len())
        .max()
        .unwrap_or(0);
    let mut output = io::stdout().lock();
    for lesson in &lessons {
        writeln!(
            output,
            "{}  {:widest$}  {}",
            lesson.number, lesson.topic, lesson.title
        )?;
    }
    exercise::list_briefly(&mut output)?;
    writeln!(
        output,
        "\ncargo run -- step {}",
        lessons.first().map_or("LESSON", |it| &it.number)
    )?;
    Ok(())
}
