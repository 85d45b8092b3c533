//! A schedule: who takes each step, as a text that is short to type.
//!
//! By itself a thread goes on until it cannot, or offers its CPU; then the next
//! one in turn does. A schedule says where that rule is broken: `v1,4:2,1:0/9` is
//! version 1; four steps by the rule, and then one by thread 2; one by the rule,
//! and one by thread 0; the rest by the rule, nine steps in all. With `/stop9` it
//! is *open*: a run stops after these steps, and tells what each thread would do.
//!
//! Where memory is weak (see [`memory`](super::memory)) an access sees the newest store
//! unless told otherwise: `v1,4:2~1/9` lets thread 2's step see the one before it, or come
//! before one store. Such a schedule is followed with weak memory.
//!
//! Invariants: (1) what [`Display`](fmt::Display) writes, [`FromStr`] reads; (2) a
//! text that says anything else is refused, with what is wrong and where.
//!
//! Book: chapter 18.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

/// The version of the text.
const VERSION: &str = "v1";
/// A schedule's text is at most so long, in bytes.
const LONGEST: usize = 64 * 1024;

/// Where the rule is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Break {
    /// At this step, from 0.
    pub(super) step: u32,
    /// By this thread.
    pub(super) thread: u32,
    /// With this one of memory's options; the newest is 0.
    pub(super) option: u32,
}

/// Who takes each step: see the module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Schedule {
    /// Where the rule is broken, the first first.
    breaks: Vec<Break>,
    /// How many steps there are.
    steps: u32,
    /// Whether a run stops after them, and does not have to be over.
    is_open: bool,
}

impl Schedule {
    /// The open schedule of no steps: a run stops at its first choice.
    pub fn open() -> Schedule {
        Schedule {
            is_open: true,
            ..Schedule::default()
        }
    }

    /// The same, with one more step, by thread number `thread`; `is_usual` if it is
    /// the one that the rule gives the step to.
    #[must_use]
    pub fn then(self, thread: u32, is_usual: bool) -> Schedule {
        self.then_with(thread, is_usual, 0)
    }

    /// The same; memory does what it has as its so manyth option, from 0, the newest.
    #[must_use]
    pub fn then_with(mut self, thread: u32, is_usual: bool, option: u32) -> Schedule {
        if !is_usual || option > 0 {
            self.breaks.push(Break {
                step: self.steps,
                thread,
                option,
            });
        }
        self.steps += 1;
        self
    }

    /// Its first steps alone, and open.
    #[must_use]
    pub fn first(&self, steps: u32) -> Schedule {
        let breaks = self.breaks.iter().copied();
        Schedule {
            breaks: breaks.filter(|its| its.step < steps).collect(),
            steps: steps.min(self.steps),
            is_open: true,
        }
    }

    /// The same; a run has to end where it ends.
    #[must_use]
    pub fn closed(self) -> Schedule {
        Schedule {
            is_open: false,
            ..self
        }
    }

    /// How many steps it has.
    pub fn steps(&self) -> u32 {
        self.steps
    }

    /// Whether a run stops after its steps, and does not have to be over.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// How often it breaks the rule.
    pub fn breaks(&self) -> usize {
        self.breaks.len()
    }

    /// Whether some access sees, or comes before, another store than the newest.
    pub fn is_weak(&self) -> bool {
        self.breaks.iter().any(|it| it.option > 0)
    }

    /// Where the rule is broken, the first first.
    pub(super) fn by_step(&self) -> impl Iterator<Item = Break> {
        self.breaks.iter().copied()
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(VERSION)?;
        let mut told = 0;
        for it in &self.breaks {
            write!(f, ",{}:{}", it.step - told, it.thread)?;
            if it.option > 0 {
                write!(f, "~{}", it.option)?;
            }
            told = it.step + 1;
        }
        let stop = if self.is_open { "stop" } else { "" };
        write!(f, "/{stop}{}", self.steps)
    }
}

impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Schedule, ScheduleError> {
        if text.len() > LONGEST {
            return Err(ScheduleError::TooLong(text.len()));
        }
        let text = text.trim();
        let (breaks, end) = text.split_once('/').ok_or(ScheduleError::NoEnd)?;
        let mut parts = breaks.split(',');
        let version = parts.next().unwrap_or_default();
        if version != VERSION {
            return Err(ScheduleError::Version(version.to_owned()));
        }
        let number = |text: &str| {
            // `parse` would take a sign.
            let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
            let parsed = text.parse::<u32>().ok().filter(|_| is_number);
            parsed.ok_or_else(|| ScheduleError::Number(text.to_owned()))
        };
        let is_open = end.starts_with("stop");
        let steps = number(end.strip_prefix("stop").unwrap_or(end))?;
        let mut schedule = Schedule {
            breaks: Vec::new(),
            steps,
            is_open,
        };
        let mut told = 0_u32;
        for part in parts {
            let pair = part.split_once(':');
            let (after, who) = pair.ok_or_else(|| ScheduleError::Break(part.to_owned()))?;
            let (thread, option) = who.split_once('~').unwrap_or((who, "0"));
            let (after, thread, option) = (number(after)?, number(thread)?, number(option)?);
            let step = told.checked_add(after).filter(|step| *step < steps);
            let step = step.ok_or(ScheduleError::Steps { steps })?;
            told = step + 1;
            schedule.breaks.push(Break {
                step,
                thread,
                option,
            });
        }
        Ok(schedule)
    }
}

