//! The trace: one log record for every step that the loop takes.
//!
//! A record goes out through [`log`] at level Trace with target `runtime`; its
//! message is the event's name, its key-values are `t`, `loop`, the event's own
//! keys, `at` (the learner's line) and `src` (ours). A second target, `account`,
//! is the loop's own account of its state: see [`crate::account`].
//!
//! Invariants: (1) a disabled record costs one load and one compare: its keys
//! are computed inside the `if` of `record!`; (2) in debug builds a name or a
//! key outside of [`VOCABULARY`] panics; (3) text from outside is written by
//! `{:?}`, everything else without a space.
//!
//! Left out: a buffer. A record is written before the step that follows it.
//!
//! Book: appendix "Events". Mirror: `scheduler::trace`.

mod vocabulary;

use crate::{context, numbers::TaskId, state::LoopState, sync::Kind};
use log::kv::{Key, Source, Value, VisitSource};
use std::fmt::{self, Display};
use std::panic::Location;
use std::time::Duration;

pub use vocabulary::{Event, VOCABULARY};

/// The version of the trace's format, which `started` carries.
pub const VERSION: u32 = 1;

/// A line of somebody's source.
pub(crate) type Place = &'static Location<'static>;

/// A line of source, as `at` and `src` print it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line(pub(crate) &'static str, pub(crate) u32);

impl Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.0, self.1)
    }
}

/// The two ends of a connection, as text: `None` where there is none yet,
/// or where nobody would read it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ends {
    /// Our address.
    pub(crate) local: Option<String>,
    /// The other's.
    pub(crate) peer: Option<String>,
}

/// The folder of this crate's source, as the compiler names it.
const OURS: &str = file!().split_at(file!().len() - "trace.rs".len()).0;

/// The place, if it is the learner's. It is ours where a task's future is itself
/// one of our leaf futures, as in `spawn(sleep(..))`: nobody wrote an `.await`.
/// It is the standard library's where a leaf is awaited through a pin or a
/// reference, which pass no place on.
///
/// careful: this is asked at the end of every poll, traced or not; only an
/// absolute path is searched.
pub(crate) fn learners(place: Place) -> Option<Place> {
    let file = place.file();
    let is_std = file.starts_with('/')
        && (file.starts_with("/rustc/") || file.contains("/rustlib/src/rust/library/"));
    (!is_std && !file.starts_with(OURS)).then_some(place)
}

/// Marks a place of the program by `name`, so that both twins can meet there.
///
/// It does nothing outside of a task, or while nobody traces.
#[track_caller]
pub fn mark(name: &str) {
    if !enabled() {
        return;
    }
    let Some(state) = context::current() else {
        return;
    };
    if let Some(task) = state.running_task() {
        record!(state, "marked" at Some(Location::caller()); name = Text(name), task = task);
    }
}

/// Whether a record would be written: nearly always the first compare decides
/// (of those that the compiler leaves: `log`'s feature `max_level_off` takes the
/// trace out of a program).
#[inline]
pub(crate) fn enabled() -> bool {
    log::STATIC_MAX_LEVEL == log::LevelFilter::Trace
        && log::max_level() == log::LevelFilter::Trace
        && log::log_enabled!(target: "runtime", log::Level::Trace)
}

/// Writes a record if anybody wants it, and computes its keys only then.
///
/// `record!(state, "woken" at place; task = id, by = cause; already = option)`:
/// a key after the second semicolon is left out where its value is `None`.
/// Or `record!(state, "sent" from line, at place; ..)`, where the step was taken
/// at another line of ours than this.
macro_rules! record {
    (
        $state:expr, $name:literal from $line:expr, at $at:expr;
        $($key:ident = $value:expr),* $(; $($optional:ident = $option:expr),*)?
    ) => {
        if $crate::trace::enabled() {
            $state.record(
                $name,
                $line,
                $at,
                &[
                    $($crate::trace::Field::new(stringify!($key)).is(&$value),)*
                    $($($crate::trace::Field::new(stringify!($optional))
                        .may_be($option.as_ref()),)*)?
                ],
            );
        }
    };
    ($state:expr, $name:literal at $at:expr; $($rest:tt)*) => {
        record!($state, $name from $crate::trace::here!(), at $at; $($rest)*)
    };
    ($state:expr, $name:literal; $($rest:tt)*) => {
        record!($state, $name from $crate::trace::here!(), at None; $($rest)*)
    };
}

/// This line of ours.
macro_rules! here {
    () => {
        $crate::trace::Line(file!(), line!())
    };
}
pub(crate) use here;
pub(crate) use record;

/// One key of a record, and what it says; without a value it is left out.
pub(crate) struct Field<'a> {
    /// The key.
    name: &'static str,
    /// What it says.
    value: Option<&'a dyn Display>,
}

impl<'a> Field<'a> {
    /// A key that says nothing yet.
    pub(crate) fn new(name: &'static str) -> Self {
        Field { name, value: None }
    }

    /// Gives the key its value.
    pub(crate) fn is(self, value: &'a dyn Display) -> Self {
        Field {
            value: Some(value),
            ..self
        }
    }

