//! Starting a worker process.
//!
//! `posix_spawn`, which the standard library uses here, makes the process without
//! a copy of this one's memory, and lets it begin with a program: this one, by
//! `/proc/self/exe`, so that it is the same even if its file was replaced. One end
//! of a pair of sockets is the new process's stdin. Its stdout is thrown away until
//! it is a worker: whatever the program says at its start, it has said already.
//! It has a process group of its own, so Ctrl-C is for this program to answer.
//!
//! Mirror: none.

use crate::process::init;
use crate::process::journal;
use crate::process::wire::{Kind, Outgoing};
use crate::process::worker::{Hello, PROTOCOL};
use rustix::io::ioctl_fionbio;
use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{self, Child, Command, Stdio};

/// What is the same for all workers of a pool.
#[derive(Debug)]
pub(super) struct Launcher {
    /// The name of the function.
    pub(super) work: &'static str,
    /// The arguments that lead to the right `init!`.
    pub(super) arguments: Vec<String>,
    /// How deep the workers are.
    pub(super) depth: u32,
    /// The pool's number.
    pub(super) pool: u32,
    /// When the pool started, in ns of the monotonic clock.
    pub(super) epoch: u64,
    /// The longest message, in bytes.
    pub(super) limit: usize,
    /// What to start in place of this program.
    pub(super) command: Option<(OsString, Vec<OsString>)>,
}

/// A process that was started.
#[derive(Debug)]
pub(super) struct Launched {
    /// The process.
    pub(super) child: Child,
    /// This side of the socket, which does not wait.
    pub(super) socket: OwnedFd,
    /// What it will note down.
    pub(super) journal: File,
    /// What it must be told first.
    pub(super) hello: Outgoing,
}

impl Launcher {
    /// Starts worker `worker`.
    pub(super) fn launch(&self, worker: u32) -> io::Result<Launched> {
        let flags = SocketFlags::CLOEXEC;
        let (ours, its) = socketpair(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
        ioctl_fionbio(&ours, true)?;
        let journal = journal::create()?;
        let stdout = io::stdout().as_fd().try_clone_to_owned()?;
        let along = vec![stdout, journal.as_fd().try_clone_to_owned()?];
        let mut command = if let Some((program, arguments)) = &self.command {
            let mut command = Command::new(program);
            command.args(arguments);
            command
        } else {
            let mut command = Command::new("/proc/self/exe");
            if let Some(name) = std::env::args_os().next() {
                command.arg0(name);
            }
            command.args(&self.arguments);
            command
        };
        let child = command
            .env(init::VARIABLE, process::id().to_string())
            .stdin(Stdio::from(its))
            .stdout(Stdio::null())
            .process_group(0)
            .spawn()?;
        let hello = Hello {
            protocol: PROTOCOL,
            work: self.work.to_owned(),
            pool: self.pool,
            worker,
            depth: self.depth,
            limit: self.limit as u64,
            epoch: self.epoch,
        };
        let hello = postcard::to_allocvec(&hello).map_err(io::Error::other)?;
        Ok(Launched {
            child,
            socket: ours,
            journal,
            hello: Outgoing::new(Kind::Hello, &[&hello], along),
        })
    }
}
