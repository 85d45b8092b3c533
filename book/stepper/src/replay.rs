//! A program along a schedule: exactly that run again, or two of them side by side.
//!
//! The schedule is a search's (`explore`, a failing test, `drive`). It goes to the program
//! in its environment, and the scheduler obeys it there; so any program can be run so.
//!
//! Invariants: (1) a text that is no schedule starts nothing; (2) one that does not fit is
//! told with the step, and with what may be the matter; (3) two runs begin alike, and
//! where they first differ is found and marked.
//!
//! Book: chapter 18.

use crate::{
    children::{Program, Twins, build, groups::Groups},
    command_line::{OneSide, Step},
    failure::{Code, Failure},
    lessons::{self, Lesson},
    model::Model,
    recording::Recording,
    sources::Sources,
    subject::{Opened, quoted},
};
use scheduler::Schedule;
use std::{env, ffi::OsString, path::PathBuf};
use stepper::{sentence, trace::Output};

/// What the scheduler says of a schedule that does not fit.
const MISFIT: &str = "the schedule does not fit at step ";

/// What is run along schedules.
#[derive(Clone, Debug)]
pub(crate) enum What {
    /// The threads of a lesson of this checkout.
    Lesson(Lesson, PathBuf),
    /// An example of this checkout that is no lesson.
    Example(String, PathBuf),
    /// A program of the learner's own.
    Command(Vec<OsString>),
}

/// A program, and the schedules along which it is run.
#[derive(Clone, Debug)]
pub(crate) struct Replay {
    /// The program.
    what: What,
    /// One, or two for side by side.
    schedules: Vec<Schedule>,
    /// Of which search they are, from 1; None for a run of a scheduler.
    of: Option<u32>,
}

impl What {
    /// What to call it on the screen.
    pub(crate) fn heading(&self) -> String {
        match self {
            What::Lesson(lesson, _) => lesson.heading(),
            What::Example(name, _) => name.replace('_', " "),
            What::Command(command) => quoted(command),
        }
    }

    /// The program with its arguments, built if it is a lesson, and where it runs.
    ///
    /// # Errors
    /// The lesson does not compile.
    pub(crate) fn build(
        &self,
        groups: &Groups,
    ) -> Result<(Vec<OsString>, Option<PathBuf>), Failure> {
        match self {
            What::Lesson(lesson, checkout) => {
                let built = build::build(checkout, &lesson.twins(), groups)?;
                let command = built.into_iter().map(PathBuf::into_os_string).collect();
                Ok((command, Some(checkout.clone())))
            }
            What::Example(name, checkout) => {
                let built = build::build(checkout, std::slice::from_ref(name), groups)?;
                let command = built.into_iter().map(PathBuf::into_os_string).collect();
                Ok((command, Some(checkout.clone())))
            }
            What::Command(command) => Ok((command.clone(), None)),
        }
    }
}

impl Replay {
    /// This program along schedules, of search `of` or of its own run.
    pub(crate) fn new(what: What, schedules: Vec<Schedule>, of: Option<u32>) -> Replay {
        Replay {
            what,
            schedules,
            of,
        }
    }

    /// What the command line asks for, if it names a schedule.
    ///
    /// # Errors
    /// There is no such lesson, or it has no threads; more than two schedules.
    pub(crate) fn find(step: &Step) -> Result<Option<Replay>, Failure> {
        if step.schedule.is_empty() {
            return Ok(None);
        }
        if step.schedule.len() > 2 {
            let sentence = "two schedules have room beside each other: leave the others out";
            return Err(Failure::new(Code::Usage, sentence));
        }
        let what = match &step.subject {
            None => What::Command(step.command.clone()),
            Some(name) => {
                let (lesson, checkout) = lesson(name)?;
                What::Lesson(lesson, checkout)
            }
        };
        Ok(Some(Replay::new(what, step.schedule.clone(), step.of)))
    }

    /// What to call it on the screen.
    pub(crate) fn heading(&self) -> String {
        self.what.heading()
    }

