//! Child processes: the programs that are stepped, and what they write.
//!
//! A child's stdout and stderr are one pipe, so that their order is kept. One
//! thread reads it and hands over pieces, another waits for the child's end:
//!
//! ```text
//!   child ──pipe──► reading thread ──pieces──► whoever holds the `Running`
//!     └──exit status──► waiting thread ──Over──┘
//! ```
//!
//! Invariants: (1) the hand-over is bounded: a child that writes faster than
//! its trace is read waits in its own `write`; (2) [`Piece::Over`] is the last
//! piece, and comes also if a process that left the group keeps the pipe open;
//! (3) dropping a [`Running`] ends the child and all it has started.
//!
//! Left out: the child's input. It gets ours if that is a file or a pipe, and
//! nothing if it is the terminal, whose keys are for the stepper.
//!
//! Book: appendix "The stepper".

pub(crate) mod build;
mod environment;
pub(crate) mod groups;
mod twins;

pub(crate) use twins::Twins;

use crate::failure::{Code, Failure};
use groups::{Groups, Member};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::Pid;
use std::{
    ffi::OsString,
    io::{self, IsTerminal, PipeReader, Read},
    path::PathBuf,
    process::{Command, ExitStatus, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
};

/// How many bytes are read at once: what a Linux pipe holds.
const PIECE: usize = 64 * 1024;
/// How many pieces wait to be taken (1).
const PIECES: usize = 16;
/// How often the reading thread looks whether the child is over (2).
const LOOK: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 100_000_000,
};

/// A program to run, and how.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    /// The program and its arguments; never empty.
    pub(crate) command: Vec<OsString>,
    /// Where it runs; None for where we are.
    pub(crate) folder: Option<PathBuf>,
    /// Whether it may have our input, should that not be the terminal.
    pub(crate) takes_input: bool,
    /// What its environment has besides ours.
    pub(crate) variables: Vec<(&'static str, String)>,
}

/// What a running child hands over.
#[derive(Debug)]
pub(crate) enum Piece {
    /// Bytes that it wrote.
    Bytes(Vec<u8>),
    /// It is over, and this is how; the last piece (2).
    Over(ExitStatus),
}

/// A child that runs, or has run.
#[derive(Debug)]
pub(crate) struct Running {
    /// Where its group is listed.
    groups: Groups,
    /// Its number there.
    leader: Pid,
    /// What it hands over. None while it is dropped.
    pieces: Option<Receiver<Piece>>,
    /// The thread that waits for the reading thread, and that sends the end.
    waiting: Option<thread::JoinHandle<()>>,
}

impl Running {
    /// Starts `program` in a group of its own.
    ///
    /// # Errors
    /// It cannot be started: there is no such program, or it may not be run.
    pub(crate) fn start(program: &Program, groups: &Groups) -> Result<Running, Failure> {
        let (name, arguments) = program.command.split_first().expect("a command has a name");
        let failed = |error: io::Error| {
            let name = name.display();
            Failure::new(
                Code::NoCommand,
                format!("`{name}` cannot be started: {error}"),
            )
        };
        let (pipe, output) = io::pipe().map_err(failed)?;
        let mut command = Command::new(name);
        command.args(arguments);
        command
            .stdout(output.try_clone().map_err(failed)?)
            .stderr(output);
        if !program.takes_input || io::stdin().is_terminal() {
            command.stdin(Stdio::null());
        }
        if let Some(folder) = &program.folder {
            command.current_dir(folder);
        }
        environment::prepare(&mut command);
        command.envs(program.variables.iter().map(|(name, value)| (name, value)));
        let member = groups.start(&mut command).map_err(failed)?;
        drop(command); // and with it our ends of the pipe, or reading would never end
        let leader = member.leader();
        let (sender, pieces) = sync_channel(PIECES);
        Ok(Running {
            groups: groups.clone(),
            leader,
            pieces: Some(pieces),
            waiting: Some(thread::spawn(move || watch(member, pipe, &sender))),
        })
    }

    /// The next piece, if there is one now; None also after the last one.
    pub(crate) fn next(&self) -> Option<Piece> {
        self.pieces.as_ref()?.try_recv().ok()
    }

    /// Ends the child; its last pieces can still be taken.
    pub(crate) fn end(&self) {
        self.groups.end(self.leader);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.pieces = None; // wakes a reading thread that waits to hand over
        self.end();
        if let Some(waiting) = self.waiting.take() {
            // It has nothing to say any more, not even if it panicked.
            let _ = waiting.join();
        }
    }
}

/// Hands over everything that the child writes, and then how it ended.
fn watch(member: Member, pipe: PipeReader, sender: &SyncSender<Piece>) {
    let over = Arc::new(AtomicBool::new(false));
    let reading = {
        let (over, sender) = (over.clone(), sender.clone());
        thread::spawn(move || read(pipe, &over, &sender))
    };
    let status = member.reap();
    over.store(true, Ordering::Release);
    let read = reading.join();
    if let (Ok(status), Ok(())) = (status, read) {
        // Nobody listens any more if the stepper is being left.
        let _ = sender.send(Piece::Over(status));
    }
}

/// Hands over what comes out of the pipe until it ends, or until the child is
/// over and the pipe silent (2).
fn read(mut pipe: PipeReader, over: &AtomicBool, sender: &SyncSender<Piece>) {
    let mut buffer = vec![0; PIECE];
    loop {
        let was_over = over.load(Ordering::Acquire); // before looking: it may still write and end
        let mut pipes = [PollFd::new(&pipe, PollFlags::IN)];
        match poll(&mut pipes, Some(&LOOK)) {
            Ok(0) if was_over => return,
            Ok(0) | Err(rustix::io::Errno::INTR) => continue,
            Ok(_) => {}
            Err(_) => return,
        }
        match pipe.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(length) => {
                if sender
                    .send(Piece::Bytes(buffer[..length].to_vec()))
                    .is_err()
                {
                    return;
                }
            }
        }
    }
}
