//! `exercise reset`: the skeleton again, and the learner's text kept beside it.
//!
//! Invariants: (1) nothing is written over before its copy is on the disk under
//! a name that was free; (2) nothing at all is written unless the learner said
//! yes.
//!
//! Book: "Exercises" in the introduction.

use super::catalog::{Exercise, unreadable, unwritable};
use super::progress::Progress;
use crate::failure::{Code, Failure};
use std::fs::{self, OpenOptions};
use std::io::{self, IsTerminal, Write};

/// Replaces the learner's file by the skeleton.
///
/// # Errors
/// Nobody can be asked; a file cannot be read or written.
pub(super) fn reset(
    exercise: &Exercise,
    yes: bool,
    progress: &mut Progress,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let (file, skeleton) = (exercise.file("exercise.rs"), exercise.file("skeleton.rs"));
    let begin = fs::read(&skeleton).map_err(|error| unreadable(&skeleton, &error))?;
    let written = match fs::read(&file) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(unreadable(&file, &error)),
    };
    if written.as_ref() == Some(&begin) {
        writeln!(
            out,
            "{} is the skeleton already.",
            exercise.shown("exercise.rs")
        )?;
        return progress.hinted(exercise, 0);
    }
    if let Some(text) = written {
        if !yes && !agreed(exercise)? {
            writeln!(out, "Nothing was changed.")?;
            return Ok(()); // (2)
        }
        let copy = keep(exercise, &text)?;
        writeln!(out, "What you wrote is kept in {}.", exercise.shown(&copy))?;
    }
    fs::write(&file, &begin).map_err(|error| unwritable(&file, &error))?;
    writeln!(
        out,
        "{} is the skeleton again.",
        exercise.shown("exercise.rs")
    )?;
    progress.begun_anew(exercise)
}

/// Asks whether to go on.
fn agreed(exercise: &Exercise) -> Result<bool, Failure> {
    if !io::stdin().is_terminal() {
        let sentence = format!(
            "there is nobody to ask whether {} may be replaced: say --yes",
            exercise.shown("exercise.rs")
        );
        return Err(Failure::new(Code::Usage, sentence));
    }
    let mut out = io::stdout().lock();
    write!(
        out,
        "Replace {} by the skeleton? What you wrote is kept beside it. [y/N] ",
        exercise.shown("exercise.rs")
    )?;
    out.flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes" | "Yes"))
}

/// Keeps `text` under the first free name, and returns that (1).
fn keep(exercise: &Exercise, text: &[u8]) -> Result<String, Failure> {
    for number in 1_u32.. {
        let name = format!("exercise.rs.{number}.bak");
        let path = exercise.file(&name);
        let copy = OpenOptions::new().write(true).create_new(true).open(&path);
        let written = match copy {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            Err(error) => Err(error),
            Ok(mut copy) => copy.write_all(text).and_then(|()| copy.sync_all()),
        };
        return match written {
            Ok(()) => Ok(name),
            Err(error) => Err(unwritable(&path, &error)),
        };
    }
    unreachable!("there are fewer files than numbers")
}
