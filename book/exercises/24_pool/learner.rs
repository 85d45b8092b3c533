//! The checks on the learner's file: what `cargo run -- exercise check` runs.
#![forbid(unsafe_code)]

mod checks;
mod exercise;

use checks::Map;
use exercises::judge;
use exercises::workers;
use std::process::ExitCode;

/// The exercise's name, as in `Cargo.toml`.
const NAME: &str = "pool";

fn main() -> ExitCode {
    workers::begin(); // a worker process gets no further
    let exercise: Map = exercise::map;
    judge::main(NAME, &checks::checks(), &[("exercise", exercise)])
}
