//! The checks on the learner's file: what `cargo run -- exercise check` runs.
#![forbid(unsafe_code)]

mod checks;
mod exercise;

use exercises::judge;
use std::process::ExitCode;

/// The exercise's name, as in `Cargo.toml`.
const NAME: &str = "channel";

fn main() -> ExitCode {
    let exercise = checks::subject!(exercise);
    judge::main(NAME, &checks::checks(), &[("exercise", exercise)])
}
