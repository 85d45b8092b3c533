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
mod course;
mod drive;
mod exercise;
mod explore;
mod export;
mod failure;
mod files;
mod greeting;
mod keys;
mod laboratory;
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
mod words;

#[cfg(test)]
#[path = "../tests/common/mod.rs"]
mod common;

use command_line::Action;
use std::{
    io::{self, Write},
    process::ExitCode,
};
use subject::Subject;

fn main() -> ExitCode {
    let done = match command_line::read().action {
        None => greeting::run(),
        Some(Action::List) => course::list(),
        Some(Action::Exercise(command)) => exercise::run(&command),
        Some(Action::Choose(asked)) => choose::run(&asked),
        Some(Action::Compare(asked)) => compare::run(&asked),
        Some(Action::Cost(asked)) => cost::run(&asked),
        Some(Action::Export(asked)) => export::run(&asked),
        Some(Action::Simulate(asked)) => simulate::run(&asked),
        Some(Action::Drive(asked)) => drive::run(&asked),
        Some(Action::Explore(asked)) => explore::run(&asked),
        Some(Action::Laboratory(asked)) => laboratory::run(&asked),
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
