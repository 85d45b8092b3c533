//! A run that follows a schedule, in place of a policy's.
//!
//! `SCHEDULE=v1,4:2/9 cargo run --example ..` runs exactly that schedule: a scheduler
//! in checkpoint mode obeys the variable, whatever its policy. So a failure that was found
//! once can be looked at as often as one likes, traced and stepped. A search does not:
//! it tries its own schedules; [`replay`](super::replay()) follows one that it is given.
//!
//! Invariants: (1) a schedule that does not fit ends the run, and says where; (2) an
//! open one ends it after its last step: its trace says what each thread would do next.
//!
//! Book: chapter 18.

use super::execution::{Ending, Execution};
use super::schedule::{Diverged, Schedule, ScheduleError};
use super::{Conductor, replay, stage};
use crate::error::RunError;
use crate::place::Place;
use crate::run::Run;
use crate::scheduler::next_number;
use crate::trace::{Outlet, step};
use std::env;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;

/// The variable that holds a schedule.
const VARIABLE: &str = "SCHEDULE";

/// The schedule that the environment wants to be followed, if there is one.
///
/// # Errors
///
/// If it is none.
pub(crate) fn schedule_of_environment() -> Result<Option<Schedule>, ScheduleError> {
    match env::var(VARIABLE) {
        Ok(text) if text.is_empty() => Ok(None),
        Ok(text) => text.parse().map(Some),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(text)) => {
            Err(ScheduleError::Version(text.to_string_lossy().into_owned()))
        }
    }
}

/// Runs `main` from line `at` along `schedule`, with steps of one `tick` in the trace.
///
/// # Errors
///
/// If the schedule does not fit, or is open and ends before the program; if nobody can
/// go on.
///
/// # Panics
///
/// If `main` does.
pub(crate) fn run_along<T>(
    schedule: &Schedule,
    tick: Duration,
    at: Place,
    main: impl FnOnce() -> T,
) -> Result<T, RunError> {
    let conductor = guided_by(schedule, false);
    let number = next_number();
    let trace = Outlet::new(number, None);
    let result = stage::perform(&conductor, (trace, number, tick), at, main);
    let error = conductor.end(|execution, run, account| {
        close(run, account);
        error_of(execution, schedule)
    });
    conductor.dismiss();
    if let Some(error) = &error {
        log::error!(target: "scheduler", "{error}");
    }
    match (error, result) {
        (_, Some(Err(payload))) => resume_unwind(payload),
        (Some(error), _) => Err(error),
        (None, Some(Ok(value))) => Ok(value),
        (None, None) => unreachable!("only a run that cannot go on unwinds its threads"),
    }
}

/// The last record of `run`.
fn close(run: &Run, (dispatches, preemptions, left): (u64, u64, usize)) {
    run.trace.close(&step!(
        run.stamp(),
        "ended",
        [dispatches, preemptions, left],
    ));
}

/// Why `execution` did not come to the end of `schedule`, or of the program.
fn error_of(execution: &Execution, schedule: &Schedule) -> Option<RunError> {
    if let Some(how) = misfit(execution, schedule) {
        return Some(RunError::Diverged(how)); // (1)
    }
    match &execution.ending {
        Ending::Stuck(deadlock) => Some(RunError::Deadlock(deadlock.clone())),
        Ending::Open => Some(RunError::ScheduleEnds(execution.events.len())), // (2)
        _ => None,
    }
}

/// A conductor that follows `schedule`; a `quiet` one lets no panic be printed.
pub(super) fn guided_by(schedule: &Schedule, quiet: bool) -> Arc<Conductor> {
    Conductor::new(Box::new(replay::Replay::new(schedule)), usize::MAX, quiet)
}

/// How `execution` differs from `schedule`, if it does: also if it is too short.
pub(super) fn misfit(execution: &Execution, schedule: &Schedule) -> Option<Diverged> {
    let steps = execution.events.len();
    match &execution.ending {
        Ending::Differs(how) => Some(how.clone()),
        Ending::Complete | Ending::Stuck(_) if steps < schedule.steps() as usize => {
            Some(Diverged {
                step: steps,
                expected: format!("{} steps", schedule.steps()),
                found: "the end of the program".to_owned(),
            })
        }
        _ => None,
    }
}
