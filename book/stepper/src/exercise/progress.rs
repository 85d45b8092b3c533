//! What a learner has done: one small file at the root of the checkout.
//!
//! ```toml
//! [round_robin]
//! passed = "5d1c4b0f0a6e3c21"
//! hints = 1
//! ```
//!
//! Invariants: (1) what passed once stays done; `passed` names the version of
//! the checks, so that a later one can be told; (2) the file is replaced as a
//! whole, so no interruption leaves half of it; (3) an entry of an exercise
//! that this version of the course does not have is kept.
//!
//! Left out: points and times. Grading is for a machine that the learner does
//! not edit.
//!
//! Book: "Exercises" in the introduction.

use super::catalog::{Exercise, unreadable, unwritable};
use crate::failure::Failure;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The file's name. It is not for git: `.gitignore` lists it.
const FILE: &str = ".sidestep-progress.toml";

/// What the file begins with.
const HEADER: &str =
    "# What `cargo run -- exercise` remembers. Delete this file to begin anew.\n\n";

/// Every exercise that was touched.
#[derive(Debug)]
pub(super) struct Progress {
    /// Where it is kept.
    path: PathBuf,
    /// By the exercises' names.
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
        let entries = match fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text).map_err(|error| unreadable(&path, &error))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(unreadable(&path, &error)),
        };
        Ok(Progress { path, entries })
    }

    /// Whether the exercise was passed once.
    pub(super) fn is_done(&self, exercise: &Exercise) -> bool {
        self.entry(exercise).passed.is_some()
    }

    /// The exercise's state for a list.
    pub(super) fn state(&self, exercise: &Exercise) -> String {
        let entry = self.entry(exercise);
        match (entry.passed, entry.hints) {
            (Some(_), _) if entry.anew => "done, begun anew since".to_owned(),
            (Some(version), _) if version == version_of_checks(exercise) => "done".to_owned(),
            (Some(_), _) => "done, with checks that have changed since".to_owned(), // (1)
            (None, 0) => "to do".to_owned(),
            (None, 1) => "to do, 1 hint seen".to_owned(),
            (None, hints) => format!("to do, {hints} hints seen"),
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

    /// How many hints were shown.
    pub(super) fn hints(&self, exercise: &Exercise) -> usize {
        self.entry(exercise).hints
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

    /// What is known of an exercise.
    fn entry(&self, exercise: &Exercise) -> Entry {
        self.entries
            .get(&exercise.name)
            .cloned()
            .unwrap_or_default()
    }

    /// Changes an entry, and the file, unless nothing changes.
    fn change(
        &mut self,
        exercise: &Exercise,
        change: impl FnOnce(&mut Entry),
    ) -> Result<(), Failure> {
        change(self.entries.entry(exercise.name.clone()).or_default());
        let body = toml::to_string(&self.entries).expect("names, text and numbers are TOML");
        let new = self.path.with_extension("toml.new");
        fs::write(&new, format!("{HEADER}{body}"))
            .and_then(|()| fs::rename(&new, &self.path)) // (2)
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
