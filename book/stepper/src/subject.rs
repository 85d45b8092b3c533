//! The subject: what is to be stepped, found and made ready to be read.
//!
//! Book: appendix "The stepper".

use crate::{
    children::{Program, Twins, build, groups::Groups},
    command_line::{OneSide, Step},
    failure::{Code, Failure},
    files,
    lessons::{self, Lesson},
    model::predict::LessonQuestion,
    recording::Recording,
    replay::Replay,
    sources::Sources,
};
use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

/// What is to be stepped.
#[derive(Clone, Debug)]
pub(crate) enum Subject {
    /// A lesson of this checkout, for real or not.
    Lesson(Lesson, PathBuf, bool),
    /// A trace that was saved, or one side of it.
    File(PathBuf, Option<OneSide>),
    /// A program of the learner's own.
    Command(Vec<OsString>),
    /// A program along schedules.
    Replay(Replay),
}

/// What has been made ready.
#[derive(Debug)]
pub(crate) struct Opened {
    /// What the programs or the file say, or will say.
    pub(crate) recordings: Vec<Recording>,
    /// The programs, if any are to be run.
    pub(crate) twins: Twins,
    /// Where the sources are.
    pub(crate) sources: Sources,
    /// The lesson's own questions, by recording.
    pub(crate) questions: Vec<Option<LessonQuestion>>,
}

impl Subject {
    /// What the command line asks for.
    ///
    /// # Errors
    /// There is no such lesson or file, or no checkout to look in.
    pub(crate) fn find(step: &Step) -> Result<Subject, Failure> {
        if let Some(replay) = Replay::find(step)? {
            return Ok(Subject::Replay(replay));
        }
        let Some(name) = &step.subject else {
            return Ok(Subject::Command(step.command.clone()));
        };
        let path = Path::new(name);
        if path
            .extension()
            .is_some_and(|kind| kind == "trace" || kind == "json")
        {
            return Ok(Subject::File(path.to_owned(), step.side));
        }
        let lesson = lessons::checkout().and_then(|checkout| {
            let lessons = lessons::all(&checkout)?;
            let lesson = lessons::find(&lessons, name)?.clone();
            let lesson = match step.side {
                Some(side) => lesson.only(side)?,
                None => lesson,
            };
            Ok(Subject::Lesson(lesson, checkout, step.real))
        });
        match lesson {
            Err(_) if path.is_file() => Ok(Subject::File(path.to_owned(), step.side)),
            lesson => lesson,
        }
    }

    /// What to call it on the screen.
    pub(crate) fn heading(&self) -> String {
        match self {
            Subject::Lesson(lesson, ..) => lesson.heading(),
            Subject::File(path, _) => path.display().to_string(),
            Subject::Command(command) => quoted(command),
            Subject::Replay(replay) => replay.heading(),
        }
    }

    /// The command that opens it.
    pub(crate) fn command(&self) -> String {
        match self {
            Subject::Lesson(lesson, _, real) => {
                let real = if *real { " --real" } else { "" };
                let side = in_command(lesson.only);
                format!("cargo run -- step {}{side}{real}", lesson.number)
            }
            Subject::File(path, side) => {
                let path = quoted(&[path.clone().into_os_string()]);
                format!("cargo run -- step {path}{}", in_command(*side))
            }
            Subject::Command(command) => format!("cargo run -- step -- {}", quoted(command)),
            Subject::Replay(replay) => replay.command(),
        }
    }

    /// Builds and prepares it; `raw` if its bytes are to be saved. Programs
    /// start when they are first pumped.
    ///
    /// # Errors
    /// The lesson does not compile, or the file cannot be read.
    pub(crate) fn open(&self, groups: &Groups, raw: bool) -> Result<Opened, Failure> {
        let here = env::current_dir().unwrap_or_default();
        match self {
            Subject::Replay(replay) => replay.open(groups, raw),
            Subject::Lesson(lesson, checkout, real) => {
                let twins = lesson.twins();
                let programs = build::build(checkout, &twins, groups)?.into_iter();
                let programs = programs.map(|path| Program {
                    command: [path.into_os_string()]
                        .into_iter()
                        .chain(real.then(|| "--real".into()))
                        .collect(),
                    folder: Some(checkout.clone()),
                    takes_input: false,
                    variables: Vec::new(),
                });
                let questions = twins.iter().map(|twin| {
                    let file = checkout.join("examples").join(format!("{twin}.rs"));
                    LessonQuestion::find(&fs::read_to_string(file).ok()?)
                });
                Ok(Opened {
                    questions: questions.collect(),
                    twins: Twins::new(programs.collect(), *real, groups),
                    recordings: twins
                        .iter()
                        .map(|twin| Recording::growing(twin, raw))
                        .collect(),
                    sources: Sources::new(vec![checkout.clone()]),
                })
            }
            Subject::File(path, side) => Ok(Opened {
                recordings: vec![read(path, *side)?],
                twins: Twins::new(Vec::new(), false, groups),
                sources: Sources::new(
                    [Some(here), lessons::checkout().ok()]
                        .into_iter()
                        .flatten()
                        .collect(),
                ),
                questions: vec![None],
            }),
            Subject::Command(command) => {
                let program = Program {
                    command: command.clone(),
                    folder: None,
                    takes_input: true,
                    variables: Vec::new(),
                };
                Ok(Opened {
                    recordings: vec![Recording::growing(self.heading(), raw)],
                    twins: Twins::new(vec![program], false, groups),
                    sources: Sources::new(
                        [Some(here), lessons::checkout().ok()]
                            .into_iter()
                            .flatten()
                            .collect(),
                    ),
                    questions: vec![None],
                })
            }
        }
    }
}

/// Reads a saved trace, or one side of it.
///
/// # Errors
/// It cannot be read, or has no such side.
fn read(path: &Path, side: Option<OneSide>) -> Result<Recording, Failure> {
    let mut recording = files::read(path)?;
    if let Some(side) = side {
        let sides = &mut recording.trace_mut().sides;
        sides.retain(|read| read.target == side.target());
        if sides.is_empty() {
            let (path, side) = (path.display(), side.word());
            let sentence = format!("there are no {side} in {path}: leave --side out");
            return Err(Failure::new(Code::NoTrace, sentence));
        }
    }
    Ok(recording)
}

/// The option that asks for one side: ` --side tasks`.
fn in_command(side: Option<OneSide>) -> String {
    side.map_or_else(String::new, |side| format!(" --side {}", side.word()))
}

/// The words of a command as a shell reads them.
pub(crate) fn quoted(words: &[OsString]) -> String {
    let quote = |word: &OsString| {
        let word = word.to_string_lossy();
        let plain = |letter: char| letter.is_alphanumeric() || "-_./:=,+@%".contains(letter);
        if !word.is_empty() && word.chars().all(plain) {
            word.into_owned()
        } else {
            format!("'{}'", word.replace('\'', r"'\''"))
        }
    };
    words.iter().map(quote).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_is_quoted_as_a_shell_reads_it() {
        let words = ["./mine", "two words", "it's", ""].map(OsString::from);
        assert_eq!(quoted(&words), r"./mine 'two words' 'it'\''s' ''");
    }
}