    /// The command that opens it.
    pub(crate) fn command(&self) -> String {
        let mut options = String::new();
        for schedule in &self.schedules {
            options = format!("{options} --schedule {schedule}");
        }
        if let Some(of) = self.of {
            options = format!("{options} --of {of}");
        }
        match &self.what {
            What::Lesson(lesson, _) => format!("cargo run -- step {}{options}", lesson.number),
            What::Example(name, _) => {
                format!("cargo run -- step{options} -- cargo run --quiet --example {name}")
            }
            What::Command(command) => format!("cargo run -- step{options} -- {}", quoted(command)),
        }
    }

    /// Builds and prepares it: one program for each schedule.
    ///
    /// # Errors
    /// The lesson does not compile.
    pub(crate) fn open(&self, groups: &Groups, raw: bool) -> Result<Opened, Failure> {
        let (command, folder) = self.what.build(groups)?;
        let program = |schedule: &Schedule| {
            let only = format!("only={}", self.of.unwrap_or(0));
            let variables = vec![("SCHEDULE", schedule.to_string()), ("EXPLORE", only)];
            Program {
                command: command.clone(),
                folder: folder.clone(),
                takes_input: folder.is_none(),
                variables,
            }
        };
        let programs: Vec<Program> = self.schedules.iter().map(program).collect();
        let title = |_| Recording::growing(self.heading(), raw);
        let recordings: Vec<Recording> = self.schedules.iter().map(title).collect();
        let folders = match folder {
            Some(checkout) => vec![checkout],
            None => env::current_dir()
                .into_iter()
                .chain(lessons::checkout())
                .collect(),
        };
        Ok(Opened {
            questions: recordings.iter().map(|_| None).collect(),
            recordings,
            twins: Twins::new(programs, false, groups),
            sources: Sources::new(folders),
        })
    }

    /// Whether two runs are beside each other, which begin alike (3).
    pub(crate) fn is_pair(&self) -> bool {
        self.schedules.len() == 2
    }

    /// Where the runs first differ, in words, if there are two that do (3).
    pub(crate) fn difference(model: &Model) -> Option<String> {
        let step = model.difference.step()?;
        let [left, right] = [0, 1].map(|view| Some(sentence(model.side(view)?, step)));
        let end = || "nothing more.".to_owned();
        Some(format!(
            "the first difference is step {step}:\n  left:  {}\n  right: {}",
            left.unwrap_or_else(end),
            right.unwrap_or_else(end)
        ))
    }

    /// Why a run did not come to the end of its schedule, if that did not fit (2), or if
    /// the program has no such search.
    pub(crate) fn misfit(&self, model: &Model) -> Option<Failure> {
        for (recording, schedule) in model.recordings.iter().zip(&self.schedules) {
            let trace = recording.trace();
            let outputs = trace.sides.iter().map(|side| &side.output);
            let lines = outputs.chain([&trace.orphan]).flat_map(Output::iter);
            let mut misfit = lines.filter_map(|line| {
                let start = line.text.find(MISFIT)?;
                let told = line.text.get(start..)?;
                Some(told.split(": it is of another program").next()?.to_owned())
            });
            if let Some(told) = misfit.next_back() {
                let whose = match self.of {
                    Some(of) => format!("search {of} of this program"),
                    None => "this program's first run (--of N says which search)".to_owned(),
                };
                let sentence = format!(
                    "{told}. The schedule {schedule} is not of {whose}, or the program was changed"
                );
                return Some(Failure::new(Code::Usage, sentence));
            }
            if let Some(of) = self.of
                && trace.sides.is_empty()
                && !recording.ending.failed()
            {
                let sentence = format!(
                    "the program does not begin {of} searches: `cargo run -- explore` lists them"
                );
                return Some(Failure::new(Code::Usage, sentence));
            }
        }
        None
    }
}

/// The lesson that is called `name`, with its threads alone, and the checkout.
///
/// # Errors
/// There is none, or it has no threads.
pub(crate) fn lesson(name: &str) -> Result<(Lesson, PathBuf), Failure> {
    let checkout = lessons::checkout()?;
    let lessons = lessons::all(&checkout)?;
    let lesson = lessons::find(&lessons, name)?.clone();
    if !lesson.sides.contains(&OneSide::Threads) {
        let sentence = format!(
            "lesson {} has no threads, and schedules are of threads",
            lesson.name()
        );
        return Err(Failure::new(Code::NoInput, sentence));
    }
    Ok((lesson.only(OneSide::Threads)?, checkout))
}
