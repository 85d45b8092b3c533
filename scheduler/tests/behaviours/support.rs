//! What the tests share: a logger that collects the trace of one run.

use log::kv::{Key, Value, VisitSource};
use scheduler::JoinHandle;
use scheduler::policy::RoundRobin;
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::time::Duration;

/// One log record of ours.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// `scheduler` or `account`.
    pub(crate) target: String,
    /// The event.
    pub(crate) event: String,
    /// The keys with their values as printed, in order.
    pub(crate) pairs: Vec<(String, String)>,
}

impl Line {
    /// The value of `key`.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        let pair = self.pairs.iter().find(|(name, _)| name == key);
        pair.map(|(_, value)| value.as_str())
    }

    /// The value of `key`, which is there, as a number.
    pub(crate) fn number(&self, key: &str) -> u64 {
        self.get(key).unwrap().parse().unwrap()
    }

    /// As tests compare it: the time in ms, the event, and the pairs but for
    /// those that depend on where files lie.
    fn short(&self) -> String {
        let mut text = format!("{:2} {}", self.number("t") / 1_000_000, self.event);
        for (key, value) in &self.pairs {
            if !["t", "sched", "at", "src", "version"].contains(&key.as_str()) {
                write!(text, " {key}={value}").unwrap();
            }
        }
        text
    }
}

/// The lines that were logged since the last [`Trace::begin`].
static LINES: Mutex<Vec<Line>> = Mutex::new(Vec::new());
/// The errors that were logged since then.
static ERRORS: Mutex<Vec<String>> = Mutex::new(Vec::new());
/// Held by the test that collects.
static TURN: Mutex<()> = Mutex::new(());

/// Puts every record into [`LINES`].
struct Collector;

impl log::Log for Collector {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        struct Pairs(Vec<(String, String)>);
        impl<'kvs> VisitSource<'kvs> for Pairs {
            fn visit_pair(
                &mut self,
                key: Key<'kvs>,
                value: Value<'kvs>,
            ) -> Result<(), log::kv::Error> {
                self.0.push((key.to_string(), value.to_string()));
                Ok(())
            }
        }
        if record.level() == log::Level::Error {
            ERRORS.lock().unwrap().push(record.args().to_string());
        }
        if record.level() != log::Level::Trace {
            return;
        }
        let mut pairs = Pairs(Vec::new());
        record.key_values().visit(&mut pairs).unwrap();
        LINES.lock().unwrap().push(Line {
            target: record.target().to_owned(),
            event: record.args().to_string(),
            pairs: pairs.0,
        });
    }

    fn flush(&self) {}
}

/// The trace of what happens while this lives. One test at a time has one.
pub(crate) struct Trace {
    /// What was logged.
    lines: &'static Mutex<Vec<Line>>,
    /// The errors that were logged.
    errors: &'static Mutex<Vec<String>>,
    /// Until dropped, no other test collects.
    _turn: MutexGuard<'static, ()>,
}

impl Trace {
    /// Collects from now on.
    pub(crate) fn begin() -> Trace {
        static INSTALL: Once = Once::new();
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        INSTALL.call_once(|| {
            log::set_logger(&Collector).unwrap();
            log::set_max_level(log::LevelFilter::Trace);
        });
        LINES.lock().unwrap().clear();
        ERRORS.lock().unwrap().clear();
        Trace {
            lines: &LINES,
            errors: &ERRORS,
            _turn: turn,
        }
    }

    /// Every line so far.
    pub(crate) fn all(&self) -> Vec<Line> {
        self.lines.lock().unwrap().clone()
    }

    /// The errors so far.
    pub(crate) fn errors(&self) -> Vec<String> {
        self.errors.lock().unwrap().clone()
    }

    /// The scheduler's lines, without the accounts.
    pub(crate) fn lines(&self) -> Vec<Line> {
        let mut lines = self.all();
        lines.retain(|line| line.target == "scheduler");
        lines
    }

    /// The lines of one event.
    pub(crate) fn events(&self, event: &str) -> Vec<Line> {
        let mut lines = self.lines();
        lines.retain(|line| line.event == event);
        lines
    }

    /// The scheduler's lines as tests compare them.
    pub(crate) fn short(&self) -> Vec<String> {
        self.lines().iter().map(Line::short).collect()
    }

    /// The scheduler's lines of these events, as tests compare them, without
    /// their times.
    pub(crate) fn only(&self, events: &[&str]) -> Vec<String> {
        let mut lines = self.lines();
        lines.retain(|line| events.contains(&line.event.as_str()));
        let lines = lines.iter().map(Line::short);
        lines.map(|line| line[3..].to_owned()).collect()
    }

    /// Fails unless the trace is, line for line, `expected`: one line each,
    /// `//` begins a comment, and indentation does not matter.
    #[track_caller]
    pub(crate) fn assert_is(&self, expected: &str) {
        let expected = expected
            .lines()
            .map(|line| line.split("//").next().unwrap().trim())
            .filter(|line| !line.is_empty());
        let expected: Vec<&str> = expected.collect();
        let short = self.short();
        let short: Vec<&str> = short.iter().map(|line| line.trim()).collect();
        for (index, (got, wanted)) in short.iter().zip(&expected).enumerate() {
            assert_eq!(got, wanted, "line {index} of\n{}", short.join("\n"));
        }
        assert_eq!(
            short.len(),
            expected.len(),
            "length of\n{}",
            short.join("\n")
        );
    }
}

/// Round robin with quanta of so many ms.
pub(crate) fn round_robin(millis: u64) -> RoundRobin {
    RoundRobin::new(Duration::from_millis(millis))
}

/// So many ms.
pub(crate) const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Until the value is dropped no test that collects a trace, or is alone, runs.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What `body` returns; fails, instead of hanging, if that takes minutes.
#[track_caller]
pub(crate) fn in_time<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || sender.send(body()));
    let result = receiver.recv_timeout(Duration::from_mins(1));
    result.expect("it neither hangs nor panics")
}

/// Joins them all, none of which panics; their results.
#[track_caller]
pub(crate) fn join_all<T>(threads: impl IntoIterator<Item = JoinHandle<T>>) -> Vec<T> {
    let threads = threads.into_iter();
    threads.map(|thread| thread.join().unwrap()).collect()
}
