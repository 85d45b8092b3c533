//! Telling a search while it goes on: lines of JSON, for whoever shows them.
//!
//! `RUST_LOG=explore=trace` makes every search of a program say what it does, through
//! the log as the trace does, with the target `explore`. A line is an object:
//!
//! - `{"event":"search","search":1,"at":FILE:LINE,"how":TEXT}`: one begins;
//! - `"execution"`: one execution, step by step, of the first [`MOST`];
//! - `"followed"`: one that went along a schedule, as [`drive`](super::drive) has it;
//! - `"progress"`, now and then, and `"ended"`: all that was found so far. `behind` is
//!   the share of the tree that is done, as [`Guide::behind`](super::guide::Guide::behind)
//!   has it.
//!
//! In an execution each step tells who took it and what it did (`t`, `op`, `on`, `at`),
//! and of the others that could have (`others`): the thread, which step of this
//! execution is its next one, and the first step from here on that depends on that.
//! Where there is no such step before its own, both orders are of one kind.
//!
//! Invariants: (1) while nobody listens nothing is computed; (2) a line is one line,
//! whatever a program says; (3) of one search the lines come in order, and `ended` last.
//!
//! Book: chapter 19.

use super::execution::Execution;
use super::found::{Found, Trouble};
use super::operation::Event;
use crate::place::Place;
use std::fmt::{self, Display};
use std::time::{Duration, Instant};

/// The log target.
const TARGET: &str = "explore";
/// So many executions of a search are told step by step.
const MOST: u32 = 300;
/// So often progress is told, at most.
const OFTEN: Duration = Duration::from_millis(50);

/// Who tells of one search.
#[derive(Debug)]
pub(super) struct Teller {
    /// Whether anybody listens.
    is_wanted: bool,
    /// The search, from 1.
    number: u32,
    /// When it began.
    began: Instant,
    /// When progress was told last.
    told: Instant,
    /// How many executions may still be told step by step.
    left: u32,
}

impl Teller {
    /// Tells that search `number` begins at `at`, done `how`.
    pub(super) fn new(number: u32, at: Place, how: &dyn fmt::Debug) -> Teller {
        let began = Instant::now();
        let teller = Teller {
            is_wanted: Teller::is_heard(),
            number,
            began,
            told: began,
            left: MOST,
        };
        if teller.is_wanted {
            let (at, how) = (Quoted(at), Quoted(format!("{how:?}")));
            Teller::say(
                "search",
                format_args!("\"search\":{number},\"at\":{at},\"how\":{how}"),
            );
        }
        teller
    }

    /// Whether anybody listens to searches.
    pub(super) fn is_heard() -> bool {
        log::max_level() == log::LevelFilter::Trace
            && log::log_enabled!(target: TARGET, log::Level::Trace)
    }

    /// Logs a line.
    pub(super) fn say(event: &str, rest: fmt::Arguments<'_>) {
        log::trace!(target: TARGET, "{{\"event\":\"{event}\",{rest}}}");
    }

    /// Whether anybody listens.
    pub(super) fn is_wanted(&self) -> bool {
        self.is_wanted
    }

    /// How long it has taken so far, in seconds.
    pub(super) fn seconds(&self) -> f64 {
        self.began.elapsed().as_secs_f64()
    }

    /// An execution that ended in `trouble`, or came to `outcome`.
    pub(super) fn execution(
        &mut self,
        execution: &Execution,
        trouble: Option<&Trouble>,
        outcome: &str,
    ) {
        if !self.is_wanted || self.left == 0 {
            return;
        }
        self.left -= 1;
        let text = Quoted(Trouble::outcome(trouble, outcome.to_owned()));
        let (fails, schedule) = (trouble.is_some(), execution.schedule());
        let steps = write_steps(execution);
        let wanted = list(&execution.wanted, |(thread, op), f| {
            write!(f, "[{thread},\"{}\"]", op.access.word())
        });
        Teller::say(
            "execution",
            format_args!(
                "\"search\":{},\"text\":{text},\"fails\":{fails},\"schedule\":\"{schedule}\",\
                 \"steps\":{steps},\"wanted\":{wanted}",
                self.number
            ),
        );
    }

    /// Progress, unless it was told a moment ago: `behind` says how far it is.
    pub(super) fn progress(&mut self, found: &Found, behind: impl FnOnce() -> Option<f64>) {
        if self.is_wanted && self.told.elapsed() >= OFTEN {
            self.told = Instant::now();
            self.found("progress", found, behind());
        }
    }

    /// The search is over.
    pub(super) fn ended(&self, found: &Found) {
        if self.is_wanted {
            self.found("ended", found, None);
        }
    }

