//! The clerk: an ordinary thread that does what the dispatcher must not.
//!
//! A thread may stop, in Signal mode anywhere, while it holds the logger's or the
//! heap's locks. The dispatcher must not wait for them; the clerk may. It logs
//! the records that lie in the [`Tray`], in their order, and gives back the
//! memory that the dispatcher freed for others.
//!
//! Invariants: (1) it is never scheduled, so never frozen; (2) whoever takes a
//! step never waits for it, save before a step if the tray is nearly full, and
//! then without a CPU; (3) the times of the records never decrease; (4) when it
//! ends every record has been logged, with the lines of all program counters.
//!
//! Mirror: none; a loop that nobody interrupts can log by itself.

use crate::place::Place;
use crate::preempt::futex::Bell;
use crate::preempt::queue::Queue;
use crate::preempt::symbols::Symbols;
use crate::preempt::{Guard, clock, heap};
use crate::time::Time;
use crate::trace::{Record, Text, Value, log_record, step};
use crate::watchdog::Watch;
use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

/// How many records have room in the tray.
const ROOM: usize = 1 << 14;
/// From so many records on, threads wait before they take a step.
const HALF_FULL: i64 = 1 << 13;
/// The clerk looks at least so often, in ns.
const ROUND: u64 = 20_000_000;

/// The records that wait to be logged.
#[derive(Debug)]
pub(crate) struct Tray {
    /// The records.
    records: Queue<Record>,
    /// How many are inside, give or take those that are being put in.
    inside: AtomicI64,
    /// How many did not fit since the last `lost`.
    lost: AtomicU64,
    /// An error to log, once there is one: the dispatcher must not.
    complaint: OnceLock<String>,
    /// Where the watchdog leaves what it does not log itself.
    watch: Arc<Watch>,
    /// Rung when there is something to do.
    bell: Bell,
    /// The clerk is to end once the tray is empty.
    closes: AtomicBool,
    /// The clerk is gone, at the end or because the logger panicked: no room
    /// will ever be made.
    deserted: AtomicBool,
}

impl Tray {
    /// An empty tray of the run that `watch` belongs to.
    pub(crate) fn new(watch: Arc<Watch>) -> Tray {
        Tray {
            watch,
            records: Queue::new(ROOM),
            inside: AtomicI64::new(0),
            lost: AtomicU64::new(0),
            complaint: OnceLock::new(),
            bell: Bell::new(),
            closes: AtomicBool::new(false),
            deserted: AtomicBool::new(false),
        }
    }

    /// Puts `record` in; if there is no room it is counted instead, and told in
    /// the place of the hole.
    pub(crate) fn push(&self, record: &Record) {
        // Frozen in the middle, it would withhold all later records.
        let _guard = Guard::new();
        let lost = self.lost.swap(0, Ordering::Relaxed);
        if lost > 0 && !self.try_push(&hole(lost, record.time)) {
            self.lost.fetch_add(lost, Ordering::Relaxed);
        }
        if !self.try_push(record) {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Lets the clerk log `error`, the only one of the run. For the dispatcher
    /// alone: nobody else writes it, so that it does not wait.
    pub(crate) fn complain(&self, error: String) {
        let first = self.complaint.set(error);
        debug_assert!(first.is_ok(), "a policy is broken once");
        self.bell.ring();
    }

    /// Puts `record` in if there is room.
    fn try_push(&self, record: &Record) -> bool {
        let fits = self.records.push(*record).is_ok();
        if fits {
            self.inside.fetch_add(1, Ordering::Relaxed);
        }
        self.bell.ring();
        fits
    }

    /// Whether a thread that is about to take a step should wait first (2).
    pub(crate) fn is_nearly_full(&self) -> bool {
        self.inside.load(Ordering::Relaxed) > HALF_FULL && !self.deserted.load(Ordering::Relaxed)
    }

    /// Waits, on a thread that has no CPU, until the tray is less than half full
    /// or the clerk gone.
    pub(crate) fn wait_for_room(&self) {
        while self.is_nearly_full() {
            thread::sleep(Duration::from_micros(200));
        }
    }
}

/// The record of `count` records that did not fit.
fn hole(count: u64, time: Time) -> Record {
    step!(time, "lost", [count])
}

/// The clerk of one run.
#[derive(Debug)]
pub(crate) struct Clerk {
    /// Its tray.
    tray: Arc<Tray>,
    /// Its OS thread.
    thread: thread::JoinHandle<()>,
}

impl Clerk {
    /// Starts the clerk of scheduler `sched`.
    ///
    /// # Errors
    ///
    /// If the operating system has no thread left.
    pub(crate) fn start(sched: u32, tray: Arc<Tray>) -> io::Result<Clerk> {
        let own = Arc::clone(&tray);
        let thread = thread::Builder::new()
            .name("clerk".to_owned())
            .spawn(move || {
                let _leaves = Leaves(&own);
                Desk::new(sched).work(&own);
            })?;
        Ok(Clerk { tray, thread })
    }

    /// Waits until everything in the tray is logged. Nothing may be put in any
    /// more.
    pub(crate) fn finish(self) {
        self.tray.closes.store(true, Ordering::Release);
        self.tray.bell.ring();
        if let Err(panic) = self.thread.join() {
            std::panic::resume_unwind(panic); // the logger's
        }
    }
}

/// Says that the clerk is gone when it is dropped, by a panic too.
struct Leaves<'a>(&'a Tray);

impl Drop for Leaves<'_> {
    fn drop(&mut self) {
        self.0.deserted.store(true, Ordering::Relaxed);
    }
}

