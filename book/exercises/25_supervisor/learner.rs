//! The checks on the learner's file: what `cargo run -- exercise check` runs.
#![forbid(unsafe_code)]

mod checks;
mod exercise;

use checks::Supervise;
use exercises::judge;
use exercises::workers;
use std::process::ExitCode;

/// The exercise's name, as in `Cargo.toml`.
const NAME: &str = "supervisor";

fn main() -> ExitCode {
    workers::begin(); // a worker process gets no further
    let exercise: Supervise = exercise::supervise;
    judge::main(NAME, &checks::checks(), &[("exercise", exercise)])
}
