//! Which exercises there are: the numbered folders of `book/exercises`.
//!
//! Invariants: (1) exercises come in the order of their numbers; (2) a folder
//! with a number and an `exercise.toml` is an exercise, no other is.
//!
//! Book: "Exercises" in the introduction.

use super::progress::Progress;
use crate::failure::{Code, Failure};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{env, fs, io};

/// Where exercises are in a checkout.
const FOLDER: &str = "book/exercises";

/// All exercises of a checkout.
#[derive(Debug)]
pub(super) struct Catalog {
    /// The checkout's root.
    pub(super) root: PathBuf,
    /// The exercises (1).
    pub(super) exercises: Vec<Exercise>,
}

/// One exercise.
#[derive(Debug)]
pub(super) struct Exercise {
    /// Its number in the course, as its folder writes it: `01`.
    pub(super) number: String,
    /// Its name, which is also the name of the program of its checks.
    pub(super) name: String,
    /// Its folder.
    folder: PathBuf,
    /// What its `exercise.toml` says.
    pub(super) about: About,
}

/// An `exercise.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct About {
    /// Its name for people.
    pub(super) title: String,
    /// The chapter that it belongs to.
    pub(super) chapter: u32,
    /// What it is worth.
    pub(super) points: u32,
    /// Names of exercises that should be done before.
    #[serde(default)]
    pub(super) needs: Vec<String>,
    /// How long one run of its checks may take.
    seconds: u64,
    /// Whether the learner writes a policy, which `simulate` can run.
    #[serde(default)]
    pub(super) policy: bool,
    /// Whether it is about processes, so the learner's code may start programs.
    #[serde(default)]
    pub(super) processes: bool,
    /// For each planted mistake (a file of `mistakes/`) the check that must
    /// catch it before any other does.
    #[serde(default)]
    pub(super) mistakes: BTreeMap<String, String>,
}

impl About {
    /// How long one run of the checks may take.
    pub(super) fn limit(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

impl Exercise {
    /// One of its files.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// One of its files as people see it, from the checkout's root.
    pub(super) fn shown(&self, name: &str) -> String {
        format!("{FOLDER}/{}_{}/{name}", self.number, self.name)
    }

    /// Whether `wanted` means this one: `round_robin`, `01_round_robin`, `1`.
    fn is(&self, wanted: &str) -> bool {
        let number = |text: &str| text.parse::<u32>().ok();
        wanted == self.name
            || wanted == format!("{}_{}", self.number, self.name)
            || number(wanted).is_some_and(|wanted| number(&self.number) == Some(wanted))
    }
}

impl Catalog {
    /// The exercises of the nearest checkout around the current folder; of the
    /// one that this program was compiled in, if there is none.
    ///
    /// # Errors
    /// There is no checkout, or an `exercise.toml` makes no sense.
    pub(super) fn open() -> Result<Catalog, Failure> {
        let here = env::current_dir().unwrap_or_default();
        let compiled_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut candidates = here.ancestors().chain([compiled_in.as_path()]);
        let root = candidates.find(|folder| folder.join(FOLDER).is_dir());
        let root = root
            .and_then(|root| root.canonicalize().ok())
            .ok_or_else(|| {
                let sentence = "there are no exercises here: run this in the course's checkout, \
                            the folder with book/ in it";
                Failure::new(Code::NoInput, sentence)
            })?;
        Catalog::read(root)
    }

    /// The exercises of the checkout at `root`.
    pub(super) fn read(root: PathBuf) -> Result<Catalog, Failure> {
        let folder = root.join(FOLDER);
        let entries = fs::read_dir(&folder).map_err(|error| unreadable(&folder, &error))?;
        let mut exercises = Vec::new();
        for entry in entries {
            let folder = entry.map_err(|error| unreadable(&root, &error))?.path();
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            let Some((number, name)) = name.split_once('_') else {
                continue;
            };
            let toml = folder.join("exercise.toml");
            if number.parse::<u32>().is_err() || !toml.is_file() {
                continue; // (2)
            }
            let text = fs::read_to_string(&toml).map_err(|error| unreadable(&toml, &error))?;
            let about = toml::from_str(&text).map_err(|error| unreadable(&toml, &error))?;
            exercises.push(Exercise {
                number: number.to_owned(),
                name: name.to_owned(),
                about,
                folder: folder.clone(),
            });
        }
        exercises.sort_by(|one, other| one.number.cmp(&other.number)); // (1)
        Ok(Catalog { root, exercises })
    }

    /// The first exercise that is to do and whose needs are met; if those of none
    /// are, the first that is to do.
    pub(super) fn next(&self, progress: &Progress) -> Option<&Exercise> {
        let mut left = self
            .exercises
            .iter()
            .filter(|exercise| !progress.is_over(&exercise.name));
        let first = left.clone().next();
        let met = |exercise: &&Exercise| {
            let mut needs = exercise.about.needs.iter();
            needs.all(|need| progress.is_over(need))
        };
        left.find(met).or(first)
    }

    /// The exercise called `name`; without a name, the next one.
    ///
    /// # Errors
    /// There is none of that name: the failure suggests one.
    pub(super) fn find(
        &self,
        name: Option<&str>,
        progress: &Progress,
    ) -> Result<&Exercise, Failure> {
        let Some(name) = name else {
            return self
                .next(progress)
                .or(self.exercises.last())
                .ok_or_else(|| {
                    Failure::new(Code::NoInput, format!("there are no exercises in {FOLDER}"))
                });
        };
        self.named(name)
    }

    /// The exercise called `name`.
    ///
    /// # Errors
    /// There is none of that name: the failure suggests one.
    pub(super) fn named(&self, name: &str) -> Result<&Exercise, Failure> {
        if let Some(found) = self.exercises.iter().find(|exercise| exercise.is(name)) {
            return Ok(found);
        }
        let names = self.exercises.iter().map(|exercise| exercise.name.as_str());
        let sentence = match crate::nearest::nearest(name, names) {
            Some(near) => format!("there is no exercise '{name}'; did you mean '{near}'?"),
            None => format!(
                "there is no exercise '{name}'; `cargo run -- exercise list` shows them all"
            ),
        };
        Err(Failure::new(Code::NoInput, sentence))
    }
}

/// A file of the course that cannot be read, or makes no sense.
pub(super) fn unreadable(path: &Path, error: &dyn std::error::Error) -> Failure {
    Failure::new(
        Code::NoInput,
        format!("{} cannot be read: {error}", path.display()),
    )
}

/// A file that cannot be written.
pub(super) fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::new(
        Code::NoOutput,
        format!("{} cannot be written: {error}", path.display()),
    )
}
