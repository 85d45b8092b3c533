//! What threads did, line by line, as a complaint shows it.
//!
//! The scheduler's own records tell who waits for what and who wakes whom; the
//! checks add what is called and what it returns. All else is left out: which
//! CPU, which quantum, every single checkpoint. Of a run that follows a schedule every
//! step is told: see `steps`.
//!
//! Invariant: (1) a transcript is taken of a run in checkpoint mode, in which
//! records come in the order of the steps, and of one run at a time.
//!
//! Left out: programs that have a logger of their own, as a stepped one has.
//! There is no transcript then, and no need of one.
//!
//! Book: "Exercises" in the introduction.

mod steps;

use log::kv::{Key, Value, VisitSource};
use log::{LevelFilter, Log, Metadata, Record};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use steps::Offers;

/// One line: when, who, what.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    /// When, on the scheduler's clock.
    at: Duration,
    /// The thread's name.
    who: String,
    /// What it did, or what happened to it.
    what: String,
}

/// What a run's threads did.
#[derive(Clone, Debug, Default)]
pub struct Transcript {
    /// In order.
    lines: Vec<Line>,
    /// When the last record came.
    last: Duration,
    /// The threads' names, by their numbers.
    names: BTreeMap<String, String>,
    /// Which thread holds each mutex, by its number.
    holders: BTreeMap<String, String>,
    /// What each blocked thread waits for, by its number.
    waits: BTreeMap<String, String>,
    /// What was offered at the last choice; None where not every step is told.
    offers: Option<Offers>,
}

/// The transcript that is being taken.
static TAPE: Mutex<Option<Transcript>> = Mutex::new(None);

/// What is on the tape.
fn tape() -> MutexGuard<'static, Option<Transcript>> {
    // A panic while it was held leaves at worst a line too few.
    TAPE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes a transcript of `run`. If the program has a logger of its own there is
/// none, and `run` is not called.
pub fn of(run: impl FnOnce()) -> Option<Transcript> {
    taken(Transcript::default(), run)
}

/// Takes a transcript of every step of `run`, which follows a schedule. If the program
/// has a logger of its own there is none, and `run` is not called.
pub fn of_steps(run: impl FnOnce()) -> Option<Transcript> {
    let offers = Some(Offers::default());
    taken(
        Transcript {
            offers,
            ..Transcript::default()
        },
        run,
    )
}

/// Takes a transcript of `run` on this tape.
fn taken(empty: Transcript, run: impl FnOnce()) -> Option<Transcript> {
    /// One run at a time (1).
    static TURN: Mutex<()> = Mutex::new(());
    /// Whether our logger is the program's.
    static IS_OURS: OnceLock<bool> = OnceLock::new();
    if !IS_OURS.get_or_init(|| log::set_logger(&Recorder).is_ok()) {
        return None;
    }
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    *tape() = Some(empty);
    log::set_max_level(LevelFilter::Trace);
    run();
    log::set_max_level(LevelFilter::Off);
    tape().take()
}

/// Adds a line: `who` did `what`. Does nothing if no transcript is taken.
pub fn note(at: Duration, who: &str, what: &str) {
    if let Some(transcript) = &mut *tape() {
        transcript.add(at, who.to_owned(), what.to_owned());
    }
}

/// Adds a line at the instant of the last record. Does nothing if no transcript is taken.
pub(crate) fn note_here(who: &str, what: &str) {
    if let Some(transcript) = &mut *tape() {
        transcript.add(transcript.last, who.to_owned(), what.to_owned());
    }
}

/// Puts the scheduler's records on the tape.
#[derive(Debug)]
struct Recorder;

impl Log for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "scheduler"
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let mut pairs = Pairs::default();
        if record.key_values().visit(&mut pairs).is_ok()
            && let Some(transcript) = &mut *tape()
        {
            transcript.take(&record.args().to_string(), &pairs);
        }
    }

    fn flush(&self) {}
}

/// A record's key-values as text.
#[derive(Debug, Default)]
struct Pairs(BTreeMap<String, String>);

