//! Calls that block and that nobody announced: how the scheduler learns of them.
//!
//! A thread that waits in the kernel, for data or for time, needs no CPU.
//! [`blocking`](crate::blocking()) says so; most code does not. Three answers, the
//! best first; which one a run has is found out when it begins, and told by a line
//! of the log and by [`Scheduler::probe`](crate::Scheduler::probe):
//!
//! | | the CPU goes to another | the thread runs again | a system call costs |
//! |---|---|---|---|
//! | `SystemCallDispatch` | at once | when it is dispatched | about 3 µs more |
//! | `Polling` | after 0.2 to 5 ms, while another is runnable | beside the others, for up to 5 ms | nothing more |
//! | `Off` | at the end of its quantum | when it is dispatched | nothing more |
//!
//! A tick interrupts a call that keeps its CPU: in spite of `SA_RESTART`, `poll`,
//! `select`, `epoll_wait`, `nanosleep` and the like then fail with EINTR. Where
//! calls are dispatched no tick reaches them.
//!
//! What each system gets from `Automatic`: Linux on x86-64 `SystemCallDispatch`,
//! from version 5.11 on; Linux on other processors, and under a debugger (which
//! would stop at every call), `Polling`. Other systems have no Signal mode.
//!
//! Left out: waits for a disk and for memory; calls of 32-bit code. Where the
//! feature `heap` is off, what the C library waits for on its own behalf.
//!
//! Book: chapter 13. Mirror: `runtime` cannot learn of them; it warns of slow polls.

use crate::preempt::{polling, syscalls};
use crate::scheduler::Preemption;
use std::fmt;
use std::io;

/// How a scheduler in Signal mode learns of blocking calls that nobody announced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unannounced {
    /// The best that this system has.
    #[default]
    Automatic,
    /// The kernel dispatches each system call of a scheduled thread to us: Linux
    /// calls it Syscall User Dispatch.
    SystemCallDispatch,
    /// The dispatcher looks now and then whether a thread that holds a CPU sleeps.
    Polling,
    /// Not at all: such a call keeps its CPU for the rest of its quantum.
    Off,
}

impl Unannounced {
    /// The trace's word for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Unannounced::SystemCallDispatch => "sud",
            Unannounced::Polling => "polling",
            Unannounced::Automatic | Unannounced::Off => "announced",
        }
    }
}

/// How a scheduler takes CPUs away, as found out on this system. Its `Display`
/// is a plain sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Probe {
    /// The mode that was asked for.
    pub preemption: Preemption,
    /// How it learns of calls that nobody announced; never `Automatic`.
    pub unannounced: Unannounced,
    /// Why it does so.
    pub why: String,
}

impl Probe {
    /// What a scheduler gets that is in mode `preemption` and wants `wanted`.
    ///
    /// # Errors
    ///
    /// If it is not to be had here, and nothing else would do.
    pub(crate) fn new(preemption: Preemption, wanted: Unannounced) -> io::Result<Probe> {
        let found = |unannounced, why: String| {
            Ok(Probe {
                preemption,
                unannounced,
                why,
            })
        };
        let refused = |why: &str| Err(io::Error::new(io::ErrorKind::Unsupported, why));
        if preemption != Preemption::Signal {
            return found(
                Unannounced::Off,
                "time slices do not end by a signal".to_owned(),
            );
        }
        match wanted {
            Unannounced::Off => found(Unannounced::Off, "the program wants it so".to_owned()),
            Unannounced::SystemCallDispatch => match syscalls::probe() {
                Ok(()) => found(wanted, "the program wants it so".to_owned()),
                Err(why) => refused(&format!(
                    "system calls cannot be dispatched here: {why}. Choose \
                     Unannounced::Automatic or Polling"
                )),
            },
            Unannounced::Polling => match polling::probe() {
                Ok(()) => found(wanted, "the program wants it so".to_owned()),
                Err(why) => refused(&format!(
                    "threads cannot be looked at here: {why}. Choose Unannounced::Automatic or Off"
                )),
            },
            Unannounced::Automatic => {
                let debugged = is_debugged()
                    .then_some("a debugger is attached, which would stop at every system call");
                let Err(no_dispatch) = debugged.map_or_else(syscalls::probe, Err) else {
                    let why = "the kernel has Syscall User Dispatch".to_owned();
                    return found(Unannounced::SystemCallDispatch, why);
                };
                match polling::probe() {
                    Ok(()) => found(Unannounced::Polling, no_dispatch.to_owned()),
                    Err(no_polling) => {
                        found(Unannounced::Off, format!("{no_dispatch}; {no_polling}"))
                    }
                }
            }
        }
    }
}

impl fmt::Display for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let slices = match self.preemption {
            Preemption::Signal => "time slices end by a signal, in the middle of a statement",
            Preemption::Checkpoint => "time slices end at checkpoints, in virtual time",
            Preemption::Never => "time slices do not end",
        };
        let calls = match self.unannounced {
            Unannounced::SystemCallDispatch => "a system call that blocks gives its CPU up at once",
            Unannounced::Polling => {
                "a thread that sleeps in a system call is found within 0.2 to 5 ms"
            }
            Unannounced::Automatic | Unannounced::Off => {
                "a system call gives its CPU up only inside `blocking`"
            }
        };
        write!(f, "{slices}; {calls}: {}", self.why)
    }
}

/// Whether a debugger, or a tracer of system calls, is attached to this process.
fn is_debugged() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let tracer = status
        .lines()
        .find_map(|line| line.strip_prefix("TracerPid:"));
    tracer.is_some_and(|number| number.trim() != "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_preempts_without_a_signal_needs_no_help_of_the_kernel() {
        for mode in [Preemption::Checkpoint, Preemption::Never] {
            let probe = Probe::new(mode, Unannounced::SystemCallDispatch).unwrap();
            assert_eq!(probe.unannounced, Unannounced::Off);
        }
    }

    #[test]
    fn what_was_found_is_said_in_a_sentence() {
        let probe = Probe::new(Preemption::Signal, Unannounced::Off).unwrap();
        assert_eq!(
            probe.to_string(),
            "time slices end by a signal, in the middle of a statement; a system call gives its \
             CPU up only inside `blocking`: the program wants it so"
        );
        let probe = Probe::new(Preemption::Signal, Unannounced::Automatic).unwrap();
        assert_ne!(probe.unannounced, Unannounced::Automatic);
    }
}
