//! The checks on the learner's file: what `cargo run -- exercise check` runs.
#![forbid(unsafe_code)]

mod checks;
mod exercise;

use exercises::judge;
use scheduler::process;
use std::process::ExitCode;

/// The exercise's name, as in `Cargo.toml`.
const NAME: &str = "hybrid";

fn main() -> ExitCode {
    process::init!(exercise::worker); // a worker process gets no further
    let exercise = checks::subject!(exercise);
    judge::main(NAME, &checks::checks(), &[("exercise", exercise)])
}
