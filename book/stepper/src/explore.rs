//! `explore`: a lesson's searches, as they go on, and what they left out.
//!
//! The lesson runs as a child process that tells its searches (`EXPLORE`, and the log's
//! target `explore`); what it tells is shown here, or printed.
//!
//! ```text
//!  child ──lines──► told ──► searches: counts, outcomes, the tree of choices
//!                               │
//!                text ◄─────────┴────────► screen ──Enter──► step: two runs
//! ```
//!
//! Invariants: (1) Ctrl-C ends the child, and what was found by then is shown; (2)
//! without a terminal what is printed is the same at every run of the same search.
//!
//! Book: chapter 19.

mod app;
mod chance;
pub(crate) mod child;
pub(crate) mod model;
mod options;
pub(crate) mod source;
pub(crate) mod text;
pub(crate) mod told;
mod tree;

use crate::{
    children::{Program, groups::Groups},
    command_line::OneSide,
    failure::{Code, Failure},
    lessons,
    replay::{self, Replay, What},
    signals, steps,
};
use child::Child;
use model::Model;
pub(crate) use options::Explore;
use source::Lines;
use std::{
    env,
    ffi::OsString,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// A program that searches, ready to be run.
#[derive(Debug)]
pub(crate) struct Subject {
    /// What it is.
    pub(crate) what: What,
    /// The program and its arguments.
    pub(crate) program: Vec<OsString>,
    /// Where it runs; None for where we are.
    pub(crate) folder: Option<PathBuf>,
}

/// Shows, or prints, what the command line asks for.
///
/// # Errors
/// There is no such lesson, or it does not search; a signal; a failure was found.
pub(crate) fn run(asked: &Explore) -> Result<(), Failure> {
    if asked.lesson.is_none() && asked.command.is_empty() {
        return list();
    }
    let groups = Groups::default();
    let note = signals::watch(groups.clone())?;
    let subject = find(asked, &groups).map_err(|failure| note.failure().unwrap_or(failure))?;
    if let Some(runs) = asked.real {
        return chance::run(asked, runs, &subject, &groups, &note);
    }
    let child = Child::start(&subject, &asked.words(), &groups)?;
    let lines = Lines::new(subject.folder.clone());
    let mut model = Model::new(subject, lines);
    if asked.plain || !steps::is_screen() {
        let asked_to_end = text::wait(&mut model, child, &note)?;
        text::print(&model, &mut io::stdout().lock())?;
        return asked_to_end.map_or_else(|| model.verdict(), Err);
    }
    app::run(model, child, &note)
}

/// Lists the lessons that search.
fn list() -> Result<(), Failure> {
    let checkout = lessons::checkout()?;
    let mut output = io::stdout().lock();
    writeln!(
        output,
        "These lessons search every schedule of their threads:"
    )?;
    for lesson in lessons::all(&checkout)? {
        if lesson.sides.contains(&OneSide::Threads) && searches(&checkout, &lesson.name()) {
            let text = fs::read_to_string(threads(&checkout, &lesson.name())).unwrap_or_default();
            writeln!(output, "  {:<24} {}", lesson.name(), lessons::title(&text))?;
        }
    }
    writeln!(output, "\ncargo run -- explore 22")?;
    Ok(())
}

/// The file of a lesson's threads.
fn threads(checkout: &Path, lesson: &str) -> PathBuf {
    checkout
        .join("examples")
        .join(format!("{lesson}_threads.rs"))
}

/// Whether the threads of this lesson call `explore`.
pub(crate) fn searches(checkout: &Path, lesson: &str) -> bool {
    let file = checkout
        .join("examples")
        .join(format!("{lesson}_threads.rs"));
    let text = fs::read_to_string(file).unwrap_or_default();
    text.contains(" explore(") || text.contains("Explore::")
}

/// The program, built if it is a lesson.
fn find(asked: &Explore, groups: &Groups) -> Result<Subject, Failure> {
    let Some(name) = &asked.lesson else {
        return Subject::new(What::Command(asked.command.clone()), groups);
    };
    let (lesson, checkout) = replay::lesson(name)?;
    if !searches(&checkout, &lesson.name()) {
        let sentence = format!(
            "lesson {} does not search: its threads run under a policy. `cargo run -- explore` \
             lists those that do",
            lesson.name()
        );
        return Err(Failure::new(Code::NoInput, sentence));
    }
    Subject::new(What::Lesson(lesson, checkout), groups)
}

impl Subject {
    /// Builds it.
    ///
    /// # Errors
    /// It does not compile.
    pub(crate) fn new(what: What, groups: &Groups) -> Result<Subject, Failure> {
        let (program, folder) = what.build(groups)?;
        Ok(Subject {
            what,
            program,
            folder,
        })
    }

    /// The program, with this in `EXPLORE`.
    fn asked(&self, words: &str) -> Program {
        Program {
            command: self.program.clone(),
            folder: self.folder.clone(),
            takes_input: false,
            variables: vec![
                ("EXPLORE", words.to_owned()),
                ("SCHEDULE", String::new()),
                // The program's own messages stay; its trace would only be in the way.
                ("RUST_LOG", format!("{},explore=trace", own_directives())),
            ],
        }
    }

    /// Executions of search `of`, or of its own run, to be stepped.
    pub(crate) fn replay(&self, of: Option<u32>, schedules: &[String]) -> Replay {
        // A schedule that cannot be read came from another version of the scheduler.
        let schedules = schedules
            .iter()
            .filter_map(|schedule| schedule.parse().ok());
        Replay::new(self.what.clone(), schedules.collect(), of)
    }
}

/// What the learner set in `RUST_LOG`, or what the logger takes for nothing.
pub(crate) fn own_directives() -> String {
    let own = env::var("RUST_LOG").unwrap_or_default();
    let own = own.split('/').next().unwrap_or_default().trim();
    if own.is_empty() {
        "error".to_owned()
    } else {
        own.to_owned()
    }
}
