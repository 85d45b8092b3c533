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
const DONE: &str = "done, counted:";

/// So long may a round print nothing: a machine can be busy, but not for ever.
const SILENCE: Duration = Duration::from_mins(1);

/// What a round counted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    /// How often the policy was asked who is next.
    pub(crate) picks: u64,
    /// How often a quantum expired.
    pub(crate) preemptions: u64,
    /// How often threads looked whether they hold a CPU.
    pub(crate) looks: u64,
    /// How often one did not.
    pub(crate) overlaps: u64,
    /// How many calls were interrupted.
    pub(crate) cut_short: u64,
    /// How many processes were started.
    pub(crate) children: u64,
}

impl Counts {
    /// As a round prints them.
    pub(crate) fn write(self) -> String {
        let Counts {
            picks,
            preemptions,
            looks,
            overlaps,
            cut_short,
            children,
        } = self;
        format!("{DONE} {picks} {preemptions} {looks} {overlaps} {cut_short} {children}")
    }

    /// Adds those of another round.
    pub(crate) fn add(&mut self, other: Counts) {
        self.picks += other.picks;
        self.preemptions += other.preemptions;
        self.looks += other.looks;
        self.overlaps += other.overlaps;
        self.cut_short += other.cut_short;
        self.children += other.children;
    }

    /// The inverse of [`Counts::write`], without its first words.
    fn read(text: &str) -> Counts {
        let numbers = text.split_whitespace().map(|word| word.parse().unwrap());
        let numbers: Vec<u64> = numbers.collect();
        let [picks, preemptions, looks, overlaps, cut_short, children] = numbers[..] else {
            panic!("six numbers are printed, not {text}");
        };
        Counts {
            picks,
            preemptions,
            looks,
            overlaps,
            cut_short,
            children,
        }
    }
}

/// Runs `round`, and returns what it counted.
pub(crate) fn run(round: Round) -> Counts {
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
    Counts::read(&numbers)
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
