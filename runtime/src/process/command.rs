//! What is to be started, and how.

use super::{Child, Output};
use std::ffi::OsStr;
use std::io;
use std::panic::Location;
use std::path::Path;
use std::process::{self, Stdio};

/// A command, as [`std::process::Command`]; what is missing here is set there,
/// and [`From`] makes the one into the other.
///
/// ```
/// use runtime::{Clock, EventLoop, process::Command};
///
/// let output = EventLoop::new(Clock::Virtual).block_on(Command::new("echo").arg("hello").output());
/// assert_eq!(output.expect("there is an echo").stdout, b"hello\n");
/// ```
#[derive(Debug)]
pub struct Command {
    /// The standard library's.
    command: process::Command,
    /// Whether a child that is dropped is killed.
    kill_on_drop: bool,
}

impl From<process::Command> for Command {
    fn from(command: process::Command) -> Self {
        Command {
            command,
            kill_on_drop: false,
        }
    }
}

impl Command {
    /// Will start `program`, which is looked for as the shell does.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        process::Command::new(program).into()
    }

    /// Adds an argument.
    pub fn arg(&mut self, argument: impl AsRef<OsStr>) -> &mut Self {
        self.command.arg(argument);
        self
    }

    /// Adds arguments.
    pub fn args(&mut self, arguments: impl IntoIterator<Item: AsRef<OsStr>>) -> &mut Self {
        self.command.args(arguments);
        self
    }

    /// Sets a variable of its environment.
    pub fn env(&mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> &mut Self {
        self.command.env(name, value);
        self
    }

    /// Sets where it works.
    pub fn current_dir(&mut self, folder: impl AsRef<Path>) -> &mut Self {
        self.command.current_dir(folder);
        self
    }

    /// Sets its standard input: a pipe for [`Child::stdin`], for instance. It is
    /// this process's own, unless set.
    pub fn stdin(&mut self, from: impl Into<Stdio>) -> &mut Self {
        self.command.stdin(from);
        self
    }

    /// Sets its standard output.
    pub fn stdout(&mut self, to: impl Into<Stdio>) -> &mut Self {
        self.command.stdout(to);
        self
    }

    /// Sets where its errors go.
    pub fn stderr(&mut self, to: impl Into<Stdio>) -> &mut Self {
        self.command.stderr(to);
        self
    }

    /// Sets whether a child that is dropped before its end is killed: no, unless set.
    pub fn kill_on_drop(&mut self, kill: bool) -> &mut Self {
        self.kill_on_drop = kill;
        self
    }

    /// Starts it.
    ///
    /// # Errors
    ///
    /// As the OS says, with the program's name, and its folder, if that was set: `NotFound` if there is none, for
    /// instance; or if no file descriptors are left to watch it by: it is killed then.
    ///
    /// # Panics
    ///
    /// If it is called outside of an event loop.
    #[track_caller]
    pub fn spawn(&mut self) -> io::Result<Child> {
        let place = Location::caller();
        Child::start(&mut self.command, self.kill_on_drop, place)
    }

    /// Starts it when first polled, and collects what it writes, with how it ended.
    ///
    /// careful: unless [`stdin`](Command::stdin) was set it reads this process's
    /// own input, where the standard library's `output` would give it none.
    ///
    /// It is killed if this is dropped before that.
    ///
    /// # Errors
    ///
    /// As [`spawn`](Command::spawn), or as the OS says.
    pub fn output(&mut self) -> Output<'_> {
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Output::new(&mut self.command)
    }
}
