//! The trace: one log record for every step that the scheduler takes.
//!
//! The rest of the crate writes `record!(run, "dispatched", ..)`; here that
//! becomes a `log` record of target `scheduler`, level TRACE, with key-values.
//!
//! Invariants: (1) an event outside [`VOCABULARY`], or with another number of
//! keys, does not compile; (2) while nobody listens a record costs one load and
//! one compare, and its values are not computed; (3) in the real modes nothing
//! is logged by the thread that takes the step: the record is a plain value that
//! goes through a queue (see [`crate::clerk`]), in the order of the steps.
//!
//! Whether anybody listens is asked once, when a run begins. A text that is
//! longer than a record has room for is cut and ends in `…`.
//!
//! A second target, `account`, tells the dispatcher's whole state before every
//! dispatch, for tests of whoever rebuilds it from the records (see
//! [`crate::dispatcher`]). It is no part of the vocabulary.
//!
//! Book: appendix "Events". Mirror: `runtime::trace`.

mod outlet;
mod value;
pub(crate) mod vocabulary;

pub use vocabulary::{Event, VOCABULARY};

pub(crate) use outlet::{Outlet, account_is_wanted, is_wanted, log_account, log_record};
pub(crate) use value::{Kind, Object, Text, Value};
pub(crate) use vocabulary::find;

use crate::place::Place;
pub(crate) use crate::preempt::callers::Callers;
use crate::time::Time;

/// Names a place of the program, at which the stepper lets the columns of both
/// models meet. Outside a scheduler it does nothing.
///
/// ```
/// # use scheduler::{Preemption, Scheduler, policy::FirstComeFirstServed, trace};
/// # Scheduler::new(Preemption::Checkpoint, FirstComeFirstServed::new()).run(|| {
/// trace::mark("the queue is full");
/// # }).unwrap();
/// ```
#[track_caller]
pub fn mark(name: &'static str) {
    let at = Some(Place::caller());
    if let Some(control) = crate::control::current() {
        record!(control.run, "marked", at at, [Value::Name(name), control.id]);
    }
}

/// The most values that a record has, its optional ones included.
pub(crate) const MOST_VALUES: usize = 8;

/// One step, as a plain value that can wait in a queue.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    /// When the step was taken, on the scheduler's clock.
    pub(crate) time: Time,
    /// What happened.
    pub(crate) event: &'static Event,
    /// The values of the event's keys, the optional ones last;
    /// [`Value::Absent`] for those that are missing.
    pub(crate) values: [Value; MOST_VALUES],
    /// What [`Value::Text`] stands for.
    pub(crate) text: Text,
    /// Who called the place in [`Value::Code`]; the clerk chooses among them.
    pub(crate) callers: Callers,
    /// Where the learner's program stands.
    pub(crate) at: Option<Place>,
    /// The line of ours that took the step.
    pub(crate) source: Place,
}

/// Writes one record into `run`'s trace, if anybody listens.
///
/// `record!(run, "event", at place, [values], optional [values], text text,
/// callers callers)`; all but the run, the event and its values may be left out. The number of
/// values must be that of the event's keys: the compiler checks it.
macro_rules! record {
    ($run:expr, $($rest:tt)*) => {
        if $run.trace.listens() {
            $run.trace.write(&$crate::trace::step!($run.stamp(), $($rest)*));
        }
    };
}
pub(crate) use record;

/// Makes the [`Record`] of a step that was taken at the instant `time`; the rest
/// is as in [`record!`].
macro_rules! step {
    (
        $time:expr, $event:literal
        $(, at $at:expr)?
        , [$($value:expr),* $(,)?]
        $(, optional [$($optional:expr),* $(,)?])?
        $(, text $text:expr)?
        $(, callers $callers:expr)?
        $(,)?
    ) => {{
        const EVENT: &$crate::trace::Event = $crate::trace::find(
            $event,
            &[$(stringify!($value)),*],
            &[$($(stringify!($optional)),*)?],
        );
        let mut values = [$crate::trace::Value::Absent; $crate::trace::MOST_VALUES];
        let given = [
            $($crate::trace::Value::from($value),)*
            $($($crate::trace::Value::from($optional),)*)?
        ];
        values[..given.len()].copy_from_slice(&given);
        $crate::trace::Record {
            time: $time,
            event: EVENT,
            values,
            text: [$($text,)? $crate::trace::Text::EMPTY][0],
            callers: [$($callers,)? $crate::trace::Callers::NONE][0],
            at: [$($at,)? None][0],
            source: $crate::place::Place {
                file: file!(),
                line: line!(),
            },
        }
    }};
}
pub(crate) use step;
