//! Which signal.

use signal_hook::consts;
use std::io;

/// A signal, by its number in this OS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Kind(i32);

impl Kind {
    /// SIGINT: Ctrl-C in the terminal.
    pub fn interrupt() -> Self {
        Kind(consts::SIGINT)
    }

    /// SIGTERM: a polite request to end.
    pub fn terminate() -> Self {
        Kind(consts::SIGTERM)
    }

    /// SIGHUP: the terminal is gone; to a server, often: read your settings again.
    pub fn hangup() -> Self {
        Kind(consts::SIGHUP)
    }

    /// SIGQUIT: Ctrl-\ in the terminal.
    pub fn quit() -> Self {
        Kind(consts::SIGQUIT)
    }

    /// SIGCHLD: a child process has ended, or was stopped.
    pub fn child() -> Self {
        Kind(consts::SIGCHLD)
    }

    /// SIGUSR1: what the program makes of it.
    pub fn user_defined1() -> Self {
        Kind(consts::SIGUSR1)
    }

    /// SIGUSR2: what the program makes of it.
    pub fn user_defined2() -> Self {
        Kind(consts::SIGUSR2)
    }

    /// SIGWINCH: the terminal's window has another size.
    pub fn window_change() -> Self {
        Kind(consts::SIGWINCH)
    }

    /// Any other signal.
    pub fn from_number(number: i32) -> Self {
        Kind(number)
    }

    /// Its number in this OS.
    pub fn number(self) -> i32 {
        self.0
    }

    /// Whether anybody can listen for it.
    pub(super) fn check(self) -> io::Result<()> {
        let number = self.0;
        let why = if consts::FORBIDDEN.contains(&number) {
            "the OS or the program itself needs it"
        } else if number < 1 {
            "signals are numbered from 1"
        } else {
            return Ok(());
        };
        Err(self.error(io::ErrorKind::InvalidInput, why))
    }

    /// The OS's refusal, in words.
    pub(super) fn refused(self, error: io::Error) -> io::Error {
        match error.kind() {
            kind @ io::ErrorKind::InvalidInput => self.error(
                kind,
                "this OS has none of that number, or keeps it for itself",
            ),
            _ => error,
        }
    }

    /// An error that names the signal.
    fn error(self, kind: io::ErrorKind, why: &str) -> io::Error {
        let number = self.0;
        io::Error::new(
            kind,
            format!("nobody can listen for signal {number}: {why}"),
        )
    }
}
