//! The last calls of a policy, with its answers: what led up to a fault.
//!
//! A rule is broken by one answer, but the mistake lies mostly in what the
//! policy did, or did not do, in a call before. So every driver keeps the last
//! few calls, and each fault is told with them.
//!
//! Invariants: (1) noting a call neither allocates nor formats: the drivers do
//! it millions of times for each fault; (2) what changes nothing is not noted,
//! since it would drive out what does: `next_timer`, and a `preempts` that says
//! no. (3) The dispatcher notes a call that panicked too, without an answer.
//!
//! Left out: `name` and `quantum`, which decide nothing.
//!
//! Book: chapter 2.

use super::{CpuId, Pick, Ready, StopReason, ThreadId};
use crate::time::Time;
use std::fmt;
use std::time::Duration;

/// One call of a policy, and what it answered.
///
/// It displays itself as `t=3 ms pick(CPU 0) -> 1 for 4 ms`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Call {
    /// When.
    pub now: Time,
    /// What it was asked or told, and its answer.
    pub what: What,
}

/// What a policy was asked or told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum What {
    /// `ready`.
    Ready {
        /// Who became runnable.
        thread: ThreadId,
        /// Why.
        why: Ready,
    },
    /// `stopped`.
    Stopped {
        /// Who left its CPU.
        thread: ThreadId,
        /// After what stay.
        ran: Duration,
        /// Why.
        why: StopReason,
    },
    /// `preempts`.
    Preempts {
        /// Who became runnable.
        new: ThreadId,
        /// Who runs.
        current: ThreadId,
        /// The answer; None if it never came.
        answer: Option<bool>,
    },
    /// `pick`.
    Pick {
        /// The free CPU.
        cpu: CpuId,
        /// The answer; None if it never came.
        answer: Option<Picked>,
    },
    /// `timer`.
    Timer,
    /// `changed`.
    Changed {
        /// Whose attribute changed.
        thread: ThreadId,
    },
}

/// What `pick` returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picked {
    /// None.
    Nobody,
    /// A thread.
    Thread {
        /// Which.
        thread: ThreadId,
        /// For how long; None: until it stops by itself.
        quantum: Option<Duration>,
    },
}

impl From<Option<Pick>> for Picked {
    fn from(pick: Option<Pick>) -> Picked {
        pick.map_or(Picked::Nobody, |pick| Picked::Thread {
            thread: pick.thread,
            quantum: pick.quantum,
        })
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "t={} {}", self.now, self.what)
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            What::Ready { thread, why } => write!(f, "ready({thread}, {why:?})"),
            What::Stopped { thread, ran, why } => {
                write!(f, "stopped({thread}, ran {}, {why:?})", Time::ZERO + ran)
            }
            What::Preempts {
                new,
                current,
                answer,
            } => {
                write!(f, "preempts(new {new}, current {current})")?;
                answer.map_or(Ok(()), |answer| write!(f, " -> {answer}"))
            }
            What::Pick { cpu, answer } => {
                write!(f, "pick(CPU {cpu})")?;
                match answer {
                    None => Ok(()),
                    Some(Picked::Nobody) => f.write_str(" -> None"),
                    Some(Picked::Thread { thread, quantum }) => {
                        write!(f, " -> {thread}")?;
                        quantum.map_or(Ok(()), |quantum| write!(f, " for {}", Time::ZERO + quantum))
                    }
                }
            }
            What::Timer => f.write_str("timer()"),
            What::Changed { thread } => write!(f, "changed({thread})"),
        }
    }
}

/// Writes `calls` below what was written before, one on a line.
pub(crate) fn write_below(f: &mut fmt::Formatter<'_>, calls: &[Call]) -> fmt::Result {
    if calls.is_empty() {
        return Ok(());
    }
    f.write_str("\nthe last calls of the policy, the latest at the end:")?;
    calls.iter().try_for_each(|call| write!(f, "\n  {call}"))
}

/// The last calls of a policy, as a driver keeps them.
#[derive(Debug)]
pub(crate) struct Calls {
    /// The calls; number `n` at `n` modulo [`Calls::KEPT`].
    ring: [Call; Calls::KEPT],
    /// How many there ever were.
    count: usize,
}

impl Calls {
    /// How many are kept. A power of two, which makes a place cheap to find.
    const KEPT: usize = 8;

    /// None yet.
    pub(crate) const fn new() -> Calls {
        let none = Call {
            now: Time::ZERO,
            what: What::Timer,
        };
        Calls {
            ring: [none; Calls::KEPT],
            count: 0,
        }
    }

    /// The policy was asked `what`.
    #[inline]
    pub(crate) fn note(&mut self, now: Time, what: What) {
        self.ring[self.count % Calls::KEPT] = Call { now, what };
        self.count = self.count.wrapping_add(1);
    }

    /// Those that are kept, the latest at the end.
    pub(crate) fn last(&self) -> Vec<Call> {
        let first = self.count.saturating_sub(Calls::KEPT);
        (first..self.count)
            .map(|number| self.ring[number % Calls::KEPT])
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The call of number `number`: `changed(number)`.
    fn changed(number: u32) -> What {
        What::Changed {
            thread: ThreadId(number),
        }
    }

    #[test]
    fn the_last_eight_are_kept_in_their_order() {
        let mut calls = Calls::new();
        assert_eq!(calls.last(), []);
        for number in 1..=11 {
            calls.note(Time::from_millis(u64::from(number)), changed(number));
            let first = number.saturating_sub(7).max(1);
            let expected: Vec<What> = (first..=number).map(changed).collect();
            let kept: Vec<What> = calls.last().iter().map(|call| call.what).collect();
            assert_eq!(kept, expected);
        }
    }

    #[test]
    fn a_call_that_was_not_answered_shows_no_answer() {
        let shown = |answer: Option<Picked>| {
            let what = What::Pick {
                cpu: CpuId(1),
                answer,
            };
            let now = Time::from_millis(3);
            Call { now, what }.to_string()
        };
        assert_eq!(shown(None), "t=3 ms pick(CPU 1)");
        let pick = Pick::for_at_most(ThreadId(4), Duration::from_micros(1500));
        let answered = shown(Some(Some(pick).into()));
        assert_eq!(answered, "t=3 ms pick(CPU 1) -> 4 for 1500 µs");
        let pick = Pick::until_it_stops(ThreadId(4));
        assert_eq!(shown(Some(Some(pick).into())), "t=3 ms pick(CPU 1) -> 4");
    }

    #[test]
    fn a_call_reads_as_the_policy_writes_it() {
        let thread = ThreadId(2);
        let calls = [
            What::Ready {
                thread,
                why: Ready::New,
            },
            What::Stopped {
                thread,
                ran: Duration::from_millis(7),
                why: StopReason::Yielded,
            },
            What::Preempts {
                new: thread,
                current: ThreadId(1),
                answer: Some(true),
            },
            What::Pick {
                cpu: CpuId(0),
                answer: Some(Picked::Nobody),
            },
            What::Timer,
        ];
        assert_eq!(
            calls.map(|call| call.to_string()),
            [
                "ready(2, New)",
                "stopped(2, ran 7 ms, Yielded)",
                "preempts(new 2, current 1) -> true",
                "pick(CPU 0) -> None",
                "timer()",
            ]
        );
    }
}
