//! Where checks are built and run: cargo, and a child process with limits.
//!
//! 1. Cargo builds the checks' program; what it says goes to the terminal.
//! 2. A child runs it with limits of time, memory and output. It gets a request
//!    on its standard input, which nobody else can read.
//! 3. The report is taken from a file that only the request names, and only if
//!    it bears the request's secret.
//!
//! Invariant: (1) however the child ends, the result says so in words: no hang,
//! and no abort that takes this program along.
//!
//! Book: "Exercises" in the introduction.

use super::output;
use crate::children::groups::{Groups, Member};
use crate::failure::{Code, Failure};
use crate::signals::{self, Note};
use exercises::report::{CheckResult, Report, Request};
use serde::Deserialize;
use std::collections::hash_map::RandomState;
use std::ffi::OsStr;
use std::hash::{BuildHasher, Hasher};
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;
use std::{env, fs, thread};

/// How much address space the learner's code may use, in KiB: 2 GiB.
const MEMORY: u32 = 2 * 1024 * 1024;

/// A shell sets the limits, since that needs no unsafe code: memory, and no
/// core dump. Where a limit is not known the check runs without it.
const WITH_LIMITS: &str =
    "ulimit -v \"$1\" 2>/dev/null; ulimit -c 0 2>/dev/null; exec \"$0\" --judge";

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

/// How a child came to its end.
enum End {
    /// By itself, or by a signal that we did not send.
    Over(io::Result<ExitStatus>),
    /// It printed more than the limit.
    TooMuchOutput,
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
        let mut member = self.start(&mut command, "cargo")?;
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
            secret: format!("{:016x}{:016x}", random(), random()),
            report: folder.0.join("report"),
            begun: folder.0.join("begun"),
        };
        let (pipe, writer) = io::pipe()?;
        let mut command = Command::new("sh");
        command
            .args([
                OsStr::new("-c"),
                OsStr::new(WITH_LIMITS),
                program.as_os_str(),
            ])
            .arg(MEMORY.to_string())
            .current_dir(&self.root)
            .env_remove("RUST_LOG")
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::piped())
            .stdout(writer.try_clone()?)
            .stderr(writer);
        let mut member = self.start(&mut command, "sh")?;
        drop(command); // it holds the writing end of the pipe
        let stdin = member.child.stdin.take().expect("its input was piped");
        ask(stdin, &request);

        let leader = member.leader();
        let (sender, ends) = channel();
        let too_much = sender.clone();
        let reading = thread::spawn(move || {
            // The receiver is gone if the run is over: then nobody needs to know.
            output::read(pipe, || drop(too_much.send(End::TooMuchOutput)))
        });
        let waiting = thread::spawn(move || drop(sender.send(End::Over(member.reap()))));
        let end = self.wait(&ends, limit, leader);
        // All of the group are dead now, so the pipe has an end.
        waiting.join().expect("waiting does not panic");
        let printed = reading.join().expect("reading does not panic");
        if let Some(failure) = self.note.failure() {
            return Err(failure);
        }
        let results = match end {
            Ok(status) => report(&request, status?, &printed),
            Err(sentence) => Err(sentence),
        };
        let during = results
            .is_err()
            .then(|| last_begun(&request.begun))
            .flatten();
        let results = results.map_err(|sentence| match during {
            Some(check) => format!("{sentence} That was during the check {check}."),
            None => sentence,
        });
        Ok(Run {
            results,
            printed: output::harmless(&printed),
        })
    }

    /// Waits until the child is over by itself, or ends it and says why.
    fn wait(
        &self,
        ends: &Receiver<End>,
        limit: Duration,
        leader: rustix::process::Pid,
    ) -> Result<io::Result<ExitStatus>, String> {
        let sentence = match ends.recv_timeout(limit) {
            Ok(End::Over(status)) => return Ok(status),
            Ok(End::TooMuchOutput) => format!(
                "Your code printed more than {} MiB and was ended.",
                output::LIMIT / 1024 / 1024
            ),
            Err(RecvTimeoutError::Timeout) => format!(
                "Your code did not come back within {} s and was ended: is there an endless loop, \
                 or somebody who waits for ever?",
                limit.as_secs()
            ),
            Err(RecvTimeoutError::Disconnected) => unreachable!("waiting sends before it ends"),
        };
        self.groups.end(leader);
        Err(sentence)
    }

    /// Starts a child.
    fn start(&self, command: &mut Command, what: &str) -> Result<Member, Failure> {
        self.groups.start(command).map_err(|error| {
            let sentence = format!("{what} cannot be started: {error}");
            let failure = Failure::new(Code::System, sentence);
            self.note.failure().unwrap_or(failure)
        })
    }
}

/// Sends the request. A child that is over already takes none; it will be told
/// by how it ended.
fn ask(mut stdin: ChildStdin, request: &Request) {
    let text = serde_json::to_string(request).expect("a request is made of text");
    let _ = stdin.write_all(text.as_bytes());
}

/// The results in the child's report; or why there are none.
fn report(
    request: &Request,
    status: ExitStatus,
    printed: &[u8],
) -> Result<Vec<CheckResult>, String> {
    let report = fs::read_to_string(&request.report).ok();
    let report: Option<Report> = report.and_then(|text| serde_json::from_str(&text).ok());
    match report {
        Some(report) if report.secret == request.secret && status.success() => Ok(report.results),
        _ => Err(how_it_ended(status, printed)),
    }
}

/// A sentence for a child that ended without a report.
fn how_it_ended(status: ExitStatus, printed: &[u8]) -> String {
    let printed = String::from_utf8_lossy(printed);
    let out_of_memory = printed.contains("memory allocation of");
    let overflow = printed.contains("has overflowed its stack");
    match (status.signal(), status.code()) {
        _ if out_of_memory => format!(
            "Your code wanted more memory than {} GiB and was ended: does a collection grow for ever?",
            MEMORY / 1024 / 1024
        ),
        _ if overflow => {
            "Your code overflowed its stack: does a function call itself for ever?".to_owned()
        }
        (Some(signal), _) => {
            let name = match signal {
                4 => " (illegal instruction)",
                6 => " (abort)",
                7 | 11 => " (a bad memory access)",
                9 => " (kill)",
                _ => "",
            };
            format!("Your code was ended by signal {signal}{name}.")
        }
        (None, code) => format!(
            "Your code ended the program (exit code {}) before the checks were over.",
            code.unwrap_or_default()
        ),
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

/// A folder for the files of one run; it goes when this goes.
#[derive(Debug)]
struct Folder(PathBuf);

impl Folder {
    /// A new, empty one.
    fn new() -> io::Result<Folder> {
        let folder = env::temp_dir().join(format!("sidestep-{:016x}", random()));
        fs::create_dir(&folder)?;
        Ok(Folder(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Files that stay behind in the system's temporary folder harm nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A number that nobody can guess: std's hash maps get their keys from the
/// operating system.
fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_end_without_a_report_has_its_sentence() {
        let exited = |code: i32| ExitStatus::from_raw(code << 8);
        let killed = ExitStatus::from_raw;
        let cases = [
            (exited(0), "", "ended the program (exit code 0)"),
            (killed(9), "", "ended by signal 9 (kill)"),
            (
                killed(6),
                "memory allocation of 8 bytes failed",
                "more memory than 2 GiB",
            ),
            (
                killed(6),
                "thread 'main' has overflowed its stack",
                "call itself for ever",
            ),
        ];
        for (status, printed, expected) in cases {
            let sentence = how_it_ended(status, printed.as_bytes());
            assert!(sentence.contains(expected), "{sentence}");
        }
    }
}