    /// All that was found so far.
    fn found(&self, event: &str, found: &Found, behind: Option<f64>) {
        let outcomes = list(&found.outcomes, |outcome, f| {
            let (text, schedule) = (Quoted(&outcome.text), &outcome.schedule);
            let (executions, all) = (outcome.executions, Maybe(outcome.interleavings));
            write!(
                f,
                "{{\"text\":{text},\"executions\":{executions},\"interleavings\":{all},\
                 \"schedule\":\"{schedule}\"}}"
            )
        });
        let failures = list(&found.failures, |failure, f| {
            let text = Quoted(Trouble::outcome(Some(&failure.trouble), String::new()));
            let (trouble, schedule) = (Quoted(&failure.trouble), &failure.schedule);
            let (executions, preemptions) = (failure.executions, failure.preemptions);
            let fewest = failure.is_fewest;
            write!(
                f,
                "{{\"text\":{text},\"trouble\":{trouble},\"executions\":{executions},\
                 \"preemptions\":{preemptions},\"fewest\":{fewest},\"schedule\":\"{schedule}\"}}"
            )
        });
        let races = list(&found.races, |(first, second), f| {
            write!(f, "[{},{}]", Quoted(first), Quoted(second))
        });
        let (number, seconds) = (self.number, self.seconds());
        let (explored, redundant) = (found.explored, found.redundant);
        let (all, stopped) = (Maybe(found.interleavings), Maybe(found.stopped));
        let behind = behind.map_or_else(|| "null".to_owned(), |behind| behind.to_string());
        Teller::say(
            event,
            format_args!(
                "\"search\":{number},\"seconds\":{seconds},\"explored\":{explored},\
                 \"redundant\":{redundant},\"interleavings\":{all},\"behind\":{behind},\
                 \"stopped\":{stopped},\"outcomes\":{outcomes},\"failures\":{failures},\
                 \"races\":{races}"
            ),
        );
    }
}

/// The steps of an execution.
pub(super) fn write_steps(execution: &Execution) -> impl Display {
    list(0..execution.events.len(), |&step, f| {
        write_step(execution, step, f)
    })
}

/// One step of an execution: see the module.
fn write_step(execution: &Execution, step: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Event { thread, op, .. } = execution.events[step];
    let (word, object, at) = (op.access.word(), op.object, Maybe(execution.places[step]));
    write!(
        f,
        "{{\"t\":{thread},\"op\":\"{word}\",\"on\":{object},\"at\":{at},\"others\":"
    )?;
    let others = super::guide::bits(execution.enabled[step] & !(1 << thread));
    let others = list(others, |&other, f| {
        let later = &execution.events[step..];
        let own = later.iter().position(|event| event.thread == other);
        let depends = |own: usize| {
            let op = later[own].op;
            later[..own]
                .iter()
                .position(|event| event.op.depends_on(op))
        };
        let meets = own.and_then(depends);
        let absolute = |at: Option<usize>| Number(at.map(|at| at + step));
        write!(f, "[{other},{},{}]", absolute(own), absolute(meets))
    });
    write!(f, "{others}}}")
}

/// A number, or `null`.
struct Number(Option<usize>);

impl Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => f.write_str("null"),
            Some(number) => number.fmt(f),
        }
    }
}

/// A text, or `null`.
pub(super) struct Maybe<T>(pub(super) Option<T>);

impl<T: Display> Display for Maybe<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            None => f.write_str("null"),
            Some(text) => Quoted(text).fmt(f),
        }
    }
}

/// A list of things, each written by `write`.
pub(super) fn list<T>(
    things: impl IntoIterator<Item = T>,
    write: impl Fn(&T, &mut fmt::Formatter<'_>) -> fmt::Result,
) -> impl Display {
    let things: Vec<T> = things.into_iter().collect();
    fmt::from_fn(move |f| {
        f.write_str("[")?;
        for (index, thing) in things.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            write(thing, f)?;
        }
        f.write_str("]")
    })
}

/// A text as JSON has it (2).
pub(super) struct Quoted<T>(pub(super) T);

impl<T: Display> Display for Quoted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for letter in self.0.to_string().chars() {
            match letter {
                '"' | '\\' => write!(f, "\\{letter}")?,
                letter if letter.is_control() => write!(f, "\\u{:04x}", u32::from(letter))?,
                letter => write!(f, "{letter}")?,
            }
        }
        f.write_str("\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_several_lines_is_one_line() {
        let text = "she said \"no\"\n\\ and \u{7f}\u{1b}[0m é";
        let quoted = Quoted(text).to_string();
        let expected = r#""she said \"no\"\u000a\\ and \u007f\u001b[0m é""#;
        assert_eq!(quoted, expected);
    }

    #[test]
    fn what_there_is_not_is_null() {
        let told = (Maybe(None::<u128>), Maybe(Some(7)), Number(Some(7)));
        assert_eq!(format!("{} {} {}", told.0, told.1, told.2), "null \"7\" 7");
    }
}