/// What the clerk knows while it works.
#[derive(Debug)]
struct Desk {
    /// Whose records it logs.
    sched: u32,
    /// The time of the latest record (3).
    latest: Time,
    /// The program counters that were logged.
    program_counters: BTreeSet<usize>,
    /// The complaint was logged.
    complained: bool,
    /// The lines of the program, once the first program counter has come; None
    /// inside if there is no debug information.
    symbols: OnceCell<Option<Symbols>>,
}

impl Desk {
    /// Nothing logged yet.
    fn new(sched: u32) -> Desk {
        Desk {
            sched,
            latest: Time::ZERO,
            program_counters: BTreeSet::new(),
            complained: false,
            symbols: OnceCell::new(),
        }
    }

    /// Works until the tray is closed and empty.
    fn work(mut self, tray: &Tray) {
        loop {
            // Looked at before the tray: what was put in before it was closed
            // is logged.
            let closes = tray.closes.load(Ordering::Acquire);
            while let Some(record) = tray.records.pop() {
                tray.inside.fetch_sub(1, Ordering::Relaxed);
                self.log(record);
            }
            if let Some(error) = tray.complaint.get()
                && !std::mem::replace(&mut self.complained, true)
            {
                log::error!(target: "scheduler", "{error}");
            }
            if let Some(words) = tray.watch.take_warning() {
                log::warn!(target: "scheduler", "{}", words.in_the_log());
            }
            heap::reclaim();
            if closes {
                break;
            }
            tray.bell.wait_until(clock::now() + ROUND);
        }
        let lost = tray.lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            self.log(hole(lost, self.latest));
        }
        self.resolve();
    }

    /// Logs `record`.
    fn log(&mut self, mut record: Record) {
        record.time = record.time.max(self.latest); // (3)
        self.latest = record.time;
        for value in &mut record.values {
            if let Value::Code(program_counter) = value {
                let symbols = self.symbols.get_or_init(Symbols::load);
                if let Some(symbols) = symbols {
                    *program_counter = symbols.nearest_own(*program_counter, &record.callers);
                }
                self.program_counters.insert(*program_counter);
            }
        }
        if record.at.is_none()
            && let Some(innermost) = record.callers.iter().next()
            && record.event.name == "call_entered"
        {
            let symbols = self.symbols.get_or_init(Symbols::load).as_ref();
            let place = symbols.and_then(|symbols| {
                symbols.resolve(symbols.nearest_own(innermost, &record.callers))
            });
            record.at = place.map(|place| Place::in_file(&place.file, place.line));
        }
        log_record(self.sched, &record);
    }

    /// Logs the line of every program counter (4).
    fn resolve(&self) {
        let Some(Some(symbols)) = self.symbols.get() else {
            return; // nobody was frozen, or there is no debug information
        };
        for &program_counter in &self.program_counters {
            let Some(place) = symbols.resolve(program_counter) else {
                continue;
            };
            let record = step!(
                self.latest,
                "resolved",
                at Some(Place::in_file(&place.file, place.line)),
                [Value::Code(program_counter), Value::Bare],
                text Text::of(place.function.replace(' ', "")),
            );
            log_record(self.sched, &record);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An empty tray.
    fn tray() -> Tray {
        let mode = crate::scheduler::Preemption::Never;
        Tray::new(Arc::new(Watch::new(None, mode, 1)))
    }

    /// A record of some step at `time`.
    fn step_at(time: u64) -> Record {
        step!(Time::from_nanos(time), "idle", [0_u32])
    }

    /// The events and numbers in the tray.
    fn take_all(tray: &Tray) -> Vec<(&'static str, u64)> {
        let records = std::iter::from_fn(|| tray.records.pop());
        let number = |record: &Record| match record.values[0] {
            Value::Number(number) => number,
            _ => panic!("both events have one number"),
        };
        records
            .map(|record| (record.event.name, number(&record)))
            .collect()
    }

    #[test]
    fn records_that_do_not_fit_are_told_in_the_place_of_the_hole() {
        let tray = tray();
        let room = ROOM as u64;
        for time in 0..room + 5 {
            tray.push(&step_at(time)); // never waits (2)
        }
        assert!(tray.is_nearly_full());
        assert_eq!(take_all(&tray).len(), ROOM);
        tray.push(&step_at(room + 5));
        assert_eq!(take_all(&tray), [("lost", 5), ("idle", 0)]);
    }

    #[test]
    fn times_never_decrease() {
        let mut desk = Desk::new(0);
        for time in [5, 3] {
            desk.log(step_at(time));
        }
        assert_eq!(desk.latest, Time::from_nanos(5));
    }

    #[test]
    fn a_clerk_leaves_nothing_in_the_tray() {
        let tray = Arc::new(tray());
        let clerk = Clerk::start(0, Arc::clone(&tray)).unwrap();
        for time in 0..1000 {
            tray.push(&step_at(time));
        }
        clerk.finish();
        assert_eq!(take_all(&tray), []);
        assert_eq!(tray.inside.load(Ordering::Relaxed), 0);
    }
}