/// Why a text is no schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScheduleError {
    /// It is longer than any schedule; so many bytes.
    TooLong(usize),
    /// It lacks the slash and the number of steps.
    NoEnd,
    /// It begins with another version.
    Version(String),
    /// Here a number was expected.
    Number(String),
    /// Here two numbers were expected.
    Break(String),
    /// It breaks the rule behind its own end.
    Steps {
        /// How many steps it says it has.
        steps: u32,
    },
}

impl fmt::Display for ScheduleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is no schedule: ")?;
        match self {
            ScheduleError::TooLong(bytes) => {
                write!(f, "it has {bytes} bytes, and the longest has {LONGEST}")
            }
            ScheduleError::NoEnd => {
                f.write_str("its end is missing, a `/` and the number of steps: `v1,4:2/9`")
            }
            ScheduleError::Version(version) => write!(
                f,
                "it begins with {version:?}, and this version reads `{VERSION}`"
            ),
            ScheduleError::Number(text) => {
                write!(
                    f,
                    "{text:?} is no number of steps, of a thread or of stores"
                )
            }
            ScheduleError::Break(text) => write!(
                f,
                "{text:?} should be two numbers, `STEPS:THREAD`: so many steps by the rule, \
                 then one by that thread (`STEPS:THREAD~N`: which passes over N stores)"
            ),
            ScheduleError::Steps { steps } => write!(
                f,
                "it says that it has {steps} steps, and names threads for later ones"
            ),
        }
    }
}

impl Error for ScheduleError {}

/// A schedule does not fit the program: it is of another one, or the program was
/// changed, or is not deterministic (a clock, randomness, the order of a hash map).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diverged {
    /// The step, from 0.
    pub step: usize,
    /// What was to happen there.
    pub expected: String,
    /// What did instead.
    pub found: String,
}

impl fmt::Display for Diverged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the schedule does not fit at step {}: expected {}, found {}",
            self.step, self.expected, self.found
        )
    }
}

impl Error for Diverged {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let steps = [(1, true), (2, false), (2, false), (2, true), (0, false)];
        let mut schedule = Schedule::open();
        for (thread, is_usual) in steps {
            schedule = schedule.then(thread, is_usual);
        }
        assert_eq!(schedule.to_string(), "v1,1:2,0:2,1:0/stop5");
        let steps = schedule.by_step().map(|it| (it.step, it.thread));
        assert!(steps.eq([(1, 2), (2, 2), (4, 0)]));
        assert_eq!(schedule.to_string().parse(), Ok(schedule.clone()));
        assert_eq!(schedule.first(4).to_string(), "v1,1:2,0:2/stop4");
        assert_eq!(schedule.first(9).steps(), 5);
        let closed = schedule.closed();
        assert_eq!(closed.to_string(), "v1,1:2,0:2,1:0/5");
        assert_eq!(closed.to_string().parse(), Ok(closed));
    }

    #[test]
    fn what_memory_does_is_written_and_read() {
        let schedule = Schedule::open().then_with(0, true, 0).then_with(0, true, 2);
        assert!(!schedule.clone().then(1, false).breaks.is_empty() && schedule.is_weak());
        let schedule = schedule.then_with(1, false, 1).closed();
        assert_eq!(schedule.to_string(), "v1,1:0~2,0:1~1/3");
        assert_eq!(schedule.to_string().parse(), Ok(schedule));
        assert!(!"v1,1:0,0:1/3".parse::<Schedule>().unwrap().is_weak());
    }

    #[test]
    fn nonsense_is_refused_with_what_is_wrong() {
        let refused = |text: &str| text.parse::<Schedule>().unwrap_err().to_string();
        for (text, says) in [
            ("", "its end is missing"),
            ("v1", "its end is missing"),
            ("v2/3", "\"v2\""),
            ("v1/", "\"\" is no number"),
            ("v1/-3", "\"-3\" is no number"),
            ("v1/+3", "\"+3\" is no number"),
            ("v1,3/4", "\"3\" should be two numbers"),
            ("v1,a:1/4", "\"a\" is no number"),
            ("v1,0:1~/4", "\"\" is no number"),
            ("v1,0:1~-1/4", "\"-1\" is no number"),
            ("v1,3:1,0:2/4", "names threads for later ones"),
            ("v1,4294967295:1/4", "names threads for later ones"),
            ("v1/99999999999", "is no number"),
            ("v1,,/4", "\"\" should be two numbers"),
        ] {
            let told = refused(text);
            assert!(told.contains(says), "{text:?}: {told}");
        }
        let long = format!("v1{}/1", ",0:1".repeat(100_000));
        assert!(refused(&long).contains("400004 bytes"));
    }
}
