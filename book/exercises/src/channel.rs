//! The judge's end of its line to the stepper.
//!
//! A judge is started with a socket as its standard input. It moves the socket
//! elsewhere, reads the request to its end, and says what it finds, a line each.
//!
//! Invariants: (1) when the learner's code runs, its standard input is empty, and
//! the socket has a number that safe code cannot use: only unsafe code makes a file
//! of a number, and a socket cannot be opened again by a path, not even below
//! `/proc/self/fd`; (2) a program that is started from here does not inherit it.
//!
//! Left out: a secret. There is nothing here that somebody could overhear.
//!
//! Book: "For teachers".

use serde::{Serialize, de::DeserializeOwned};
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

/// The line. Whoever has it is believed.
#[derive(Debug)]
pub(crate) struct Channel(UnixStream);

impl Channel {
    /// Takes the socket from the standard input (1).
    ///
    /// # Errors
    ///
    /// The operating system has no file left.
    pub(crate) fn take() -> io::Result<Channel> {
        let line = io::stdin().as_fd().try_clone_to_owned()?; // closed on exec (2)
        rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
        Ok(Channel(UnixStream::from(line)))
    }

    /// The request, once.
    ///
    /// # Errors
    ///
    /// What comes is none, as when a person calls.
    pub(crate) fn request<R: DeserializeOwned>(&self) -> io::Result<R> {
        Ok(serde_json::from_reader(&self.0)?)
    }

    /// Says something.
    ///
    /// # Errors
    ///
    /// Nobody listens any more.
    pub(crate) fn say(&mut self, told: &impl Serialize) -> io::Result<()> {
        let mut line = serde_json::to_vec(told)?;
        line.push(b'\n');
        self.0.write_all(&line)
    }
}
