//! Where checks are built and run: cargo, and a child process with limits.
//!
//! 1. Cargo builds the checks' program; what it says goes to the terminal, or is
//!    kept for who asked.
//! 2. A [`child`] runs it with limits of time, memory and output. It gets a request
//!    on a line that the learner's code cannot reach.
//! 3. What it says on that line is believed, check by check.
//!
//! It is asked for one of two things: to judge a candidate, or what the learner's
//! policy answers in a simulation.
//!
//! Book: "Exercises" in the introduction.

use super::catalog::Exercise;
use super::child::{self, Child};
use super::output;
use super::run::Run;
use crate::children::groups::Groups;
use crate::failure::{Code, Failure};
use crate::signals::{self, Note};
use exercises::answers::{Answer, Answers, Question, Workload};
use exercises::report::Request;
use serde::Deserialize;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;
use std::{env, thread};

/// What builds and runs the checks of a checkout.
#[derive(Debug)]
pub(super) struct Workshop {
    /// The checkout's root.
    root: PathBuf,
    /// All children, to be ended when a signal ends us.
    groups: Groups,
    /// Whether a signal came.
    note: Note,
    /// Whether cargo may fetch nothing.
    offline: bool,
}

/// How long cargo may build. A first build takes minutes where much else goes on.
const BUILDING: Duration = Duration::from_mins(30);

/// Where a program was built, if it is one; and what cargo said.
type Cargo = (Result<Option<PathBuf>, Failure>, Vec<u8>);

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
            offline: false,
        })
    }

    /// The end that a signal asked for, if one came.
    pub(super) fn failure(&self) -> Option<Failure> {
        self.note.failure()
    }

    /// Ends whatever is at work, and starts nothing any more.
    pub(super) fn close(&self) {
        self.groups.close();
    }

    /// The same, in which cargo fetches nothing.
    pub(super) fn offline(self) -> Workshop {
        Workshop {
            offline: true,
            ..self
        }
    }

    /// Builds the program `name` of the exercises, and says where it is. What cargo
    /// says goes to the terminal.
    ///
    /// # Errors
    /// With [`Code::BuildFailed`] if it does not compile.
    pub(super) fn build(&self, name: &str) -> Result<PathBuf, Failure> {
        let (built, _) = self.cargo(&["--test", name], name, Stdio::inherit())?;
        built?.ok_or_else(|| {
            let sentence = format!("cargo built {name} but did not say where it is");
            Failure::new(Code::BuildFailed, sentence)
        })
    }

    /// The same, but what cargo says against it is kept: the inner error.
    ///
    /// # Errors
    /// Cargo cannot be started, or a signal came.
    pub(super) fn build_quietly(&self, name: &str) -> Result<Result<PathBuf, String>, Failure> {
        let (built, said) = self.cargo(&["--test", name], name, Stdio::piped())?;
        Ok(match built {
            Ok(Some(program)) => Ok(program),
            Ok(None) | Err(_) => Err(output::harmless_all(&said)),
        })
    }

    /// Builds what all exercises share, so that whatever does not compile after it
    /// is the exercise's own.
    ///
    /// # Errors
    /// It does not compile: cargo has said why.
    pub(super) fn build_base(&self) -> Result<(), Failure> {
        let (built, _) = self.cargo(&["--lib"], "exercises", Stdio::inherit())?;
        built.map(drop)
    }

    /// Has cargo build the target `name`. Says where its program is, if it is one, or
    /// that it does not compile; and what cargo said on `errors`, if that is a pipe.
    ///
    /// # Errors
    /// Cargo cannot be started, or a signal came.
    fn cargo(&self, which: &[&str], name: &str, errors: Stdio) -> Result<Cargo, Failure> {
        // Inside `cargo run` this is the very cargo that runs us.
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command
            .current_dir(&self.root)
            .args(["build", "--quiet", "--package", "exercises"])
            // Without it cargo builds what lies around a checkout that lacks its Cargo.toml.
            .arg("--manifest-path")
            .arg(self.root.join("Cargo.toml"))
            .args(which)
            .args(self.offline.then_some("--offline"))
            .arg("--message-format=json-render-diagnostics")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(errors);
        let mut member = child::start(&self.groups, &self.note, &mut command, "cargo")?;
        let messages = member.child.stdout.take().expect("its output was piped");
        let errors = member.child.stderr.take();
        let reading = thread::spawn(move || {
            let mut said = Vec::new();
            if let Some(mut errors) = errors {
                // What cannot be read is not told; that it failed is.
                let _ = errors.read_to_end(&mut said);
            }
            said
        });
        let leader = member.leader();
        let (over, still) = channel::<()>();
        let groups = self.groups.clone();
        let limiting = thread::spawn(move || {
            if still.recv_timeout(BUILDING) == Err(RecvTimeoutError::Timeout) {
                groups.end(leader); // a constant can be an endless loop, too
            }
        });
        let found = executable(BufReader::new(messages), name);
        let status = member.reap()?;
        drop(over);
        limiting.join().expect("limiting does not panic");
        let said = reading.join().expect("reading does not panic");
        if let Some(failure) = self.note.failure() {
            return Err(failure);
        }
        if !status.success() {
            let sentence = format!("the checks of {name} do not compile: cargo says why above");
            return Ok((Err(Failure::new(Code::BuildFailed, sentence)), said));
        }
        Ok((Ok(found?), said))
    }

    /// Runs the checks of `exercise`, in `program`, on `candidate`, with random cases
    /// of this seed.
    ///
    /// # Errors
    /// It cannot be started, or a signal came.
    pub(super) fn judge(
        &self,
        exercise: &Exercise,
        program: &Path,
        candidate: &str,
        seed: u64,
    ) -> Result<Run, Failure> {
        let request = Request {
            candidate: candidate.to_owned(),
            processes: exercise.about.processes,
            seed,
        };
        let limit = exercise.about.limit();
        let ended = self.child(program, "--judge").run(&request, limit)?;
        Ok(Run::of(&ended))
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
        let question = Question { workload, most };
        let ended = self.child(program, "--simulate").run(&question, limit)?;
        Ok(match ended.said::<Answers>().pop() {
            Some(answers) if ended.ended_well() => match answers.panicked {
                None => Ok(answers.answers),
                Some(panic) => Err(format!("Your code panicked: {panic}.")),
            },
            _ => Err(ended.how()),
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
