//! A policy's wrong answer, in words.
//!
//! Every driver holds a policy to the same rules; this is what it says when one
//! is broken. The words are for whoever is writing a policy.
//!
//! 1. What `pick` returns is stored: runnable, and not running already.
//! 2. No CPU idles while a thread that may run on it is runnable.
//! 3. A thread is picked only for a CPU that it may run on.
//! 4. A quantum is longer than zero.
//! 5. `next_timer` lies in the future.
//! 6. No thread is runnable for as long as the starvation limit without
//!    running. Only where a limit was set.
//!
//! So a policy that keeps its state badly is found out: a thread that it lost
//! breaks rule 2, at the latest when all others are over, and rule 6 before; one
//! that it kept and should have forgotten breaks rule 1.
//!
//! Book: chapter 2.

use super::calls::{self, Call};
use super::{CpuId, StopReason, ThreadId};
use crate::time::Time;
use std::fmt;
use std::time::Duration;

/// Which rule a policy broke, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The policy's name.
    pub policy: String,
    /// When.
    pub now: Time,
    /// The rule, with what broke it.
    pub rule: Rule,
    /// The last calls of the policy, the latest at the end: what led up to it.
    pub calls: Vec<Call>,
}

/// The rules, each with what a driver knows when it is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Rule 1: `pick` returned a thread that is not stored.
    PickedWhatIsNotRunnable {
        /// The CPU that was free.
        cpu: CpuId,
        /// What `pick` returned.
        thread: ThreadId,
        /// What that thread is instead of runnable.
        is: Instead,
    },
    /// Rule 2: `pick` returned None beside a runnable thread.
    IdleBesideRunnable {
        /// The CPU that would idle.
        cpu: CpuId,
        /// The thread that has been runnable longest.
        thread: ThreadId,
        /// Since when it is.
        since: Time,
        /// How the policy learned of it.
        told: Told,
    },
    /// Rule 3: `pick` returned a thread that may not run there.
    WrongCpu {
        /// The CPU that was free.
        cpu: CpuId,
        /// What `pick` returned.
        thread: ThreadId,
        /// Where that thread may run.
        only: CpuId,
    },
    /// Rule 4: a thread was to run for no time.
    ZeroQuantum {
        /// The thread.
        thread: ThreadId,
    },
    /// Rule 5: the timer was to run now, or earlier.
    TimerNotInFuture {
        /// When it was to run.
        timer: Time,
    },
    /// Rule 6: a thread did not get its turn for as long as the limit.
    Starved {
        /// The thread.
        thread: ThreadId,
        /// Since when it is runnable.
        since: Time,
        /// The limit.
        limit: Duration,
    },
}

/// What a thread is that a policy wrongly took for runnable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instead {
    /// It has a CPU already.
    Running,
    /// It waits for something.
    Blocked,
    /// It is over.
    Finished,
    /// The policy was never told of it.
    Unknown,
}

/// The call that told a policy to store a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// `ready`, with the reason.
    Ready(super::Ready),
    /// `stopped`, with the reason.
    Stopped(StopReason),
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Told::Ready(why) => write!(f, "ready(.., {why:?}, ..)"),
            Told::Stopped(why) => write!(f, "stopped(.., {why:?}, ..)"),
        }
    }
}

/// The policy and its rule, and below the last calls.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fault {
            policy,
            now,
            rule,
            calls,
        } = self;
        write!(f, "policy {policy}, at {now}: {rule}")?;
        calls::write_below(f, calls)
    }
}

/// What happened, and what to do about it.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rule::PickedWhatIsNotRunnable { cpu, thread, is } => {
                let is = match is {
                    Instead::Running => "it is running already",
                    Instead::Blocked => "it is blocked",
                    Instead::Finished => "it is finished",
                    Instead::Unknown => "there is no such thread",
                };
                write!(
                    f,
                    "pick returned thread {thread} for CPU {cpu}, but {is}: \
                     return only threads that are stored, and forget them then"
                )
            }
            Rule::IdleBesideRunnable {
                cpu,
                thread,
                since,
                told,
            } => write!(
                f,
                "CPU {cpu} idles although thread {thread} is runnable since {since}, \
                 as {told} said: store it then, and let pick return it"
            ),
            Rule::WrongCpu { cpu, thread, only } => write!(
                f,
                "pick returned thread {thread} for CPU {cpu}, but it may run on CPU {only} \
                 only: heed its affinity"
            ),
            Rule::ZeroQuantum { thread } => write!(
                f,
                "pick gave thread {thread} a quantum of zero, in which it gets nowhere: \
                 give it some time, or None for as long as it likes"
            ),
            Rule::TimerNotInFuture { timer } => write!(
                f,
                "next_timer returned {timer}, which is not later than now: \
                 return a later instant, or None"
            ),
            Rule::Starved {
                thread,
                since,
                limit,
            } => write!(
                f,
                "thread {thread} is runnable since {since} and has not run for {}, the \
                 starvation limit: let everybody's turn come",
                Time::ZERO + *limit
            ),
        }
    }
}

impl std::error::Error for Fault {}
