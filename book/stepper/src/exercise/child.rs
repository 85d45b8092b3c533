//! A program of the learner's in a child process, with limits.
//!
//! Its standard input is a socket, on which it gets a request and answers in lines.
//! What the learner's code prints comes on a pipe of its own.
//!
//! Invariants: (1) however the child ends, the result says so in words: no hang,
//! and no abort that takes this program along; (2) both are read to their ends,
//! whatever comes, so nobody waits in a write.
//!
//! Book: "Exercises" in the introduction.

use super::output;
use crate::children::groups::{Groups, Member};
use crate::failure::{Code, Failure};
use crate::signals::Note;
use serde::{Serialize, de::DeserializeOwned};
use std::collections::hash_map::RandomState;
use std::ffi::OsStr;
use std::hash::{BuildHasher, Hasher};
use std::io::{self, BufRead, BufReader, Write};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;
use std::{env, fs, thread};

/// How much address space the learner's code may use, in KiB: 2 GiB.
const MEMORY: u32 = 2 * 1024 * 1024;

/// How much of what it says is kept: more than a judge ever says.
const SAID: usize = 64 * 1024 * 1024;

/// A shell sets the limits, since that needs no unsafe code: memory, and no
/// core dump. Where a limit is not known the check runs without it.
const WITH_LIMITS: &str =
    "ulimit -v \"$1\" 2>/dev/null; ulimit -c 0 2>/dev/null; exec \"$0\" \"$2\"";

/// A child that is to be started.
#[derive(Debug)]
pub(super) struct Child<'a> {
    /// The program.
    pub(super) program: &'a Path,
    /// Its argument: the way in which it is called.
    pub(super) way: &'static str,
    /// Where it runs: the checkout's root.
    pub(super) root: &'a Path,
    /// All children, to be ended when a signal ends us.
    pub(super) groups: &'a Groups,
    /// Whether a signal came.
    pub(super) note: &'a Note,
}

/// A child that is over.
#[derive(Debug)]
pub(super) struct Ended {
    /// How it ended by itself; or why it was ended, as a sentence.
    status: Result<ExitStatus, String>,
    /// The beginning of what it printed.
    pub(super) printed: Vec<u8>,
    /// What it said, a line each.
    said: Vec<String>,
}

/// How a child came to its end.
enum End {
    /// By itself, or by a signal that we did not send.
    Over(io::Result<ExitStatus>),
    /// It printed more than the limit.
    TooMuchOutput,
}

impl Child<'_> {
    /// Starts it, hands it `request`, and waits for its end, for `limit` at most.
    ///
    /// # Errors
    /// It cannot be started, or a signal came.
    pub(super) fn run(&self, request: &impl Serialize, limit: Duration) -> Result<Ended, Failure> {
        let (pipe, writer) = io::pipe()?;
        let (line, theirs) = UnixStream::pair()?;
        let request = serde_json::to_string(request).expect("a request is made of text");
        let mut command = Command::new("sh");
        command
            .args([
                OsStr::new("-c"),
                OsStr::new(WITH_LIMITS),
                self.program.as_os_str(),
            ])
            .arg(MEMORY.to_string())
            .arg(self.way)
            .current_dir(self.root)
            .env_remove("RUST_LOG")
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(writer.try_clone()?)
            .stderr(writer);
        let member = start(self.groups, self.note, &mut command, "sh")?;
        drop(command); // it holds the child's ends of both

        let leader = member.leader();
        let (sender, ends) = channel();
        let too_much = sender.clone();
        let reading = thread::spawn(move || {
            // The receiver is gone if the run is over: then nobody needs to know.
            output::read(pipe, || drop(too_much.send(End::TooMuchOutput)))
        });
        let listening = thread::spawn(move || {
            ask(&line, &request);
            listen(&line)
        });
        let waiting = thread::spawn(move || drop(sender.send(End::Over(member.reap()))));
        let end = self.wait(&ends, limit, leader);
        // All of the group are dead now, so the pipe and the line have an end.
        waiting.join().expect("waiting does not panic");
        let printed = reading.join().expect("reading does not panic");
        let said = listening.join().expect("listening does not panic");
        if let Some(failure) = self.note.failure() {
            return Err(failure);
        }
        Ok(Ended {
            status: end.and_then(|status| status.map_err(|error| error.to_string())),
            printed,
            said,
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
}

impl Ended {
    /// What it said that makes sense, in order.
    pub(super) fn said<A: DeserializeOwned>(&self) -> Vec<A> {
        let lines = self.said.iter();
        lines
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect()
    }

    /// Whether it ended well, by itself.
    pub(super) fn ended_well(&self) -> bool {
        matches!(&self.status, Ok(status) if status.success())
    }

    /// A sentence for a child that ended without an answer.
    pub(super) fn how(&self) -> String {
        match &self.status {
            Ok(status) => how_it_ended(*status, &self.printed),
            Err(sentence) => sentence.clone(),
        }
    }
}

/// Starts a child.
///
/// # Errors
/// It cannot be started: `what` is what people call it.
pub(super) fn start(
    groups: &Groups,
    note: &Note,
    command: &mut Command,
    what: &str,
) -> Result<Member, Failure> {
    groups.start(command).map_err(|error| {
        let sentence = format!("{what} cannot be started: {error}");
        let failure = Failure::new(Code::System, sentence);
        note.failure().unwrap_or(failure)
    })
}

/// Sends the request, and that no more comes. A child that is over already takes
/// none; it will be told by how it ended.
fn ask(mut line: &UnixStream, request: &str) {
    let _ = line.write_all(request.as_bytes());
    let _ = line.shutdown(Shutdown::Write);
}

/// All that is said, to the end of the line (2). After [`SAID`] it is not kept.
fn listen(line: &UnixStream) -> Vec<String> {
    let (mut said, mut room) = (Vec::new(), SAID);
    for text in BufReader::new(line).lines().map_while(Result::ok) {
        room = room.saturating_sub(text.len());
        if room > 0 {
            said.push(text);
        }
    }
    said
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

/// A folder for the files of one run; it goes when this goes.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// A new, empty one.
    ///
    /// # Errors
    /// The system's temporary folder takes no more.
    pub(super) fn new() -> io::Result<Folder> {
        let folder = env::temp_dir().join(format!("sidestep-{:016x}", random()));
        fs::create_dir(&folder)?;
        Ok(Folder(folder))
    }

    /// A file in it.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
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
