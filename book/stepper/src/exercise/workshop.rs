//! Where checks are built and run: cargo, and a child process with limits.
//!
//! 1. Cargo builds the checks' program; what it says goes to the terminal.
//! 2. A [`child`] runs it with limits of time, memory and output. It gets a
//!    request on its standard input, which nobody else can read.
//! 3. What it answers is taken from a file that only the request names, and only
//!    if it bears the request's secret.
//!
//! It is asked for one of two things: to judge a candidate, or what the learner's
//! policy answers in a simulation.
//!
//! Book: "Exercises" in the introduction.

use super::child::{self, Child, Folder, secret};
use super::output;
use crate::children::groups::Groups;
use crate::failure::{Code, Failure};
use crate::signals::{self, Note};
use exercises::answers::{Answer, Answers, Question, Workload};
use exercises::report::{CheckResult, Report, Request};
use serde::Deserialize;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, fs};

/// What builds and runs the checks of a checkout.
#[derive(Debug)]
pub(super) struct Workshop {
    /// The checkout's root.
    root: PathBuf,
    /// All children, to be ended when a signal ends us.
    groups: Groups,
    /// Whether a signal came.
    note: Note,
}

/// How one run of the checks went.
#[derive(Debug)]
pub(super) struct Run {
    /// Every check's result; or why there is none, as a sentence.
    pub(super) results: Result<Vec<CheckResult>, String>,
    /// What the learner's code printed, made harmless.
    pub(super) printed: String,
}

/// What is read of one of cargo's messages.
#[derive(Deserialize)]
struct Message {
    /// What was built.
    target: Option<Target>,
    /// Where it is, if it can be run.
    executable: Option<PathBuf>,
}

/// The part of a message that says what was built.
#[derive(Deserialize)]
struct Target {
    /// The target's name.
    name: String,
}

impl Workshop {
    /// A workshop for the checkout at `root`.
    ///
    /// # Errors
    /// The operating system does not let us handle signals.
    pub(super) fn open(root: &Path) -> Result<Workshop, Failure> {
        let groups = Groups::default();
        let note = signals::watch(groups.clone())?;
        Ok(Workshop {
            root: root.to_owned(),
            groups,
            note,
        })
    }

    /// Builds the program `name` of the exercises, and says where it is.
    ///
    /// # Errors
    /// With [`Code::BuildFailed`] if it does not compile.
    pub(super) fn build(&self, name: &str) -> Result<PathBuf, Failure> {
        // Inside `cargo run` this is the very cargo that runs us.
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command
            .current_dir(&self.root)
            .args(["build", "--quiet", "--package", "exercises", "--test", name])
            .arg("--message-format=json-render-diagnostics")
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut member = child::start(&self.groups, &self.note, &mut command, "cargo")?;
        let messages = member.child.stdout.take().expect("its output was piped");
        let found = executable(BufReader::new(messages), name);
        let status = member.reap()?;
        if let Some(failure) = self.note.failure() {
            return Err(failure);
        }
        if !status.success() {
            let sentence = format!("the checks of {name} do not compile: cargo says why above");
            return Err(Failure::new(Code::BuildFailed, sentence));
        }
        found?.ok_or_else(|| {
            let sentence = format!("cargo built {name} but did not say where it is");
            Failure::new(Code::BuildFailed, sentence)
        })
    }

    /// Runs the checks in `program` on `candidate`, for `limit` at most.
    ///
    /// # Errors
    /// It cannot be started, or a signal came.
    pub(super) fn judge(
        &self,
        program: &Path,
        candidate: &str,
        limit: Duration,
    ) -> Result<Run, Failure> {
        let folder = Folder::new()?;
        let request = Request {
            candidate: candidate.to_owned(),
            secret: secret(),
            report: folder.file("report"),
            begun: folder.file("begun"),
        };
        let ended = self.child(program, "--judge").run(&request, limit)?;
        let report = ended.answer::<Report>(&request.report);
        let results = match report {
            Ok(report) if report.secret == request.secret => Ok(report.results),
            Ok(_) => Err(ended.how()),
            Err(sentence) => Err(sentence),
        };
        let results = results.map_err(|sentence| match last_begun(&request.begun) {
            Some(check) => format!("{sentence} That was during the check {check}."),
            None => sentence,
        });
        Ok(Run {
            results,
            printed: output::harmless(&ended.printed),
        })
    }

    /// What the policy in `program` answers on a workload, until it was asked
    /// `most` times. The inner error says in a sentence why there is no answer.
    ///
    /// # Errors
    /// The program cannot be started, or a signal came.
    pub(super) fn simulate(
        &self,
        program: &Path,
        workload: Workload,
        most: usize,
        limit: Duration,
    ) -> Result<Result<Vec<Answer>, String>, Failure> {
        let folder = Folder::new()?;
        let question = Question {
            secret: secret(),
            report: folder.file("answers"),
            workload,
            most,
        };
        let ended = self.child(program, "--simulate").run(&question, limit)?;
        Ok(match ended.answer::<Answers>(&question.report) {
            Ok(answers) if answers.secret == question.secret => match answers.panicked {
                None => Ok(answers.answers),
                Some(panic) => Err(format!("Your code panicked: {panic}.")),
            },
            Ok(_) => Err(ended.how()),
            Err(sentence) => Err(sentence),
        })
    }

    /// A child that will run `program`, called in `way`.
    fn child<'a>(&'a self, program: &'a Path, way: &'static str) -> Child<'a> {
        Child {
            program,
            way,
            root: &self.root,
            groups: &self.groups,
            note: &self.note,
        }
    }
}

/// The check that was begun last.
fn last_begun(path: &Path) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    text.lines().last().map(str::to_owned)
}

/// The program of the target `name` among cargo's messages.
fn executable(messages: impl BufRead, name: &str) -> io::Result<Option<PathBuf>> {
    let mut found = None;
    for line in messages.lines() {
        // Other lines are the output of build scripts and the like.
        if let Ok(message) = serde_json::from_str::<Message>(&line?)
            && message.target.is_some_and(|target| target.name == name)
        {
            found = message.executable.or(found);
        }
    }
    Ok(found)
}
