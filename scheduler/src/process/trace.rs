//! The trace of a pool: one log record for every step, of target `process`.
//!
//! Records of several processes make one trace: a worker writes its own, on the
//! stderr that it shares with its parent, with times from the pool's start. So
//! the lines stand in the order of time, and a worker's line in the order in
//! which it was caused: a job is sent, begins, is done.
//!
//! Invariants: (1) an event outside [`VOCABULARY`] or with other keys fails every
//! test of a debug build; (2) a record is written before what it causes can
//! happen: `job_sent` before the bytes go.
//!
//! Book: appendix "Events". Mirror: [`crate::trace`].

use super::failure::Status;
use crate::place::Place;
use crate::preempt::clock;
use crate::trace::Event;
use crate::trace::vocabulary::event;
use log::kv::ToValue;
use std::fmt;
use std::process::ExitStatus;

/// The log target of every record.
const TARGET: &str = "process";

/// Every event of target `process`.
///
/// Every record begins with `t` (ns since the pool started, on the machine's
/// clock) and `pool` (which pool of this process, from 0), and ends with `at` (the
/// learner's line, where there is one) and `src` (ours). Workers and jobs are
/// numbered from 1 and never reused.
#[rustfmt::skip]
pub const VOCABULARY: &[Event] = &[
    // The pool.
    event("started", "version clock workers work", "", "the pool begins, and will have so many workers, which run the function `work`"),
    event("ended", "done failed", "", "the pool is over: so many jobs have a result, so many have none"),
    // Workers.
    event("spawned", "worker pid", "", "a process was started; it is not ready yet"),
    event("ready", "worker", "", "the process has said that it is ready for jobs"),
    event("exited", "worker status", "", "the process is over: `exit:N` or `signal:N`; `unknown` if the program waited for it itself"),
    event("replaced", "worker by", "", "another worker takes the place of one that is over"),
    // Jobs.
    event("job_queued", "job bytes", "", "a new job waits for a worker"),
    event("job_sent", "job worker bytes", "", "the job went to the worker, and waits there if that is at another"),
    event("job_begun", "job worker", "", "the worker says that it begins: the record is its own"),
    event("job_done", "job worker bytes", "", "the result is here, for whoever asks for it"),
    event("job_failed", "job why", "worker", "the job is over without a result"),
    event("job_returned", "job worker why", "", "the worker is over: the job waits again, before the others; `why` is `not_begun`, or `retry` if it may have begun"),
];

/// What stands behind a key's `=`.
enum Shown<'a> {
    /// A count, an id, an instant.
    Number(u64),
    /// A word without a space.
    Word(&'a dyn fmt::Display),
    /// Text from outside, in quotes.
    Text(&'a dyn fmt::Display),
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shown::Number(number) => number.fmt(f),
            Shown::Word(word) => word.fmt(f),
            Shown::Text(text) => write!(f, "{:?}", text.to_string()),
        }
    }
}

impl ToValue for Shown<'_> {
    fn to_value(&self) -> log::kv::Value<'_> {
        log::kv::Value::from_display(self)
    }
}

/// Writes the records of one pool.
#[derive(Clone, Debug)]
pub(super) struct Recorder {
    /// Which pool.
    pool: u32,
    /// When it started, on the machine's monotonic clock, in ns.
    epoch: u64,
    /// Whether anybody listened when it started.
    is_wanted: bool,
}

impl Recorder {
    /// The records of pool `pool`, which started at `epoch`.
    pub(super) fn new(pool: u32, epoch: u64) -> Recorder {
        let is_wanted = log::max_level() == log::LevelFilter::Trace
            && log::log_enabled!(target: TARGET, log::Level::Trace);
        Recorder {
            pool,
            epoch,
            is_wanted,
        }
    }

    /// Whether anybody listens.
    pub(super) fn listens(&self) -> bool {
        self.is_wanted
    }

    /// Writes one record.
    fn write(
        &self,
        event: &str,
        pairs: &[(&'static str, Shown<'_>)],
        at: Option<Place>,
        src: Place,
    ) {
        debug_assert!(is_in_vocabulary(event, pairs), "no such record: {event}"); // (1)
        let now = clock::now().saturating_sub(self.epoch);
        let mut all = vec![
            ("t", Shown::Number(now)),
            ("pool", Shown::Number(u64::from(self.pool))),
        ];
        all.extend(pairs.iter().map(|(key, value)| {
            let value = match value {
                Shown::Number(number) => Shown::Number(*number),
                Shown::Word(word) => Shown::Word(*word),
                Shown::Text(text) => Shown::Text(*text),
            };
            (*key, value)
        }));
        if let Some(at) = &at {
            all.push(("at", Shown::Word(at)));
        }
        all.push(("src", Shown::Word(&src)));
        log::logger().log(
            &log::Record::builder()
                .level(log::Level::Trace)
                .target(TARGET)
                .args(format_args!("{event}"))
                .key_values(&all.as_slice())
                .build(),
        );
    }
}

