//! `exercise grade`: points for exercises, in the forms that graders read.
//!
//! 1. Every exercise is built before anything of any learner's runs, so that none
//!    of it can touch what another is built of.
//! 2. Each is judged, with the limits of `check`.
//! 3. Points are given by part: rules, textbook, invariants, threads. A part counts
//!    as a whole, so a skeleton that keeps a rule by doing nothing earns nothing.
//! 4. The result is written as a whole, or not at all.
//!
//! Invariants: (1) the same files earn the same points, always: nothing is drawn by
//! chance, nothing is fetched; (2) what is not there, does not compile, hangs or
//! aborts is a sentence and costs its own points alone; (3) nothing that the learner
//! does here is remembered as progress.
//!
//! Left out: names of learners, late days. That is the grader's business.
//!
//! Book: "For teachers".

mod alone;
mod classroom;
mod gradescope;
mod own;
pub(super) mod points;
mod text;

use super::catalog::{Catalog, Exercise};
use super::run::Run;
use super::workshop::Workshop;
use crate::failure::{Code, Failure};
use crate::files;
use clap::{Args, ValueEnum};
use points::Graded;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;
use std::{env, ffi::OsString};

/// What to grade, and in which form to tell it.
#[derive(Args, Clone, Debug)]
pub(crate) struct Asked {
    /// The exercises; all, if none is named
    names: Vec<String>,
    /// For people, for programs, for Gradescope, for GitHub Classroom
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write it to this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Try other random cases than the learners could: a number of your own
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// When Gradescope shows a test to the learner
    #[arg(long, value_enum, default_value_t = Visibility::Visible)]
    visibility: Visibility,
}

/// The forms.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Format {
    /// Lines for people
    Text,
    /// Everything, and no times: the same bytes for the same files
    Json,
    /// Gradescope's results.json
    Gradescope,
    /// GitHub Classroom's result in base64, also as `result` of the step
    Github,
}

/// Gradescope's words for when a test is shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Visibility {
    /// Always
    Visible,
    /// Never
    Hidden,
    /// When nobody can hand in any more
    AfterDueDate,
    /// When the points are published
    AfterPublished,
}

impl Visibility {
    /// As Gradescope writes it.
    fn word(self) -> &'static str {
        match self {
            Visibility::Visible => "visible",
            Visibility::Hidden => "hidden",
            Visibility::AfterDueDate => "after_due_date",
            Visibility::AfterPublished => "after_published",
        }
    }
}

/// An exercise that is ready to be judged; or why it is not, as a sentence, and more
/// words on it.
type Ready = Result<PathBuf, (String, String)>;

/// Grades the exercises that were named.
///
/// # Errors
/// There is no such exercise; what all exercises share does not compile; a signal
/// came; the result cannot be written. Points that were lost are no failure.
pub(super) fn grade(catalog: &Catalog, asked: &Asked) -> Result<(), Failure> {
    let exercises = named(catalog, &asked.names)?;
    if let Some(path) = &asked.out {
        files::check_folder(path)?; // before minutes of work
    }
    let workshop = Workshop::open(&catalog.root)?.offline();
    workshop.build_base()?;
    let mut ready = Vec::new();
    for exercise in &exercises {
        ready.push(prepare(&workshop, exercise)?);
    }
    let mut graded = Vec::new();
    for (exercise, ready) in exercises.iter().zip(ready) {
        let begun = Instant::now();
        let run = match ready {
            Ok(program) => Ok(workshop.judge(exercise, &program, "exercise", asked.seed)?),
            Err(why) => Err(why),
        };
        graded.push(points::of(exercise, run, begun.elapsed()));
    }
    warn(&graded);
    tell(asked, &graded)
}

/// The exercises of these names, each once, in the order of the course.
fn named<'a>(catalog: &'a Catalog, names: &[String]) -> Result<Vec<&'a Exercise>, Failure> {
    let mut wanted = Vec::new();
    for name in names {
        wanted.push(&catalog.named(name)?.name);
    }
    let all = catalog.exercises.iter();
    Ok(all
        .filter(|exercise| names.is_empty() || wanted.contains(&&exercise.name))
        .collect())
}

/// Builds an exercise (1).
fn prepare(workshop: &Workshop, exercise: &Exercise) -> Result<Ready, Failure> {
    let shown = exercise.shown("exercise.rs");
    let text = match fs::read_to_string(exercise.file("exercise.rs")) {
        Ok(text) => text,
        Err(error) => {
            let sentence = format!("{shown} cannot be read: {error}.");
            return Ok(Err((sentence, String::new())));
        }
    };
    if let Some(word) = alone::takes_in(&text) {
        let sentence = format!(
            "{shown} takes in another file ({word}): what is graded must stand in it alone."
        );
        return Ok(Err((sentence, String::new())));
    }
    let built = workshop.build_quietly(&exercise.name)?;
    Ok(built.map_err(|said| (format!("{shown} does not compile."), said)))
}

/// Says so if the learners' code was not confined.
fn warn(graded: &[Graded]) {
    if graded.iter().any(|graded| graded.confined == Some(false)) {
        // Nothing can be done about a terminal that takes no text.
        let _ = writeln!(
            io::stderr(),
            "sidestep: this system has no Landlock, so the learners' code could write files and \
             start programs: grade each learner in a container of their own"
        );
    }
}

/// Tells the points in the form that was asked for (4).
fn tell(asked: &Asked, graded: &[Graded]) -> Result<(), Failure> {
    let told = match asked.format {
        Format::Text => text::lines(graded),
        Format::Json => own::json(graded, asked.seed),
        Format::Gradescope => gradescope::json(graded, asked.visibility.word()),
        Format::Github => classroom::base64(graded),
    };
    if asked.format == Format::Github
        && let Some(path) = env::var_os("GITHUB_OUTPUT")
    {
        append(&path, &format!("result={told}\n"))?;
    }
    let Some(path) = &asked.out else {
        writeln!(io::stdout(), "{}", told.trim_end_matches('\n'))?;
        return Ok(());
    };
    files::save_with(path, |file| {
        writeln!(file, "{}", told.trim_end_matches('\n'))
    })?;
    if asked.format != Format::Text {
        write!(io::stdout(), "{}", text::lines(graded))?;
    }
    writeln!(io::stdout(), "Written to {}.", path.display())?;
    Ok(())
}

/// Adds a line to the file in which a step of GitHub's says what came out.
fn append(path: &OsString, line: &str) -> Result<(), Failure> {
    let file = OpenOptions::new().append(true).create(true).open(path);
    file.and_then(|mut file| file.write_all(line.as_bytes()))
        .map_err(|error| {
            let path = Path::new(path).display();
            Failure::new(Code::NoOutput, format!("{path} cannot be written: {error}"))
        })
}

/// A run, or why there was none.
type Judged = Result<Run, (String, String)>;
