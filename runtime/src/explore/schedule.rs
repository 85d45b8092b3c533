//! A schedule: who takes each step, as a text that is short to type.
//!
//! By itself the loop polls the tasks in the order in which they were woken, turn by
//! turn, and between two turns fires the timers that are due. A schedule says where it
//! does something else: `t1,4:2,1:@3/9` is version 1 of tasks' schedules; four steps as
//! usual, and then task 2 is polled; one as usual, and then timer 3 fires; the rest as
//! usual, nine steps in all. With `/stop9` it is *open*: a run stops after these steps.
//!
//! Invariants: (1) what [`Display`](fmt::Display) writes, [`FromStr`] reads; (2) a text
//! that says anything else is refused, with what is wrong and where.
//!
//! Book: chapter 20. Mirror: `scheduler::explore::schedule`, whose texts begin with `v1`.

use super::step::Who;
use std::error::Error;
use std::fmt;
use std::str::FromStr;

/// The version of the text.
const VERSION: &str = "t1";
/// What a schedule of threads begins with.
const OF_THREADS: &str = "v1";
/// A schedule's text is at most so long, in bytes.
const LONGEST: usize = 64 * 1024;

/// Who takes each step: see the module.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Schedule {
    /// Where the loop does something unusual: after so many usual steps, who.
    breaks: Vec<(u32, Who)>,
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

    /// The same, with one more step, by `who`; `is_usual` if the loop takes it by itself.
    pub(super) fn then(mut self, who: Who, is_usual: bool) -> Schedule {
        let told: u32 = self.breaks.iter().map(|&(after, _)| after + 1).sum();
        if !is_usual {
            self.breaks.push((self.steps.saturating_sub(told), who));
        }
        self.steps += 1;
        self
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

    /// How many of its steps are not the loop's own choice.
    pub fn breaks(&self) -> usize {
        self.breaks.len()
    }

    /// The steps that are not usual, the first first, and who takes them.
    pub(super) fn by_step(&self) -> impl Iterator<Item = (u32, Who)> {
        let mut next = 0;
        self.breaks.iter().map(move |&(after, who)| {
            let step = next + after;
            next = step + 1;
            (step, who)
        })
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(VERSION)?;
        for (after, who) in &self.breaks {
            match who {
                Who::Task(number) => write!(f, ",{after}:{number}")?,
                Who::Timer(number) => write!(f, ",{after}:@{number}")?,
            }
        }
        let stop = if self.is_open { "stop" } else { "" };
        write!(f, "/{stop}{}", self.steps)
    }
}

/// A number, without a sign.
fn number<T: FromStr>(text: &str) -> Result<T, ScheduleError> {
    // `parse` would take a sign.
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let parsed = text.parse().ok().filter(|_| is_number);
    parsed.ok_or_else(|| ScheduleError::Number(text.to_owned()))
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
            let after: u32 = number(after)?;
            let who = match who.strip_prefix('@') {
                Some(timer) => Who::Timer(number(timer)?),
                None => Who::Task(number(who)?),
            };
            let next = told.checked_add(after).and_then(|told| told.checked_add(1));
            told = next
                .filter(|told| *told <= steps)
                .ok_or(ScheduleError::Steps { steps })?;
            schedule.breaks.push((after, who));
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
    /// It says who takes steps behind its own end.
    Steps {
        /// How many steps it says it has.
        steps: u32,
    },
}

impl fmt::Display for ScheduleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is no schedule of tasks: ")?;
        match self {
            ScheduleError::TooLong(bytes) => {
                write!(f, "it has {bytes} bytes, and the longest has {LONGEST}")
            }
            ScheduleError::NoEnd => write!(
                f,
                "its end is missing, a `/` and the number of steps: `{VERSION},4:2/9`"
            ),
            ScheduleError::Version(version) if version == OF_THREADS => write!(
                f,
                "it begins with `{OF_THREADS}`, as those of threads do; an event loop's begin \
                 with `{VERSION}`"
            ),
            ScheduleError::Version(version) => write!(
                f,
                "it begins with {version:?}, and this version reads `{VERSION}`"
            ),
            ScheduleError::Number(text) => {
                write!(f, "{text:?} is no number of steps, of a task or of a timer")
            }
            ScheduleError::Break(text) => write!(
                f,
                "{text:?} should be `STEPS:TASK` or `STEPS:@TIMER`: so many steps as usual, then \
                 one by that task or timer"
            ),
            ScheduleError::Steps { steps } => write!(
                f,
                "it says that it has {steps} steps, and names somebody for later ones"
            ),
        }
    }
}

impl Error for ScheduleError {}

/// A schedule does not fit the program: it is of another one, or the program was
/// changed, or is not deterministic (a real clock, randomness, the order of a hash map).
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
        let steps = [
            (Who::Task(1), true),
            (Who::Task(2), false),
            (Who::Timer(7), false),
            (Who::Timer(2), true),
            (Who::Task(0), false),
        ];
        let mut schedule = Schedule::open();
        for (who, is_usual) in steps {
            schedule = schedule.then(who, is_usual);
        }
        assert_eq!(schedule.to_string(), "t1,1:2,0:@7,1:0/stop5");
        let unusual = [(1, Who::Task(2)), (2, Who::Timer(7)), (4, Who::Task(0))];
        assert!(schedule.by_step().eq(unusual));
        assert_eq!(schedule.to_string().parse(), Ok(schedule.clone()));
        let closed = schedule.closed();
        assert_eq!(closed.to_string(), "t1,1:2,0:@7,1:0/5");
        assert_eq!(closed.to_string().parse(), Ok(closed));
    }

    #[test]
    fn nonsense_is_refused_with_what_is_wrong() {
        let refused = |text: &str| text.parse::<Schedule>().unwrap_err().to_string();
        for (text, says) in [
            ("", "its end is missing"),
            ("t1", "its end is missing"),
            ("v1/3", "as those of threads do"),
            ("t2/3", "\"t2\""),
            ("t1/", "\"\" is no number"),
            ("t1/-3", "\"-3\" is no number"),
            ("t1/+3", "\"+3\" is no number"),
            ("t1,3/4", "\"3\" should be"),
            ("t1,a:1/4", "\"a\" is no number"),
            ("t1,1:@/4", "\"\" is no number"),
            ("t1,1:@@2/4", "\"@2\" is no number"),
            ("t1,3:1,0:2/4", "names somebody for later ones"),
            ("t1,4294967295:1/4", "names somebody for later ones"),
            ("t1/99999999999", "is no number"),
            ("t1,,/4", "\"\" should be"),
        ] {
            let told = refused(text);
            assert!(told.contains(says), "{text:?}: {told}");
        }
        let long = format!("t1{}/1", ",0:1".repeat(100_000));
        assert!(refused(&long).contains("400004 bytes"));
    }
}