    /// Gives the key its value, if there is one.
    pub(crate) fn may_be<T: Display>(self, value: Option<&'a T>) -> Self {
        Field {
            value: value.map(|value| value as &dyn Display),
            ..self
        }
    }
}

impl LoopState {
    /// Writes one record. Call it through `record!`, which asks [`enabled`] first.
    ///
    /// `src` is passed by the macro: a caller that is itself `#[track_caller]`,
    /// as every leaf future's `poll`, would pass the learner's line for ours.
    pub(crate) fn record(
        &self,
        name: &'static str,
        src: Line,
        at: Option<Place>,
        fields: &[Field<'_>],
    ) {
        if cfg!(debug_assertions) {
            check(name, fields);
        }
        self.write("runtime", name, src, at, fields);
    }

    /// Hands a record to the logger.
    pub(crate) fn write(
        &self,
        target: &str,
        name: &str,
        src: Line,
        at: Option<Place>,
        fields: &[Field<'_>],
    ) {
        if self.led.is_searched() {
            return;
        }
        let pairs = Pairs {
            t: nanoseconds(self.time.now()),
            number: self.number,
            fields,
            at: at
                .and_then(learners)
                .map(|place| Line(place.file(), place.line())),
            src,
        };
        log::logger().log(
            &log::Record::builder()
                .target(target)
                .level(log::Level::Trace)
                .module_path_static(Some(module_path!()))
                .file_static(Some(src.0))
                .line(Some(src.1))
                .key_values(&pairs)
                .args(format_args!("{name}"))
                .build(),
        );
    }
}

/// The key-values of one record, in the order in which they are printed.
struct Pairs<'a> {
    /// When: on the loop's clock.
    t: u64,
    /// Which loop of this process.
    number: u64,
    /// The event's own keys.
    fields: &'a [Field<'a>],
    /// The learner's line, where there is one.
    at: Option<Line>,
    /// Our line.
    src: Line,
}

impl Source for Pairs<'_> {
    fn visit<'kvs>(&'kvs self, visitor: &mut dyn VisitSource<'kvs>) -> Result<(), log::kv::Error> {
        visitor.visit_pair(Key::from("t"), Value::from(self.t))?;
        visitor.visit_pair(Key::from("loop"), Value::from(self.number))?;
        for field in self.fields {
            if let Some(value) = &field.value {
                visitor.visit_pair(Key::from(field.name), Value::from_dyn_display(value))?;
            }
        }
        if let Some(at) = &self.at {
            visitor.visit_pair(Key::from("at"), Value::from_display(at))?;
        }
        visitor.visit_pair(Key::from("src"), Value::from_display(&self.src))
    }
}

/// Panics unless the table has an event of this name with these keys.
#[track_caller]
fn check(name: &str, fields: &[Field<'_>]) {
    let event = VOCABULARY
        .iter()
        .find(|event| event.name == name)
        .unwrap_or_else(|| panic!("the event `{name}` is not in the vocabulary"));
    let (written, allowed): (Vec<_>, Vec<_>) = fields
        .iter()
        .map(|field| field.name)
        .partition(|key| event.keys.split(' ').any(|expected| expected == *key));
    assert_eq!(
        written.join(" "),
        event.keys,
        "`{name}` has other keys in the vocabulary"
    );
    for key in allowed {
        assert!(
            event.optional.split(' ').any(|optional| optional == key),
            "`{name}` has no key `{key}` in the vocabulary"
        );
    }
}

/// A unit or an object, as `by` and `on` name it: `KIND:N`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reference {
    /// A task.
    Task(TaskId),
    /// A timer.
    Timer(u64),
    /// A source of readiness.
    Source(u64),
    /// What tasks synchronize by: its kind, and its number among that kind.
    Object(Kind, u64),
    /// A blocking call.
    Job(u64),
    /// Code that the loop does not run: another OS thread, or the loop's caller.
    Outside,
}

impl Reference {
    /// Its number, by which several are sorted.
    pub(crate) fn number(self) -> u64 {
        match self {
            Reference::Task(id) => id.number(),
            Reference::Timer(number)
            | Reference::Source(number)
            | Reference::Object(_, number)
            | Reference::Job(number) => number,
            Reference::Outside => 0,
        }
    }

    /// What it is, in a word.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Reference::Task(_) => "task",
            Reference::Timer(_) => "timer",
            Reference::Source(_) => "source",
            Reference::Object(kind, _) => kind.name(),
            Reference::Job(_) => "job",
            Reference::Outside => "outside",
        }
    }
}

impl Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reference::Outside => f.write_str(self.kind()),
            _ => write!(f, "{}:{}", self.kind(), self.number()),
        }
    }
}

/// Text from outside, printed quoted and escaped.
pub(crate) struct Text<'a>(pub(crate) &'a str);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0, f)
    }
}

/// A duration as the trace writes it: whole nanoseconds, at most `u64::MAX`
/// (584 years, which stands for ever).
pub(crate) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::nanoseconds;
    use std::time::Duration;

    #[test]
    fn the_longest_duration_is_written_as_the_greatest_number() {
        assert_eq!(nanoseconds(Duration::MAX), u64::MAX);
        assert_eq!(nanoseconds(Duration::from_micros(7)), 7_000);
    }
}
