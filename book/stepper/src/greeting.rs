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
