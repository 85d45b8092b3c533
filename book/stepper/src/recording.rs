//! A recording: what one program, or one file, has said so far, and its end.
//!
//! Filled while the program runs; the screen reads it at any time.
//!
//! Invariants: (1) what has been read stays usable however the program ended;
//! (2) raw bytes are kept only if they are to be saved.
//!
//! Left out: where the bytes come from (`children`), and files (`files`).
//!
//! Book: appendix "The stepper".

use std::{fmt, os::unix::process::ExitStatusExt, process::ExitStatus};
use stepper::{Reader, Trace};

/// What one program has said.
#[derive(Debug)]
pub(crate) struct Recording {
    /// The twin's name, the command, or the file.
    pub(crate) title: String,
    /// How it ended, or why it has not.
    pub(crate) ending: Ending,
    /// The bytes as they came, if they are to be saved (2).
    pub(crate) raw: Option<Vec<u8>>,
    /// What makes a trace of the bytes.
    content: Content,
}

/// Where the trace is.
#[derive(Debug)]
enum Content {
    /// In the making.
    Growing(Box<Reader>),
    /// Read as a whole.
    Whole(Box<Trace>),
}

/// How a recording ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Ending {
    /// Its program has not been started: the other twin is running.
    NotStarted,
    /// Its program is still running.
    Running,
    /// The program ended by itself, with this exit code.
    Exited(i32),
    /// The program was killed by this signal.
    Killed(i32),
    /// Its program was ended because the learner wanted that.
    Stopped,
    /// It is a file, and this was all.
    File,
    /// It is a file that ends in the middle of a line.
    CutFile,
}

impl Ending {
    /// Whether the program failed.
    pub(crate) fn failed(self) -> bool {
        match self {
            Ending::Exited(code) => code != 0,
            Ending::Killed(_) => true,
            Ending::NotStarted
            | Ending::Running
            | Ending::Stopped
            | Ending::File
            | Ending::CutFile => false,
        }
    }

    /// Whether more may come.
    pub(crate) fn is_open(self) -> bool {
        matches!(self, Ending::NotStarted | Ending::Running)
    }
}

impl From<ExitStatus> for Ending {
    fn from(status: ExitStatus) -> Ending {
        match (status.code(), status.signal()) {
            (Some(code), _) => Ending::Exited(code),
            (None, signal) => Ending::Killed(signal.unwrap_or(0)),
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Ending::NotStarted => formatter.write_str("not started"),
            Ending::Running => formatter.write_str("still running"),
            Ending::Exited(code) => write!(formatter, "exit {code}"),
            Ending::Stopped => formatter.write_str("stopped"),
            Ending::File => formatter.write_str("end of the file"),
            Ending::CutFile => formatter.write_str("the file ends in the middle of a line"),
            Ending::Killed(signal) => match signal_hook::low_level::signal_name(signal) {
                Some(name) => write!(formatter, "killed by {name}"),
                None => write!(formatter, "killed by signal {signal}"),
            },
        }
    }
}

impl Recording {
    /// A recording to be filled; `raw` if its bytes are to be saved.
    pub(crate) fn growing(title: impl Into<String>, raw: bool) -> Recording {
        Recording {
            title: title.into(),
            ending: Ending::NotStarted,
            raw: raw.then(Vec::new),
            content: Content::Growing(Box::default()),
        }
    }

    /// A recording that was read from a file.
    pub(crate) fn whole(title: impl Into<String>, trace: Trace, ending: Ending) -> Recording {
        Recording {
            title: title.into(),
            ending,
            raw: None,
            content: Content::Whole(Box::new(trace)),
        }
    }

    /// What has been read so far.
    pub(crate) fn trace(&self) -> &Trace {
        match &self.content {
            Content::Growing(reader) => reader.trace(),
            Content::Whole(trace) => trace,
        }
    }

    /// What has been read so far, to fill in titles and sources.
    pub(crate) fn trace_mut(&mut self) -> &mut Trace {
        match &mut self.content {
            Content::Growing(reader) => reader.trace_mut(),
            Content::Whole(trace) => trace,
        }
    }

    /// The program wrote these bytes.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        if let Some(raw) = &mut self.raw {
            raw.extend_from_slice(bytes);
        }
        if let Content::Growing(reader) = &mut self.content {
            reader.push(bytes);
        }
    }

    /// The program is over, and this is how.
    pub(crate) fn finish(&mut self, ending: Ending) {
        self.ending = ending;
        if let Content::Growing(reader) = &mut self.content {
            reader.finish();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ending_names_the_signal() {
        assert_eq!(Ending::Killed(9).to_string(), "killed by SIGKILL");
        assert_eq!(Ending::Killed(99).to_string(), "killed by signal 99");
    }

    #[test]
    fn only_failures_fail() {
        assert!(Ending::Exited(101).failed() && Ending::Killed(11).failed());
        assert!(!Ending::Exited(0).failed() && !Ending::Running.failed() && !Ending::File.failed());
    }

    #[test]
    fn raw_bytes_are_kept_only_for_saving() {
        let mut kept = Recording::growing("a", true);
        kept.push(b"one\n");
        kept.push(b"two");
        assert_eq!(kept.raw.as_deref(), Some(&b"one\ntwo"[..]));
        assert!(Recording::growing("a", false).raw.is_none());
    }
}