impl Pairs {
    /// The value of `key`; empty if there is none.
    fn get(&self, key: &str) -> &str {
        self.0.get(key).map_or("", String::as_str)
    }

    /// When it was, on the scheduler's clock.
    fn at(&self) -> Duration {
        Duration::from_nanos(self.get("t").parse().unwrap_or_default())
    }
}

impl<'kvs> VisitSource<'kvs> for Pairs {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), log::kv::Error> {
        self.0.insert(key.to_string(), value.to_string());
        Ok(())
    }
}

impl Transcript {
    /// Takes note of one of the scheduler's records.
    fn take(&mut self, event: &str, pairs: &Pairs) {
        let at = pairs.at();
        self.last = at;
        let thread = pairs.get("thread");
        if let Some(what) = self.step(event, pairs) {
            self.add(at, self.name(thread), what);
        }
        let joins = |waits: &String| waits.starts_with("waits for the end of ");
        let what = match event {
            "spawned" => {
                let name = pairs.get("name").trim_matches('"').to_owned();
                self.names.insert(thread.to_owned(), name);
                return;
            }
            "locked" | "unlocked" => {
                let mutex = pairs.get("mutex").to_owned();
                self.holders.remove(&mutex);
                if event == "locked" {
                    self.holders.insert(mutex, thread.to_owned());
                }
                return;
            }
            "blocked" => {
                let what = format!("waits for {}{}", self.object(pairs.get("on")), line(pairs));
                self.waits.insert(thread.to_owned(), what.clone());
                if joins(&what) {
                    return; // how a program is put together, not what goes wrong
                }
                what
            }
            "notified" => {
                let woken = match pairs.get("woke") {
                    "0" => "nobody waits there".to_owned(),
                    "1" => "1 thread is woken".to_owned(),
                    count => format!("{count} threads are woken"),
                };
                let number = pairs.get("condvar");
                let notifies = format!("notifies condition {number}{}", line(pairs));
                if self.offers.is_some() {
                    notifies // who is woken is the schedule's choice, later
                } else {
                    format!("{notifies}: {woken}")
                }
            }
            "runnable" => {
                let waited = self.waits.remove(thread);
                if waited.as_ref().is_some_and(joins) {
                    return;
                }
                let for_condition = |waits: &String| waits.starts_with("waits for condition ");
                if self.offers.is_some() && waited.as_ref().is_some_and(for_condition) {
                    return; // it could take a notification; if it does, that is told
                }
                match (pairs.get("why"), pairs.get("by")) {
                    ("unblocked", "") => "is woken".to_owned(),
                    ("unblocked", by) => format!("is woken by {}", self.name(by)),
                    ("slept", _) => "has slept".to_owned(),
                    _ => return,
                }
            }
            "panicked" => format!("panics: {}", pairs.get("message").trim_matches('"')),
            _ => return,
        };
        self.add(at, self.name(thread), what);
    }

    /// Adds a line.
    fn add(&mut self, at: Duration, who: String, what: String) {
        self.lines.push(Line { at, who, what });
    }

    /// The name of a thread, by its number; `thread:3` and `3` are the same.
    fn name(&self, thread: &str) -> String {
        let thread = thread.trim_start_matches("thread:");
        let name = self.names.get(thread).cloned();
        name.unwrap_or_else(|| match thread {
            "0" => "main".to_owned(),
            number => format!("thread {number}"),
        })
    }

    /// What is waited for, from the trace's word for it.
    fn object(&self, on: &str) -> String {
        match on.split_once(':') {
            Some(("condvar", number)) => format!("condition {number}"),
            Some(("mutex", number)) => match self.holders.get(number) {
                Some(holder) => format!("mutex {number}, which {} holds", self.name(holder)),
                None => format!("mutex {number}"),
            },
            Some(("thread", number)) => format!("the end of {}", self.name(number)),
            _ if on == "sleep" => "its sleep to end".to_owned(),
            _ => on.to_owned(),
        }
    }

