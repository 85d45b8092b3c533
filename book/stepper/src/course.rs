//! `list`: the course in order, lessons and exercises, and what is done of it.
//!
//! One line each, by chapter, the lessons of a chapter before its exercises; `✓` is
//! what was passed, or stepped to its end.
//!
//! Book: "Before you begin".

use crate::{
    exercise::SoFar,
    failure::Failure,
    lessons::{self, Lesson},
};
use std::io::{self, Write};

/// A line of the list.
struct Line {
    /// Where it belongs: its chapter, and a lesson (false) before an exercise.
    place: (u32, bool),
    /// Whether it is done.
    done: bool,
    /// `lesson` or `exercise`.
    kind: &'static str,
    /// Its number: `01`.
    number: String,
    /// Its name.
    name: String,
    /// What it is about, and its state if there is more to say.
    about: String,
}

/// Prints the list.
///
/// # Errors
/// There is no checkout; the file of progress makes no sense; the output takes no
/// more.
pub(crate) fn list() -> Result<(), Failure> {
    let lessons = lessons::all(&lessons::checkout()?)?;
    let so_far = SoFar::read()?;
    let mut lines: Vec<Line> = lessons
        .iter()
        .map(|lesson| of_lesson(lesson, &so_far))
        .collect();
    let exercises = so_far.exercises().into_iter();
    lines.extend(exercises.map(|exercise| {
        let plain = ["done", "to do"].contains(&exercise.state.as_str());
        Line {
            place: (exercise.chapter, true),
            done: exercise.done,
            kind: "exercise",
            number: exercise.number,
            name: exercise.name,
            about: if plain {
                exercise.title
            } else {
                format!("{} ({})", exercise.title, exercise.state)
            },
        }
    }));
    lines.sort_by_key(|line| line.place); // stable: numbers stay in order
    let widest = lines.iter().map(|line| line.name.len()).max().unwrap_or(0);
    let mut output = io::stdout().lock();
    for line in lines {
        let mark = if line.done { '✓' } else { ' ' };
        let (kind, number, name, about) = (line.kind, line.number, line.name, line.about);
        writeln!(output, "{mark} {kind:8}  {number}  {name:widest$}  {about}")?;
    }
    let first = lessons.first().map_or("LESSON", |it| &it.number);
    writeln!(output, "\ncargo run -- step {first}")?;
    writeln!(output, "cargo run -- exercise next")?;
    Ok(())
}

/// A lesson's line.
fn of_lesson(lesson: &Lesson, so_far: &SoFar) -> Line {
    Line {
        place: (lesson.chapter, false),
        done: so_far.is_stepped(&lesson.name()),
        kind: "lesson",
        number: lesson.number.clone(),
        name: lesson.topic.clone(),
        about: lesson.title.clone(),
    }
}
