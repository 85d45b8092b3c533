//! What the tests share: a logger that keeps what the loops of a test record.
//!
//! A loop records on its own OS thread, and each test has one; so what is kept
//! is kept for each thread alone, and tests may run beside each other.

#![allow(
    dead_code,
    reason = "each test file is a crate of its own, and uses a part of this"
)]

use log::kv::{Error, Key, Value, VisitSource};
use std::cell::RefCell;
use std::sync::Once;

/// One record of the log.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    /// `runtime` or `account`, or whatever else was logged.
    pub(crate) target: String,
    /// Its level.
    pub(crate) level: log::Level,
    /// The event's name, or the text of a warning.
    pub(crate) name: String,
    /// Its key-values, in order.
    pub(crate) keys: Vec<(String, String)>,
}

impl Record {
    /// What a key says, if it is there.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        let found = self.keys.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.as_str())
    }

    /// The name and the event's own keys: what the tests compare.
    pub(crate) fn short(&self) -> String {
        let mut line = self.name.clone();
        for (key, value) in &self.keys {
            if !["t", "loop", "at", "src"].contains(&key.as_str()) {
                line.extend([" ", key, "=", value]);
            }
        }
        line
    }
}

thread_local! {
    /// What this thread has recorded.
    static RECORDS: RefCell<Vec<Record>> = const { RefCell::new(Vec::new()) };
}

/// Keeps every record of its thread.
struct Collector;

impl log::Log for Collector {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        ["runtime", "account"].contains(&metadata.target())
    }

    fn log(&self, record: &log::Record<'_>) {
        let mut keys = Keys(Vec::new());
        let visited = record.key_values().visit(&mut keys);
        visited.expect("collecting never fails");
        let record = Record {
            target: record.target().into(),
            level: record.level(),
            name: record.args().to_string(),
            keys: keys.0,
        };
        // A loop may be dropped while its thread ends.
        let _ = RECORDS.try_with(|records| records.borrow_mut().push(record));
    }

    fn flush(&self) {}
}

/// Collects key-values.
struct Keys(Vec<(String, String)>);

impl<'kvs> VisitSource<'kvs> for Keys {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        self.0.push((key.to_string(), value.to_string()));
        Ok(())
    }
}

/// Runs `program` and returns everything that it recorded.
pub(crate) fn records(program: impl FnOnce()) -> Vec<Record> {
    static INSTALL: Once = Once::new();
    INSTALL.call_once(|| {
        log::set_logger(&Collector).expect("there is no other logger");
        log::set_max_level(log::LevelFilter::Trace);
    });
    RECORDS.take();
    program();
    RECORDS.take()
}

/// Runs `program` and returns its trace: every event with its own keys.
pub(crate) fn trace(program: impl FnOnce()) -> Vec<String> {
    let is_event =
        |record: &Record| record.target == "runtime" && record.level == log::Level::Trace;
    let records = records(program);
    let events = records.iter().filter(|record| is_event(record));
    events.map(Record::short).collect()
}

/// Runs `program` and returns what it warned of.
pub(crate) fn warnings(program: impl FnOnce()) -> Vec<String> {
    let records = records(program).into_iter();
    let warnings = records.filter(|record| record.level == log::Level::Warn);
    warnings.map(|record| record.name).collect()
}

/// Those lines of a trace that begin with one of `names`.
pub(crate) fn only(trace: &[String], names: &[&str]) -> Vec<String> {
    let name = |line: &String| line.split(' ').next().unwrap_or_default().to_owned();
    let chosen = trace
        .iter()
        .filter(|line| names.contains(&name(line).as_str()));
    chosen.cloned().collect()
}

/// Compares a trace with what it should be, and shows where they part.
#[track_caller]
pub(crate) fn assert_trace(trace: &[String], expected: &[&str]) {
    let agree = trace
        .iter()
        .zip(expected)
        .take_while(|(a, b)| a == b)
        .count();
    assert!(
        trace.len() == agree && expected.len() == agree,
        "they part after line {agree}:\n  expected {:#?}\n  recorded {:#?}",
        &expected[agree..],
        &trace[agree..],
    );
}
