//! Runs a round in a process of its own, checks its output, and tells a hang.
//!
//! A process whose threads hang cannot be trusted to say so: its locks may be
//! held for ever. So the test's own process watches from outside. A round that
//! prints nothing for a minute hangs: its threads are then reported, with their
//! stacks if `gdb` is there, and the test fails.

use super::{ROUND, Round};
use std::collections::VecDeque;
use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// The last line of a round, before its numbers.
pub(crate) const DONE: &str = "done, with picks and preemptions:";

/// So long may a round print nothing: a machine can be busy, but not for ever.
const SILENCE: Duration = Duration::from_mins(1);

/// Runs `round`, and returns how many preemptions it had.
pub(crate) fn run(round: Round) -> u64 {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["one_round", "--exact", "--ignored", "--nocapture"])
        .env(ROUND, round.write())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let stderr = child.stderr.take().unwrap();
    let complaints = thread::spawn(move || last_lines(stderr));
    let stdout = BufReader::new(child.stdout.take().unwrap());
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        stdout
            .lines()
            .try_for_each(|line| sender.send(line.unwrap()))
    });
    let mut done = None;
    loop {
        match lines.recv_timeout(SILENCE) {
            Ok(line) => match line.strip_prefix(DONE) {
                Some(numbers) => done = Some(numbers.to_owned()),
                None => check(&line),
            },
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                report(&mut child);
                panic!("{round:?} printed nothing for {SILENCE:?}: it hangs, see above");
            }
        }
    }
    let status = child.wait().unwrap();
    let complaints = complaints.join().unwrap();
    assert!(status.success(), "{round:?}: {status}\n{complaints}");
    let numbers = done.expect("a round that succeeds says how it was");
    numbers.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Checks a line of the workers' (or of the test harness): see
/// [`line`].
fn check(line_read: &str) {
    if let Some(rest) = line_read.strip_prefix("worker ") {
        let mut words = rest.split(' ');
        let mut number = || words.next().and_then(|word| word.parse().ok());
        let whole = match (number(), number()) {
            (Some(worker), Some(value)) => line(worker, value) == line_read,
            _ => false,
        };
        assert!(whole, "a line was torn: {line_read:?}");
    }
}

/// What worker `worker` prints: a line that shows whether it is whole.
pub(crate) fn line(worker: u64, value: u64) -> String {
    let tail = "=".repeat((value % 50) as usize);
    format!("worker {worker} {value} {tail}.")
}

/// Reports what the threads of `child` do, and ends it.
fn report(child: &mut Child) {
    let id = child.id();
    let read = |path: String| fs::read_to_string(path).unwrap_or_default();
    for task in fs::read_dir(format!("/proc/{id}/task"))
        .into_iter()
        .flatten()
        .flatten()
    {
        let path = task.path().display().to_string();
        let state = read(format!("{path}/stat"));
        let state = state.rsplit(") ").next().unwrap_or_default().get(..1);
        eprintln!(
            "{} {:16} {} in system call {}",
            task.file_name().display(),
            read(format!("{path}/comm")).trim(),
            state.unwrap_or("?"),
            read(format!("{path}/syscall")).trim(),
        );
    }
    let stacks = Command::new("gdb")
        .args([
            "-batch",
            "-p",
            &id.to_string(),
            "-ex",
            "thread apply all bt 25",
        ])
        .output();
    match stacks {
        Ok(stacks) => eprintln!("{}", String::from_utf8_lossy(&stacks.stdout)),
        Err(error) => eprintln!("no stacks: gdb: {error}"),
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

/// The last lines of what is read, once it ends.
fn last_lines(from: impl Read) -> String {
    let mut lines = VecDeque::new();
    for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
        lines.push_back(String::from_utf8_lossy(&line).into_owned());
        if lines.len() > 60 {
            lines.pop_front();
        }
    }
    Vec::from(lines).join("\n")
}
