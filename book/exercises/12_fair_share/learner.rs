//! The checks on the learner's file: what `cargo run -- exercise check` runs.
#![forbid(unsafe_code)]

mod checks;
mod exercise;

use exercises::policies;
use exercises::scenario::NewPolicy;
use std::process::ExitCode;

/// The exercise's name, as in `Cargo.toml`.
const NAME: &str = "fair_share";

fn main() -> ExitCode {
    let exercise: NewPolicy = |given| Box::new(exercise::FairShare::new(given.quantum));
    policies::main(NAME, &checks::checks(), &[("exercise", exercise)])
}
