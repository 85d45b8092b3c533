//! Where records go: to nobody, straight to the log, or through the queue.
//!
//! Invariants: (1) in the real modes no record is logged by a scheduled thread or
//! the dispatcher: either could be waiting for what a frozen thread holds.
//! (2) The writer of a record never waits here. What did not fit is counted,
//! and told as `lost` in the place of the hole.
//!
//! careful: in checkpoint mode records are logged by the thread that takes the
//! step, so that they stand in their place among the program's own lines. A
//! program that holds stderr's lock across a checkpoint (a `Display` that locks
//! a mutex of ours, printed by `eprintln!`) stops itself and everybody else.
//!
//! Mirror: `runtime::trace`.

use super::Record;
use super::value::{Shown, Value};
use crate::clerk::Tray;
use log::kv::Source;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The log target of every record.
const TARGET: &str = "scheduler";
/// The log target of the dispatcher's own account.
const ACCOUNT: &str = "account";

/// The way of one run's records.
#[derive(Debug)]
pub(crate) struct Outlet {
    /// Whether anybody listened when the run began.
    is_wanted: bool,
    /// Whether anybody listens; false from the last record on.
    listens: AtomicBool,
    /// Whose records these are: the number of the scheduler in this process.
    sched: u32,
    /// The queue, in the real modes.
    tray: Option<Arc<Tray>>,
}

impl Outlet {
    /// The way of scheduler `sched`'s records: through `tray` if there is one.
    pub(crate) fn new(sched: u32, tray: Option<Arc<Tray>>) -> Outlet {
        let is_wanted = is_wanted();
        Outlet {
            is_wanted,
            listens: AtomicBool::new(is_wanted),
            sched,
            tray,
        }
    }

    /// The way of records that nobody wants, whoever listens: a search's.
    pub(crate) fn silent(sched: u32) -> Outlet {
        Outlet {
            is_wanted: false,
            listens: AtomicBool::new(false),
            sched,
            tray: None,
        }
    }

    /// Whether records are wanted: the one load that a disabled record costs.
    #[inline]
    pub(crate) fn listens(&self) -> bool {
        self.listens.load(Ordering::Relaxed)
    }

    /// From now on nobody listens.
    pub(crate) fn fall_silent(&self) {
        self.listens.store(false, Ordering::Relaxed);
    }

    /// Logs `record`, the last one, if anybody ever listened. In the real
    /// modes the tray must have been emptied before.
    pub(crate) fn close(&self, record: &Record) {
        self.fall_silent();
        if self.is_wanted {
            log_record(self.sched, record);
        }
    }

    /// Logs an error at once, or lets the clerk do it.
    pub(crate) fn complain(&self, error: String) {
        match &self.tray {
            None => log::error!(target: TARGET, "{error}"),
            Some(tray) => tray.complain(error), // (1)
        }
    }

    /// The queue of records, in the real modes.
    pub(crate) fn tray(&self) -> Option<&Tray> {
        self.tray.as_deref()
    }

    /// Writes `record`, which `record!` has made.
    pub(crate) fn write(&self, record: &Record) {
        match &self.tray {
            None => log_record(self.sched, record), // see "careful" above
            Some(tray) => tray.push(record),        // (1), (2)
        }
    }
}

/// Whether a logger takes our records.
pub(crate) fn is_wanted() -> bool {
    log::max_level() == log::LevelFilter::Trace
        && log::log_enabled!(target: TARGET, log::Level::Trace)
}

/// Whether a logger takes the dispatcher's account.
pub(crate) fn account_is_wanted() -> bool {
    log::max_level() == log::LevelFilter::Trace
        && log::log_enabled!(target: ACCOUNT, log::Level::Trace)
}

/// Logs `record` of scheduler `sched`: its key-values in the order of the
/// vocabulary.
pub(crate) fn log_record(sched: u32, record: &Record) {
    let Record {
        time,
        event,
        ref values,
        ref text,
        callers: _, // the clerk has chosen among them
        at,
        source,
    } = *record;
    let mut pairs = vec![
        ("t", Shown::Value(Value::from(time), text)),
        ("sched", Shown::Value(Value::from(sched), text)),
    ];
    let keys = event.keys.split(' ').chain(event.optional.split(' '));
    for (key, &value) in keys.filter(|key| !key.is_empty()).zip(values) {
        if !matches!(value, Value::Absent) {
            pairs.push((key, Shown::Value(value, text)));
        }
    }
    if let Some(at) = at {
        pairs.push(("at", Shown::Place(at)));
    }
    pairs.push(("src", Shown::Place(source)));
    log_line(TARGET, event.name, &pairs.as_slice());
}

/// Logs the dispatcher's account of itself.
pub(crate) fn log_account(pairs: &[(&str, String)]) {
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(key, value)| (*key, value.as_str()))
        .collect();
    log_line(ACCOUNT, "state", &pairs.as_slice());
}

/// Hands one line to the log.
fn log_line(target: &str, message: &str, pairs: &dyn Source) {
    log::logger().log(
        &log::Record::builder()
            .level(log::Level::Trace)
            .target(target)
            .args(format_args!("{message}"))
            .key_values(&pairs)
            .build(),
    );
}
