//! `exercise`, on a copy of the checkout: never on what a learner has written.

mod checking;
mod grading;
mod listing;
mod remembering;
mod watching;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A copy of the checkout, made anew for each test.
struct Checkout(PathBuf);

/// The first exercise, on which most is tried.
const FOLDER: &str = "book/exercises/01_round_robin";

impl Checkout {
    /// The exercises alone: enough for all that compiles nothing.
    fn of_exercises(name: &str) -> Checkout {
        Checkout::with(name, &["book/exercises"])
    }

    /// Copies `parts` of the checkout, and makes every file of the learner's a
    /// skeleton.
    fn with(name: &str, parts: &[&str]) -> Checkout {
        let original = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("exercise_{name}"));
        let _ = fs::remove_dir_all(&copy); // of an earlier run
        for part in parts {
            copy_all(&original.join(part), &copy.join(part));
        }
        for entry in fs::read_dir(copy.join("book/exercises")).expect("exercises were copied") {
            let folder = entry.expect("exercises were copied").path();
            if folder.join("skeleton.rs").is_file() {
                fs::copy(folder.join("skeleton.rs"), folder.join("exercise.rs"))
                    .expect("the copy can be written");
            }
        }
        Checkout(copy)
    }

    /// One of the exercise's files.
    fn file(&self, name: &str) -> PathBuf {
        self.0.join(FOLDER).join(name)
    }

    /// What is in one of the exercise's files.
    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).expect("the exercise has the file")
    }

    /// Writes the learner's file.
    fn write(&self, text: &str) {
        fs::write(self.file("exercise.rs"), text).expect("the copy can be written");
    }

    /// Runs `sidestep exercise ..`, and returns its exit code and its words.
    fn exercise(&self, arguments: &[&str]) -> (i32, String) {
        self.sidestep("exercise", arguments)
    }

    /// Runs one of the program's commands, and returns its exit code and its words.
    fn sidestep(&self, command: &str, arguments: &[&str]) -> (i32, String) {
        // careful: not the target folder of the checkout. Cargo would take the
        // copy's sources for the checkout's, and no longer see edits of those.
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("exercise_target");
        let output = Command::new(env!("CARGO_BIN_EXE_sidestep"))
            .arg(command)
            .args(arguments)
            .current_dir(&self.0)
            .env("CARGO_TARGET_DIR", target)
            .stdin(Stdio::null())
            .output()
            .expect("the program can be started");
        (
            output.status.code().expect("no signal ends it"),
            words(&output),
        )
    }
}

/// Everything that a program said.
fn words(output: &Output) -> String {
    [&output.stdout, &output.stderr]
        .map(|bytes| String::from_utf8_lossy(bytes))
        .concat()
}

/// Copies a file, or a folder but for what is built there.
fn copy_all(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).expect("the checkout can be copied");
        for entry in fs::read_dir(from).expect("the checkout can be copied") {
            let entry = entry.expect("the checkout can be copied");
            if entry.file_name() != "target" {
                copy_all(&entry.path(), &to.join(entry.file_name()));
            }
        }
    } else {
        fs::create_dir_all(to.parent().expect("the checkout can be copied"))
            .expect("the checkout can be copied");
        fs::copy(from, to).expect("the checkout can be copied");
    }
}