    /// Who waits for what in the end, a thread a line.
    pub fn waiting(&self) -> String {
        let waits = self.waits.iter();
        let lines = waits.map(|(thread, what)| format!("{} {what}", self.name(thread)));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The lines up to the instant `until`, or all; the last `most` of these at
    /// most.
    pub fn draw(&self, until: Option<Duration>, most: usize) -> String {
        let is_shown = |line: &&Line| until.is_none_or(|until| line.at <= until);
        let end = self.lines.iter().take_while(is_shown).count();
        let from = end.saturating_sub(most);
        let shown = &self.lines[from..end];
        let width = |part: &dyn Fn(&Line) -> String| {
            let widths = shown.iter().map(|line| part(line).chars().count());
            widths.max().unwrap_or(0)
        };
        let time = |line: &Line| match self.offers {
            None => format!("{} µs", line.at.as_micros()),
            Some(_) => line.at.as_millis().to_string(), // a step takes one
        };
        let (times, names) = (width(&time), width(&|line| line.who.clone()));
        let mut text = String::new();
        if from > 0 {
            text += "..\n";
        }
        for line in shown {
            // A String takes all that is written to it.
            let _ = writeln!(
                text,
                "{:>times$}  {:names$}  {}",
                time(line),
                line.who,
                line.what
            );
        }
        text.truncate(text.trim_end().len());
        text
    }
}

/// Where the learner's program stands, if it stands in the learner's file.
fn line(pairs: &Pairs) -> String {
    let stands = pairs.get("at").rsplit_once(".rs:");
    let (file, line) = stands.unwrap_or_default();
    match file.rsplit(['/', '\\']).next() {
        Some("exercise" | "solution" | "skeleton") => format!(" (line {line})"),
        _ if file.contains("mistakes") => format!(" (line {line})"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scheduler::policy::RoundRobin;
    use scheduler::sync::{Condvar, Mutex};
    use scheduler::{Builder, Preemption, Scheduler, now};
    use std::sync::Arc;

    #[test]
    fn who_waits_for_what_and_who_wakes_whom_is_told_in_order() {
        let run = || {
            Scheduler::new(
                Preemption::Checkpoint,
                RoundRobin::new(Duration::from_millis(1)),
            )
            .tick(Duration::from_micros(1))
            .run(|| {
                let shared = Arc::new((Mutex::new(false), Condvar::new()));
                let other = Arc::clone(&shared);
                let waiter = Builder::new().name("waiter").spawn(move || {
                    drop(other.1.wait_while(other.0.lock(), |is_set| !*is_set));
                    note(now(), "waiter", "goes on");
                });
                scheduler::yield_now();
                *shared.0.lock() = true;
                shared.1.notify_one();
                waiter.join().unwrap();
            })
        };
        let transcript = of(|| run().unwrap()).unwrap();
        assert_eq!(transcript.waiting(), "");
        let lines: Vec<String> = transcript
            .lines
            .iter()
            .map(|line| format!("{}: {}", line.who, line.what))
            .collect();
        let expected = [
            "waiter: waits for condition 1",
            "main: notifies condition 1: 1 thread is woken",
            "waiter: is woken by main",
            "waiter: goes on",
        ];
        assert_eq!(lines, expected);
        assert!(tape().is_none(), "the tape is taken off");
    }

    #[test]
    fn a_drawing_shows_the_last_lines_and_says_that_there_were_more() {
        let mut transcript = Transcript::default();
        for (micros, who) in [(1, "one"), (20, "another"), (300, "one")] {
            transcript.add(
                Duration::from_micros(micros),
                who.to_owned(),
                "acts".to_owned(),
            );
        }
        assert_eq!(
            transcript.draw(None, 2),
            "..\n 20 µs  another  acts\n300 µs  one      acts"
        );
        assert_eq!(
            transcript.draw(Some(Duration::from_micros(20)), 9),
            " 1 µs  one      acts\n20 µs  another  acts"
        );
    }
}
