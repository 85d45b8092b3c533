//! Why a run could not go on.
//!
//! Both `Display` and `Debug` tell the whole story in words, since most
//! programs show it by way of `expect`.
//!
//! Mirror: `runtime::JoinError`.

use crate::deadlock::Deadlock;
use crate::policy::Fault;
use crate::preempt::panics::Panic;
use crate::time::Time;
use std::{error, fmt, io};

/// Why [`Scheduler::run`](crate::Scheduler::run) failed.
#[non_exhaustive]
pub enum RunError {
    /// Nobody could go on: the threads waited for each other.
    Deadlock(Deadlock),
    /// The policy broke a rule, or panicked.
    Policy(PolicyError),
    /// The operating system refused something that the mode needs.
    System(io::Error),
}

/// How a policy failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyError {
    /// It gave a wrong answer.
    Fault(Fault),
    /// It panicked.
    Panicked {
        /// The policy's name.
        policy: String,
        /// When.
        now: Time,
        /// What it said.
        message: String,
        /// The file and line, where they are known.
        place: Option<(String, u32)>,
    },
}

impl PolicyError {
    /// A panic of `policy`.
    pub(crate) fn panicked(policy: String, now: Time, panic: Option<Panic>) -> PolicyError {
        let (message, place) = match panic {
            None => (String::new(), None),
            Some(panic) => (panic.message, Some((panic.file, panic.line))),
        };
        PolicyError::Panicked {
            policy,
            now,
            message,
            place,
        }
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PolicyError::Fault(fault) => fault.fmt(f),
            PolicyError::Panicked {
                policy,
                now,
                message,
                place,
            } => {
                write!(f, "policy {policy}, at {now}: it panicked")?;
                if let Some((file, line)) = place {
                    write!(f, " at {file}:{line}")?;
                }
                write!(f, ": {message}")
            }
        }
    }
}

impl error::Error for PolicyError {}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RunError::Deadlock(deadlock) => deadlock.fmt(f),
            RunError::Policy(policy) => policy.fmt(f),
            RunError::System(error) => {
                write!(
                    f,
                    "the operating system refused what the scheduler needs: {error}"
                )
            }
        }
    }
}

/// As `Display`: see the module.
impl fmt::Debug for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl error::Error for RunError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            RunError::System(error) => Some(error),
            RunError::Deadlock(_) | RunError::Policy(_) => None, // told in full above
        }
    }
}

impl From<io::Error> for RunError {
    fn from(error: io::Error) -> RunError {
        RunError::System(error)
    }
}
