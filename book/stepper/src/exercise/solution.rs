//! `exercise solution`: one that passes, for who has passed, or gives up.
//!
//! Invariant: (1) who gives up sees the solution only after it is written down
//! that they did.
//!
//! Left out: hiding the file. It stands beside the exercise, for who looks.
//!
//! Book: "Exercises" in the introduction.

use super::catalog::{Exercise, unreadable};
use super::progress::Progress;
use crate::failure::{Code, Failure};
use std::fs;
use std::io::{self, Write};

/// Prints the solution.
///
/// # Errors
/// The exercise is not done, and nobody gave up; the file cannot be read; or it
/// cannot be written down that somebody gave up.
pub(super) fn show(
    exercise: &Exercise,
    give_up: bool,
    progress: &mut Progress,
) -> Result<(), Failure> {
    let path = exercise.file("solution.rs");
    let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
    if !progress.is_over(&exercise.name) {
        if !give_up {
            let name = &exercise.name;
            let sentence = format!(
                "{name} is not done: `cargo run -- exercise hint {name}` helps; \
                 `cargo run -- exercise solution {name} --give-up` shows the solution, and the list will say so"
            );
            return Err(Failure::new(Code::Usage, sentence));
        }
        progress.gave_up(exercise)?; // (1)
    }
    let mut out = io::stdout().lock();
    writeln!(out, "// {}\n", exercise.shown("solution.rs"))?;
    out.write_all(text.as_bytes())?;
    Ok(())
}
