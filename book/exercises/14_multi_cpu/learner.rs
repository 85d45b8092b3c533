//! The checks on the learner's file: what `cargo run -- exercise check` runs.
#![forbid(unsafe_code)]

mod checks;
mod exercise;

use exercises::policies;
use exercises::scenario::NewPolicy;
use std::process::ExitCode;

/// The exercise's name, as in `Cargo.toml`.
const NAME: &str = "multi_cpu";

fn main() -> ExitCode {
    let exercise: NewPolicy = |given| {
        let interval = given.period_or(10);
        Box::new(exercise::MultiCpu::new(given.cpus, given.quantum, interval))
    };
    policies::main(NAME, &checks::checks(), &[("exercise", exercise)])
}
