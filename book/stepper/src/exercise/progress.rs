//! What a learner has done: one small file at the root of the checkout.
//!
//! ```toml
//! last = "02_queue"
//! lessons = ["01_two_counters"]
//!
//! [round_robin]
//! passed = "5d1c4b0f0a6e3c21"
//! hints = 1
//! ```
//!
//! Invariants: (1) what passed once stays done; `passed` names the version of
//! the checks, so that a later one can be told; (2) the file is replaced as a
//! whole, so no interruption leaves half of it; (3) what this version of the
//! course does not know, exercises and entries, is kept.
//!
//! Left out: points and times. Grading is for a machine that the learner does
//! not edit.
//!
//! Book: "Exercises" in the introduction.

use super::catalog::{Exercise, unreadable, unwritable};
use crate::failure::Failure;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The file's name. It is not for git: `.gitignore` lists it.
const FILE: &str = ".sidestep-progress.toml";

/// What the file begins with.
const HEADER: &str = "# What `cargo run` remembers. Delete this file to begin anew.\n\n";

/// All that was done.
#[derive(Debug)]
pub(super) struct Progress {
    /// Where it is kept.
    path: PathBuf,
    /// What is kept.
    kept: Kept,
}

/// What the file holds.
#[derive(Debug, Default, Deserialize, Serialize)]
struct Kept {
    /// What was done last: a lesson (`02_queue`) or an exercise (`round_robin`).
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<String>,
    /// The lessons that were stepped to their end.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    lessons: BTreeSet<String>,
    /// Every exercise that was touched, by name.
    #[serde(flatten)]
    entries: BTreeMap<String, Entry>,
}

/// One exercise.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct Entry {
    /// Which version of the checks was passed; None if none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    passed: Option<String>,
    /// How many hints were shown.
    #[serde(default)]
    hints: usize,
    /// Whether it was reset after it was passed, and not passed again since.
    #[serde(default, skip_serializing_if = "is_false")]
    anew: bool,
    /// Whether the solution was shown before it was passed.
    #[serde(default, skip_serializing_if = "is_false")]
    gave_up: bool,
    /// What another version of the course keeps here (3).
    #[serde(flatten)]
    others: BTreeMap<String, toml::Value>,
}

/// Whether a flag need not be written down.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands references to such functions"
)]
fn is_false(flag: &bool) -> bool {
    !flag
}

impl Progress {
    /// The progress kept at `root`; none, if there is no file.
    ///
    /// # Errors
    /// The file cannot be read, or makes no sense.
    pub(super) fn read(root: &Path) -> Result<Progress, Failure> {
        let path = root.join(FILE);
        let kept = match fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text).map_err(|error| unreadable(&path, &error))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Kept::default(),
            Err(error) => return Err(unreadable(&path, &error)),
        };
        Ok(Progress { path, kept })
    }

    /// Whether the exercise was passed once.
    pub(super) fn is_done(&self, exercise: &Exercise) -> bool {
        self.entry(&exercise.name).passed.is_some()
    }

    /// Whether nothing is left to do: it was passed, or its solution was shown.
    pub(super) fn is_over(&self, exercise: &str) -> bool {
        let entry = self.entry(exercise);
        entry.passed.is_some() || entry.gave_up
    }

    /// The exercise's state for a list.
    pub(super) fn state(&self, exercise: &Exercise) -> String {
        let entry = self.entry(&exercise.name);
        let seen = if entry.gave_up { ", solution seen" } else { "" };
        match (entry.passed, entry.hints) {
            (Some(_), _) if entry.anew => format!("done, begun anew since{seen}"),
            (Some(version), _) if version == version_of_checks(exercise) => {
                format!("done{seen}")
            }
            (Some(_), _) => format!("done, with checks that have changed since{seen}"), // (1)
            (None, 0) => format!("to do{seen}"),
            (None, 1) => format!("to do, 1 hint seen{seen}"),
            (None, hints) => format!("to do, {hints} hints seen{seen}"),
        }
    }

    /// Remembers that the exercise was passed.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn pass(&mut self, exercise: &Exercise) -> Result<(), Failure> {
        let version = version_of_checks(exercise);
        self.change(exercise, |entry| {
            entry.passed = Some(version);
            entry.anew = false;
        })
    }

    /// Remembers that the solution was shown although nothing was passed.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn gave_up(&mut self, exercise: &Exercise) -> Result<(), Failure> {
        self.change(exercise, |entry| entry.gave_up = true)
    }

    /// How many hints were shown.
    pub(super) fn hints(&self, exercise: &Exercise) -> usize {
        self.entry(&exercise.name).hints
    }

    /// Remembers that `hints` hints were shown.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn hinted(&mut self, exercise: &Exercise, hints: usize) -> Result<(), Failure> {
        self.change(exercise, |entry| entry.hints = hints)
    }

    /// Remembers that the skeleton is back: hints begin anew, and what was done
    /// stays done, but the list says that it is being done again.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn begun_anew(&mut self, exercise: &Exercise) -> Result<(), Failure> {
        self.change(exercise, |entry| {
            entry.hints = 0;
            entry.anew = entry.passed.is_some();
        })
    }

    /// Remembers that the exercise was tried.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn tried(&mut self, exercise: &Exercise) -> Result<(), Failure> {
        if self.last() == Some(&exercise.name) {
            return Ok(());
        }
        self.change(exercise, |_| {})
    }

    /// What was done last: a lesson or an exercise.
    pub(super) fn last(&self) -> Option<&str> {
        self.kept.last.as_deref()
    }

    /// Whether the lesson was stepped to its end.
    pub(super) fn is_stepped(&self, lesson: &str) -> bool {
        self.kept.lessons.contains(lesson)
    }

    /// Remembers that the lesson was stepped, and whether to its end.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn stepped(&mut self, lesson: &str, to_its_end: bool) -> Result<(), Failure> {
        self.kept.last = Some(lesson.to_owned());
        if to_its_end {
            self.kept.lessons.insert(lesson.to_owned());
        }
        self.write()
    }

    /// What is known of an exercise.
    fn entry(&self, exercise: &str) -> Entry {
        self.kept.entries.get(exercise).cloned().unwrap_or_default()
    }

    /// Changes an entry, which is the last that was touched, and the file.
    fn change(
        &mut self,
        exercise: &Exercise,
        change: impl FnOnce(&mut Entry),
    ) -> Result<(), Failure> {
        let entries = &mut self.kept.entries;
        change(entries.entry(exercise.name.clone()).or_default());
        self.kept.last = Some(exercise.name.clone());
        self.write()
    }

    /// Writes the file (2).
    fn write(&self) -> Result<(), Failure> {
        let body = toml::to_string(&self.kept).expect("names, text and numbers are TOML");
        let new = self.path.with_extension("toml.new");
        fs::write(&new, format!("{HEADER}{body}"))
            .and_then(|()| fs::rename(&new, &self.path))
            .map_err(|error| unwritable(&self.path, &error))
    }
}

/// A short name for the present text of the exercise's checks: FNV-1a, which
/// is the same in every version of this program.
fn version_of_checks(exercise: &Exercise) -> String {
    let text = fs::read(exercise.file("checks.rs")).unwrap_or_default();
    let hash = text.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("{hash:016x}")
}