/// The number of a unit or object, or of bytes.
fn number(number: impl TryInto<u64>) -> Shown<'static> {
    Shown::Number(number.try_into().unwrap_or(u64::MAX))
}

/// One method for each event; `src` is the line that calls it.
impl Recorder {
    /// `started`.
    #[track_caller]
    pub(super) fn started(&self, workers: u32, work: &str, at: Place) {
        if self.is_wanted {
            let pairs = [
                ("version", number(1_u64)),
                ("clock", Shown::Word(&"real")),
                ("workers", number(workers)),
                ("work", Shown::Text(&work)),
            ];
            self.write("started", &pairs, Some(at), Place::caller());
        }
    }

    /// `ended`.
    #[track_caller]
    pub(super) fn ended(&self, done: u64, failed: u64) {
        if self.is_wanted {
            let pairs = [("done", number(done)), ("failed", number(failed))];
            self.write("ended", &pairs, None, Place::caller());
        }
    }

    /// `spawned`.
    #[track_caller]
    pub(super) fn spawned(&self, worker: u32, pid: u32) {
        if self.is_wanted {
            let pairs = [("worker", number(worker)), ("pid", number(pid))];
            self.write("spawned", &pairs, None, Place::caller());
        }
    }

    /// `ready`.
    #[track_caller]
    pub(super) fn ready(&self, worker: u32) {
        if self.is_wanted {
            self.write(
                "ready",
                &[("worker", number(worker))],
                None,
                Place::caller(),
            );
        }
    }

    /// `exited`.
    #[track_caller]
    pub(super) fn exited(&self, worker: u32, status: Option<ExitStatus>) {
        if self.is_wanted {
            let status = match status {
                None => "unknown".to_owned(),
                status => Status(status).to_string().replace(' ', ":"),
            };
            let pairs = [("worker", number(worker)), ("status", Shown::Word(&status))];
            self.write("exited", &pairs, None, Place::caller());
        }
    }

    /// `replaced`.
    #[track_caller]
    pub(super) fn replaced(&self, worker: u32, by: u32) {
        if self.is_wanted {
            let by = format!("worker:{by}");
            let pairs = [("worker", number(worker)), ("by", Shown::Word(&by))];
            self.write("replaced", &pairs, None, Place::caller());
        }
    }

    /// `job_queued`.
    #[track_caller]
    pub(super) fn job_queued(&self, job: u64, bytes: usize, at: Place) {
        if self.is_wanted {
            let pairs = [("job", number(job)), ("bytes", number(bytes))];
            self.write("job_queued", &pairs, Some(at), Place::caller());
        }
    }

    /// `job_sent`.
    #[track_caller]
    pub(super) fn job_sent(&self, job: u64, worker: u32, bytes: usize) {
        self.moved("job_sent", job, worker, bytes, Place::caller());
    }

    /// `job_done`.
    #[track_caller]
    pub(super) fn job_done(&self, job: u64, worker: u32, bytes: usize) {
        self.moved("job_done", job, worker, bytes, Place::caller());
    }

    /// A job on its way, with so many bytes.
    fn moved(&self, event: &str, job: u64, worker: u32, bytes: usize, src: Place) {
        if self.is_wanted {
            let pairs = [
                ("job", number(job)),
                ("worker", number(worker)),
                ("bytes", number(bytes)),
            ];
            self.write(event, &pairs, None, src);
        }
    }

    /// `job_begun`, in the worker.
    #[track_caller]
    pub(super) fn job_begun(&self, job: u64, worker: u32) {
        if self.is_wanted {
            let pairs = [("job", number(job)), ("worker", number(worker))];
            self.write("job_begun", &pairs, None, Place::caller());
        }
    }

    /// `job_failed`.
    #[track_caller]
    pub(super) fn job_failed(&self, job: u64, worker: Option<u32>, why: &dyn fmt::Display) {
        if self.is_wanted {
            let mut pairs = vec![("job", number(job)), ("why", Shown::Text(why))];
            pairs.extend(worker.map(|worker| ("worker", number(worker))));
            self.write("job_failed", &pairs, None, Place::caller());
        }
    }

    /// `job_returned`.
    #[track_caller]
    pub(super) fn job_returned(&self, job: u64, worker: u32, why: &'static str) {
        if self.is_wanted {
            let pairs = [
                ("job", number(job)),
                ("worker", number(worker)),
                ("why", Shown::Text(&why)),
            ];
            self.write("job_returned", &pairs, None, Place::caller());
        }
    }
}

/// Whether the vocabulary has the event with these keys, in this order.
fn is_in_vocabulary(event: &str, pairs: &[(&'static str, Shown<'_>)]) -> bool {
    VOCABULARY
        .iter()
        .filter(|row| row.name == event)
        .any(|row| {
            let words = |keys: &'static str| keys.split(' ').filter(|key| !key.is_empty());
            let must: Vec<_> = words(row.keys).collect();
            let given: Vec<_> = pairs.iter().map(|(key, _)| *key).collect();
            given.starts_with(&must)
                && given[must.len()..]
                    .iter()
                    .all(|key| words(row.optional).any(|word| word == *key))
        })
}
