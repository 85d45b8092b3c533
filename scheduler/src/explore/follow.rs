//! A run that follows a schedule, in place of a policy's.
//!
//! `SCHEDULE=v1,4:2/9 cargo run --example ..` runs exactly that schedule: a scheduler
//! in checkpoint mode obeys the variable, whatever its policy. So a failure that was found
//! once can be looked at as often as one likes, traced and stepped. So does a search, in
//! place of searching: with `SCHEDULE` a learner's failing test fails again, and nothing
//! else happens. [`replay`] follows the schedule that it is given, whatever the variable says.
//!
//! Invariants: (1) a schedule that does not fit ends the run, and says where; (2) an
//! open one ends it after its last step: its trace says what each thread would do next.
//!
//! Book: chapter 18.

use super::asked::stops_at_choice;
use super::execution::{Ending, Execution};
use super::found::{Found, Stopped, Trouble};
use super::memory::Memory;
use super::replay::Replay;
use super::schedule::{Diverged, Schedule, ScheduleError};
use super::{Conductor, Explore, drive, is_asked, said, stage};
use crate::error::RunError;
use crate::place::Place;
use crate::run::Run;
use crate::scheduler::next_number;
use crate::trace::{Outlet, step};
use std::env;
use std::fmt;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;

/// The variable that holds a schedule.
const VARIABLE: &str = "SCHEDULE";
/// So many steps a run takes at most on its way to the next choice.
const MOST_STEPS: usize = 10_000;

/// The schedule that the environment wants a scheduler's run to follow, if there is one.
/// Where a search is looked at, it is the search's.
///
/// # Errors
///
/// If it is none.
pub(crate) fn schedule_of_environment() -> Result<Option<Schedule>, ScheduleError> {
    if is_asked() { Ok(None) } else { schedule_in() }
}

/// The schedule in the environment, if there is one.
///
/// # Errors
///
/// If it is none.
pub(super) fn schedule_in() -> Result<Option<Schedule>, ScheduleError> {
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
        let trouble = trouble_of(execution, schedule, false);
        drive::tell(0, execution, trouble.as_ref(), "");
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

impl Explore {
    /// Runs `program` along `schedule`, and nothing else, as search number `search`: what
    /// is found is not exhausted.
    pub(super) fn follow<T: fmt::Debug>(
        &self,
        schedule: &Schedule,
        search: u32,
        at: Place,
        program: impl FnOnce() -> T,
    ) -> Found {
        let conductor = guided_by(schedule, false);
        let number = next_number();
        let trace = Outlet::new(number, None);
        let result = stage::perform(&conductor, (trace, number, stage::TICK), at, program);
        let said = result.and_then(Result::ok).map(|value| said(&value));
        let mut found = Found::none(Stopped::Followed);
        conductor.end(|execution, run, account| {
            close(run, account);
            let trouble = trouble_of(execution, schedule, self.races_fail);
            let outcome = match &execution.ending {
                Ending::Open => format!("stopped after {} steps", execution.events.len()), // (2)
                _ => execution.outcome.clone().or(said).unwrap_or_default(),
            };
            drive::tell(search, execution, trouble.as_ref(), &outcome);
            found.note(execution, trouble, outcome, None);
        });
        conductor.dismiss();
        found
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

/// What went wrong in `execution`, if anything did: it may be that `schedule` does not fit.
fn trouble_of(execution: &Execution, schedule: &Schedule, races_fail: bool) -> Option<Trouble> {
    match misfit(execution, schedule) {
        Some(how) => Some(Trouble::Misfit(how)), // (1)
        None => Trouble::of(execution, races_fail),
    }
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
    let to_choice = stops_at_choice();
    let guide = Box::new(Replay::new(schedule, to_choice));
    let memory = if schedule.is_weak() {
        Memory::C11
    } else {
        Memory::Sequential // where all is the newest there is no difference
    };
    // To the next choice: which may never come.
    let steps = if to_choice { MOST_STEPS } else { usize::MAX };
    Conductor::new((guide, memory), steps, quiet)
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

/// What a [`replay()`] came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// What the program said.
    pub outcome: String,
    /// What went wrong, if anything did.
    pub trouble: Option<Trouble>,
    /// How often the CPU was taken from a thread that could go on.
    pub preemptions: u32,
    /// The data races on the way.
    pub races: Vec<(String, String)>,
}

/// Runs `program` under exactly `schedule`, whatever the environment's `SCHEDULE` says,
/// and without a trace: set `SCHEDULE` for a program, and run it, to have one; or see
/// [`replay_traced`].
///
/// # Errors
///
/// Where the schedule does not fit: it is of another program, or of an earlier
/// version of this one.
///
/// # Panics
///
/// As [`Explore::run`].
#[track_caller]
pub fn replay<T: fmt::Debug>(
    schedule: &Schedule,
    program: impl FnOnce() -> T,
) -> Result<Replayed, Diverged> {
    let number = next_number();
    replay_in(schedule, Outlet::silent(number), number, program)
}

/// [Replays](replay()) with a [trace](crate::trace), for a program that itself looks at
/// what its `log` logger is told.
///
/// # Errors
///
/// As [`replay()`].
///
/// # Panics
///
/// As [`Explore::run`].
#[track_caller]
pub fn replay_traced<T: fmt::Debug>(
    schedule: &Schedule,
    program: impl FnOnce() -> T,
) -> Result<Replayed, Diverged> {
    let number = next_number();
    replay_in(schedule, Outlet::new(number, None), number, program)
}

/// Replays, with a trace that goes to `trace`, as that of run `number`.
#[track_caller]
fn replay_in<T: fmt::Debug>(
    schedule: &Schedule,
    trace: Outlet,
    number: u32,
    program: impl FnOnce() -> T,
) -> Result<Replayed, Diverged> {
    let at = Place::caller();
    let conductor = guided_by(schedule, true);
    let result = stage::perform(&conductor, (trace, number, stage::TICK), at, program);
    let said = result.and_then(Result::ok).map(|value| said(&value));
    let replayed = conductor.end(|execution, run, account| {
        close(run, account);
        if let Some(how) = misfit(execution, schedule) {
            return Err(how);
        }
        let races = execution.races.iter();
        Ok(Replayed {
            outcome: execution.outcome.clone().or(said).unwrap_or_default(),
            trouble: Trouble::of(execution, false),
            preemptions: execution.preemptions(),
            races: races
                .map(|(first, second)| (first.to_string(), second.to_string()))
                .collect(),
        })
    });
    conductor.dismiss();
    replayed
}
