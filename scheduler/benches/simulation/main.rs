//! How fast policies are driven on paper.
//!
//! ```text
//! cargo bench -p scheduler --bench simulation [-- --quick] [-- --only NAME] [-- --page]
//! ```
//!
//! [`speed`]: dispatches per second, beside a plain simulator in Python;
//! [`size`]: a million jobs, their time and their memory.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts and nanoseconds of a few seconds, shown with four digits"
)]

#[path = "../shared/mod.rs"]
mod shared;
mod size;
mod speed;

use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    let groups = speed::groups().into_iter().chain(size::groups());
    shared::run("simulation", groups.collect(), size::child)
}

/// Runs `command`, and returns the figure that it prints.
///
/// # Errors
///
/// If it cannot be started, or prints no figure: what it says in its place.
fn figure(command: &mut Command) -> Result<f64, String> {
    let output = command.output().map_err(|error| {
        let program = command.get_program().display();
        format!("{program}: {error}")
    })?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim().parse().map_err(|_| {
        let complaint = String::from_utf8_lossy(&output.stderr);
        let last = complaint.trim().lines().last();
        last.unwrap_or("it printed no figure").to_owned()
    })
}
