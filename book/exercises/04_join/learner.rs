//! The checks on the learner's file: what `cargo run -- exercise check` runs.
#![forbid(unsafe_code)]

mod checks;
mod exercise;

use checks::NewJoin;
use exercises::judge;
use std::process::ExitCode;

/// The exercise's name, as in `Cargo.toml`.
const NAME: &str = "join";

fn main() -> ExitCode {
    let exercise: NewJoin = |first, second| Box::pin(exercise::join(first, second));
    judge::main(NAME, &checks::checks(), &[("exercise", exercise)])
}
