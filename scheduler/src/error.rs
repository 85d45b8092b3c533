//! Why a run could not go on.
//!
//! Both `Display` and `Debug` tell the whole story in words, since most
//! programs show it by way of `expect`.
//!
//! Mirror: `runtime::JoinError`.

use crate::deadlock::Deadlock;
use crate::explore::{Diverged, ScheduleError};
use crate::place::Place;
use crate::policy::calls;
use crate::policy::{Call, Fault};
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
    /// The environment's `SCHEDULE` is no schedule.
    Schedule(ScheduleError),
    /// The schedule that the run followed does not fit the program.
    Diverged(Diverged),
    /// The schedule that the run followed is open, and ended after so many steps.
    ScheduleEnds(usize),
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
        /// Its last calls, the one in which it panicked at the end.
        calls: Vec<Call>,
    },
}

impl PolicyError {
    /// A panic of `policy`, in the last of `calls`.
    pub(crate) fn panicked(
        policy: String,
        now: Time,
        panic: Option<Panic>,
        calls: Vec<Call>,
    ) -> PolicyError {
        let (message, place) = match panic {
            None => (String::new(), None),
            Some(panic) => (panic.message, Some((panic.file, panic.line))),
        };
        PolicyError::Panicked {
            policy,
            now,
            message,
            place,
            calls,
        }
    }

    /// The line at which it panicked. The file's name is kept for ever, since a
    /// record has no room for one of its own; of a policy that happens once.
    pub(crate) fn leaked_place(&self) -> Option<Place> {
        let PolicyError::Panicked { place, .. } = self else {
            return None;
        };
        let (file, line) = place.clone()?;
        let file = file.leak();
        Some(Place { file, line })
    }

    /// What went wrong, in a sentence without the policy's name.
    pub(crate) fn sentence(&self) -> impl fmt::Display {
        fmt::from_fn(|f| match self {
            PolicyError::Fault(fault) => write!(f, "{}", fault.rule),
            PolicyError::Panicked { message, place, .. } => {
                f.write_str("it panicked")?;
                if let Some((file, line)) = place {
                    write!(f, " at {file}:{line}")?;
                }
                write!(f, ": {message}")
            }
        })
    }
}

/// The policy and what went wrong, and below its last calls.
impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PolicyError::Fault(fault) => fault.fmt(f),
            PolicyError::Panicked {
                policy, now, calls, ..
            } => {
                write!(f, "policy {policy}, at {now}: {}", self.sentence())?;
                calls::write_below(f, calls)
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
            RunError::Schedule(error) => write!(f, "SCHEDULE: {error}"),
            RunError::Diverged(how) => how.fmt(f),
            RunError::ScheduleEnds(steps) => {
                write!(
                    f,
                    "the schedule ends here, after {steps} steps, and is open"
                )
            }
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
            _ => None, // told in full above
        }
    }
}

impl From<io::Error> for RunError {
    fn from(error: io::Error) -> RunError {
        RunError::System(error)
    }
}
