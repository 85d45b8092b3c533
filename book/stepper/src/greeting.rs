//! `cargo run` without a command: where to begin, or to go on.
//!
//! In a terminal it opens a lesson under a few words: the first one for a newcomer;
//! for who comes back the one that was not stepped to its end, or the one after it.
//! Without a terminal it prints what the first lesson's twins did.
//!
//! Invariant: (1) the words fit into a terminal of 80x24.
//!
//! Book: "Before you begin".

use crate::{
    command_line::Step,
    exercise::SoFar,
    failure::{Code, Failure},
    lessons::{self, Lesson},
    steps,
    subject::Subject,
};

/// Opens the lesson to begin with, or to go on with.
///
/// # Errors
/// As of `step`.
pub(crate) fn run() -> Result<(), Failure> {
    let checkout = lessons::checkout()?;
    let lessons = lessons::all(&checkout)?;
    let so_far = SoFar::read();
    let so_far = if steps::is_screen() {
        so_far.as_ref().ok()
    } else {
        None
    };
    let lesson = so_far
        .map_or(lessons.first(), |so_far| next(&lessons, so_far))
        .ok_or_else(|| {
            let sentence = "there are no lessons in this checkout's examples/: fetch them again";
            Failure::new(Code::NoInput, sentence)
        })?;
    let step = Step {
        greeting: words(lesson, so_far),
        ..Step::default()
    };
    steps::run(&Subject::Lesson(lesson.clone(), checkout, false), &step)
}

/// The lesson to go on with: the last one, if it was not stepped to its end; else
/// the first that was not; the very first, if all were.
fn next<'a>(lessons: &'a [Lesson], so_far: &SoFar) -> Option<&'a Lesson> {
    let mut left = lessons
        .iter()
        .filter(|lesson| !so_far.is_stepped(&lesson.name()));
    let last = |lesson: &&Lesson| so_far.last() == Some(&lesson.name());
    left.clone()
        .find(last)
        .or_else(|| left.next())
        .or(lessons.first())
}

/// What to say before the lesson begins.
fn words(lesson: &Lesson, so_far: Option<&SoFar>) -> Vec<String> {
    let last = so_far.and_then(|so_far| Some((so_far, so_far.last()?)));
    let mut words = match last {
        None => vec![
            "Welcome. This is one program, run twice: on the left as tasks, which give \
             way by themselves; on the right as threads, from which the processor is \
             taken away."
                .to_owned(),
            String::new(),
            "→ takes one step, ← takes it back, ? explains all keys, q leaves.".to_owned(),
        ],
        Some((so_far, last)) => vec![
            format!("Welcome back. Last you were at {}.", told(so_far, last)),
            String::new(),
            format!("This is lesson {}: {}.", lesson.heading(), lesson.title),
        ],
    };
    let next = so_far.and_then(SoFar::next);
    words.extend([
        String::new(),
        "  the book    book/src/introduction.md".to_owned(),
        "  all there is, and what you have done    cargo run -- list".to_owned(),
    ]);
    if let Some(name) = next {
        words.push(format!(
            "  the next exercise, {name}    cargo run -- exercise next"
        ));
    }
    words
}

/// What was done last, in words.
fn told(so_far: &SoFar, last: &str) -> String {
    let exercises = so_far.exercises();
    match exercises.iter().find(|exercise| exercise.name == last) {
        Some(exercise) => format!("the exercise {last} ({})", exercise.state),
        None if so_far.is_stepped(last) => format!("lesson {last}, to its end"),
        None => format!("lesson {last}"),
    }
    .replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, path::Path};

    /// Three lessons and an exercise, of which `progress` was done.
    fn course(progress: &str) -> (tempfile::TempDir, Vec<Lesson>, SoFar) {
        let folder = tempfile::tempdir().unwrap();
        let write = |file: &str, text: &str| {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        for lesson in ["01_two_counters", "02_queue", "03_echo"] {
            let text = format!("//! About {lesson}.\n//!\n//! Book: chapter 1.\n");
            write(&format!("examples/{lesson}_tasks.rs"), &text);
        }
        let exercise = Path::new("book/exercises/01_round_robin/exercise.toml");
        let about = "title = \"Round robin\"\nchapter = 1\npoints = 10\nseconds = 20\n";
        write(exercise.to_str().unwrap(), about);
        write(".sidestep-progress.toml", progress);
        let lessons = lessons::all(folder.path()).unwrap();
        let so_far = SoFar::at(folder.path());
        (folder, lessons, so_far)
    }

    /// The lesson that is opened after `progress`, and the words over it.
    fn greeted(progress: &str) -> (String, String) {
        let (_folder, lessons, so_far) = course(progress);
        let lesson = next(&lessons, &so_far).unwrap();
        let words = words(lesson, Some(&so_far));
        assert!(
            words
                .iter()
                .all(|line| !line.starts_with(' ') || line.chars().count() <= 70),
            "an indented line is not wrapped: {words:?}"
        );
        (lesson.name(), words.join("\n"))
    }

    #[test]
    fn newcomer_begins_with_the_first_lesson_and_is_told_the_keys() {
        let (lesson, words) = greeted("");
        assert_eq!(lesson, "01_two_counters");
        for part in [
            "Welcome. ",
            "→ takes one step",
            "round_robin",
            "cargo run -- list",
        ] {
            assert!(words.contains(part), "{part}: {words}");
        }
    }

    #[test]
    fn who_comes_back_goes_on_with_what_was_left_in_the_middle() {
        let (lesson, words) = greeted("last = \"02_queue\"\nlessons = [\"01_two_counters\"]\n");
        assert_eq!(lesson, "02_queue");
        assert!(
            words.starts_with("Welcome back. Last you were at lesson 02 queue."),
            "{words}"
        );
        assert!(
            words.contains("This is lesson 02 queue: About 02_queue."),
            "{words}"
        );
        // Also if the one before was never opened.
        assert_eq!(greeted("last = \"03_echo\"\n").0, "03_echo");
    }

    #[test]
    fn what_was_stepped_to_its_end_is_followed_by_the_first_that_was_not() {
        let done = "last = \"03_echo\"\nlessons = [\"01_two_counters\", \"03_echo\"]\n";
        let (lesson, words) = greeted(done);
        assert_eq!(lesson, "02_queue");
        assert!(words.contains("lesson 03 echo, to its end"), "{words}");
        let all = "lessons = [\"01_two_counters\", \"02_queue\", \"03_echo\"]\n";
        assert_eq!(greeted(all).0, "01_two_counters");
    }

    #[test]
    fn an_exercise_that_was_last_is_told_with_its_state_and_the_next_one_is_named() {
        let (_, words) = greeted("last = \"round_robin\"\n[round_robin]\nhints = 2\n");
        let told = "Last you were at the exercise round robin (to do, 2 hints seen).";
        assert!(words.contains(told), "{words}");
        let (_, words) = greeted("[round_robin]\npassed = \"x\"\n");
        assert!(!words.contains("the next exercise"), "{words}");
    }
}
