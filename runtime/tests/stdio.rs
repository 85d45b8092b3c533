//! The standard streams: lines, dropped reads, and an end that does not hang.
//!
//! Each test runs a *child*: this program again, with a test of its own, whose
//! standard streams are pipes.

use runtime::blocking::Limits;
use runtime::stdio::{stdin, stdout};
use runtime::{Clock, EventLoop, timeout};
use std::env;
use std::future::Future;
use std::io::{ErrorKind, Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Which child this is, if it is one.
const CHILD: &str = "RUNTIME_TEST_CHILD";

/// Runs `main` in this process, if it is the child `name`.
fn child(name: &str, clock: Clock, main: impl AsyncFnOnce()) {
    if env::var(CHILD).is_ok_and(|child| child == name) {
        let mut event_loop = EventLoop::new(clock);
        // One waits for input, one writes: a second that waits would be noticed.
        event_loop.set_blocking_limits(Limits {
            threads: 2,
            shutdown: Duration::MAX, // what the end waits for, it waits for
            ..Limits::default()
        });
        event_loop.block_on(main());
    }
}

/// A child, and what it said so far.
struct Talk {
    /// The child.
    child: Child,
    /// Its output.
    said: Vec<u8>,
}

impl Talk {
    /// Starts the child `name`.
    fn start(name: &str) -> Self {
        let child = Command::new(env::current_exe().expect("this program"))
            .args(["--exact", name, "--nocapture", "--test-threads=1", "-q"])
            .env(CHILD, name)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this program runs");
        Talk {
            child,
            said: Vec::new(),
        }
    }

    /// Reads what it says, until that.
    fn wait_for(&mut self, what: &str) {
        let output = self.child.stdout.as_mut().expect("it is a pipe");
        while !said(&self.said).ends_with(&format!("{what}\n")) {
            let mut byte = [0];
            output.read_exact(&mut byte).expect("it says so");
            self.said.extend(byte);
        }
    }

    /// Gives it something to read.
    fn give(&mut self, input: &[u8]) {
        let to = self.child.stdin.as_mut().expect("it is a pipe");
        to.write_all(input).expect("it reads");
    }

    /// Everything that it says until it ends, which is well.
    fn all(mut self) -> String {
        let output = self.child.stdout.as_mut().expect("it is a pipe");
        output.read_to_end(&mut self.said).expect("it ends");
        let status = self.child.wait().expect("it ends");
        assert!(status.success(), "{status}");
        said(&self.said)
    }
}

/// What a child says that is given `input`, and no more.
fn says(name: &str, input: &[u8]) -> String {
    let mut talk = Talk::start(name);
    talk.give(input);
    drop(talk.child.stdin.take());
    talk.all()
}

/// What a child said, less what the harness says: its lines begin with `> `.
fn said(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    let said = text
        .split_inclusive('\n')
        .filter(|line| line.ends_with('\n'));
    said.filter_map(|line| line.split_once("> "))
        .map(|(_, said)| said)
        .collect()
}

/// Says something, from a child.
async fn say(what: impl std::fmt::Debug) {
    let line = format!("> {what:?}\n");
    let written = stdout().write_all(line.as_bytes()).await;
    written.expect("it is read");
}

/// Polls a future once, in virtual time, and drops it.
async fn begin_and_drop(future: impl Future) {
    assert!(timeout(Duration::ZERO, future).await.is_err());
}

#[test]
fn child_lines() {
    child("child_lines", Clock::Virtual, async || {
        let mut input = stdin();
        while let Some(line) = input.next_line().await.unwrap() {
            say(line).await;
        }
        say("end").await;
    });
}

#[test]
fn lines_come_without_their_ends_and_the_last_may_have_none() {
    let long = "x".repeat(100_000);
    let input = format!("one\n\ntwo\r\n{long}\nlast");
    assert_eq!(
        says("child_lines", input.as_bytes()),
        format!("\"one\"\n\"\"\n\"two\"\n\"{long}\"\n\"last\"\n\"end\"\n")
    );
}

#[test]
fn no_input_at_all_is_the_end() {
    assert_eq!(says("child_lines", b""), "\"end\"\n");
}

#[test]
fn child_invalid() {
    child("child_invalid", Clock::Virtual, async || {
        let mut input = stdin();
        say(input.next_line().await.unwrap_err().kind()).await;
        say(input.next_line().await.unwrap()).await;
    });
}

#[test]
fn a_line_that_is_no_text_is_an_error_and_the_next_is_read() {
    let said = says("child_invalid", b"\xff\ngood\n");
    assert_eq!(
        said,
        format!("{:?}\nSome(\"good\")\n", ErrorKind::InvalidData)
    );
}

#[test]
fn child_dropped() {
    child("child_dropped", Clock::Virtual, async || {
        // Nothing is there yet. Two handles after each other wait with one thread.
        begin_and_drop(stdin().next_line()).await;
        begin_and_drop(stdin().next_line()).await;
        say("nothing yet").await;
        say(stdin().next_line().await.unwrap()).await;
        let mut buffer = [0; 3];
        let count = stdin().read(&mut buffer).await.unwrap();
        say(&buffer[..count]).await;
        say(stdin().next_line().await.unwrap()).await;
    });
}

#[test]
fn a_dropped_read_loses_nothing() {
    let mut talk = Talk::start("child_dropped");
    talk.wait_for("\"nothing yet\"");
    talk.give(b"first\nabcdef\n");
    assert_eq!(
        talk.all(),
        "\"nothing yet\"\nSome(\"first\")\n[97, 98, 99]\nSome(\"def\")\n"
    );
}

#[test]
fn child_loops() {
    child("child_loops", Clock::Virtual, async || {
        begin_and_drop(stdin().next_line()).await;
    });
    child("child_loops", Clock::Real, async || {
        say("next").await;
        say(stdin().next_line().await.unwrap()).await;
    });
}

#[test]
fn a_loops_end_does_not_wait_for_a_read_which_the_next_loop_finds() {
    let mut talk = Talk::start("child_loops");
    talk.wait_for("\"next\""); // the first loop is over
    talk.give(b"found\n"); // the input stays open
    assert_eq!(talk.all(), "\"next\"\nSome(\"found\")\n");
}

#[test]
fn child_closed_output() {
    child("child_closed_output", Clock::Virtual, async || {
        say("ready").await;
        stdin().next_line().await.unwrap(); // by now nobody reads
        // careful: a child that another test starts holds a copy of the pipe's other end
        // between its fork and its exec, so a first write may still find a reader.
        let error = loop {
            if let Err(error) = stdout().write_all(b"x\n").await {
                break error;
            }
        };
        assert_eq!(error.kind(), ErrorKind::BrokenPipe);
        std::process::exit(7);
    });
}

#[test]
fn an_output_that_nobody_reads_is_an_error() {
    let mut talk = Talk::start("child_closed_output");
    talk.wait_for("\"ready\"");
    drop(talk.child.stdout.take());
    talk.give(b"go\n");
    assert_eq!(talk.child.wait().unwrap().code(), Some(7));
}
