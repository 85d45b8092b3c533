//! The checks on the learner's file: what `cargo run -- exercise check` runs.
#![forbid(unsafe_code)]

mod checks;
mod exercise;

use exercises::judge;
use exercises::scenario::NewPolicy;
use std::process::ExitCode;

/// The exercise's name, as in `Cargo.toml`.
const NAME: &str = "round_robin";

fn main() -> ExitCode {
    let exercise: NewPolicy = |quantum| Box::new(exercise::RoundRobin::new(quantum));
    judge::main(NAME, &checks::checks(), &[("exercise", exercise)])
}
