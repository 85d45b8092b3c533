//! How the program ends when it cannot do what was asked: a sentence, a code.
//!
//! Every function that may fail returns a [`Failure`]; `main` alone prints it.
//!
//! Invariants: (1) the sentence says what to do, not only what went wrong;
//! (2) a closed pipe (`| head -1`) is no failure: it ends quietly, with 0.
//!
//! Left out: chains of causes. A learner reads one sentence, or none.
//!
//! Book: appendix "The stepper".

use std::{fmt, io};

/// The exit codes, as `--help` lists them.
///
/// Those from 64 on are the ones of BSD's `sysexits.h`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[repr(u8)]
pub(crate) enum Code {
    /// What was asked is done.
    Done = 0,
    /// The stepped program failed: it panicked, was killed or said so itself.
    ProgramFailed = 1,
    /// The lesson does not compile; cargo has said why.
    BuildFailed = 2,
    /// The command line makes no sense.
    Usage = 64,
    /// What was read is no trace.
    NoTrace = 65,
    /// There is no such lesson or file.
    NoInput = 66,
    /// A file cannot be written.
    NoOutput = 73,
    /// The terminal or the operating system refused.
    System = 74,
    /// The command cannot be started (as shells say it).
    NoCommand = 127,
}

/// Why the program ends early: what to tell, and the exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    /// One sentence, without a final newline. Empty when all has been said.
    pub(crate) sentence: String,
    /// The exit code.
    pub(crate) code: u8,
}

impl Failure {
    /// A failure with a sentence.
    pub(crate) fn new(code: Code, sentence: impl Into<String>) -> Failure {
        Failure {
            sentence: sentence.into(),
            code: code as u8,
        }
    }

    /// The end after `signal`, with the code that shells use for it.
    pub(crate) fn from_signal(signal: i32) -> Failure {
        Failure {
            sentence: String::new(),
            code: 128 + u8::try_from(signal).unwrap_or(0),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.sentence)
    }
}

/// Writing to the terminal or a pipe failed; a closed pipe is fine (2).
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Failure::new(Code::Done, "")
        } else {
            Failure::new(
                Code::System,
                format!("the output cannot be written: {error}"),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_pipe_ends_quietly_with_zero() {
        let failure = Failure::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!((failure.code, failure.sentence.as_str()), (0, ""));
    }

    #[test]
    fn signal_gives_the_code_that_shells_use() {
        assert_eq!(Failure::from_signal(15).code, 143);
    }
}
