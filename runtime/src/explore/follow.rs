//! A run that follows a schedule, in place of the queue's order.
//!
//! `SCHEDULE=t1,4:2/9 cargo run --example ..` runs exactly that schedule: `block_on` of
//! a loop in virtual time obeys the variable. So a failure that was found once can be
//! looked at as often as one likes, traced and stepped. A search obeys it, too, in place of
//! searching: so a learner's failing test fails again, and nothing else happens.
//! [`replay`](super::replay()) follows the schedule that it is given, whatever the variable
//! says.
//!
//! Invariants: (1) a schedule that is none, or does not fit, ends the run, and says what
//! is wrong; (2) so does an end at which nobody can go on, which a loop by itself would
//! sleep through.
//!
//! Book: chapter 20. Mirror: `scheduler::explore::follow`.

use super::execution::Ending;
use super::found::{Found, Stopped, Trouble};
use super::replay::Replay;
use super::schedule::{Schedule, ScheduleError};
use super::stage;
use crate::clock::Clock;
use crate::polling::Main;
use crate::state::LoopState;
use crate::trace::Place;
use std::{env, fmt};

/// The variable that holds a schedule.
const VARIABLE: &str = "SCHEDULE";

/// The schedule that the environment wants to be followed, if there is one.
///
/// # Errors
///
/// If it is none.
fn schedule_of_environment() -> Result<Option<Schedule>, ScheduleError> {
    match env::var(VARIABLE) {
        Ok(text) if text.is_empty() => Ok(None),
        Ok(text) => text.parse().map(Some),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(text)) => {
            Err(ScheduleError::Version(text.to_string_lossy().into_owned()))
        }
    }
}

/// The schedule that the environment wants a search to follow, if there is one.
///
/// # Panics
///
/// If it is none.
pub(super) fn schedule_of_search() -> Option<Schedule> {
    schedule_of_environment().unwrap_or_else(|error| panic!("{VARIABLE}: {error}"))
}

/// Runs `program` from line `at` along `schedule`, and nothing else: what is found is not
/// exhausted.
pub(super) fn follow<F>(schedule: &Schedule, at: Place, program: impl FnOnce() -> F) -> Found
where
    F: Future<Output: fmt::Debug>,
{
    let mut guide = Replay::new(schedule);
    let (mut execution, said) = stage::perform(&mut guide, usize::MAX, at, program);
    let mut found = Found {
        stopped: Some(Stopped::Followed),
        ..Found::default()
    };
    let trouble = match &execution.ending {
        Ending::Differs(how) => Some(Trouble::Misfit(how.clone())), // (1)
        _ => Trouble::of(&execution),
    };
    let outcome = match &execution.ending {
        Ending::Open => format!("stopped after {} steps", execution.steps.len()),
        _ => execution.outcome.take().or(said).unwrap_or_default(),
    };
    found.note(&execution, trouble, outcome);
    found
}

impl LoopState {
    /// Leads the loop along the environment's schedule until `main` is over; if there is
    /// none, or the clock is real, does nothing.
    ///
    /// # Panics
    ///
    /// If the run cannot go on: see the module.
    #[track_caller]
    pub(crate) fn follow_schedule(&self, main: &mut Main<'_>) {
        if self.time.clock == Clock::Real {
            return;
        }
        let schedule = match schedule_of_environment() {
            Ok(None) => return,
            Ok(Some(schedule)) => schedule,
            Err(error) => panic!("{VARIABLE}: {error}"),
        };
        let execution = self.lead(main, &mut Replay::new(&schedule), usize::MAX);
        let steps = execution.steps.len();
        match execution.ending {
            Ending::Complete => {}
            Ending::Open => {
                panic!("{VARIABLE}: the schedule is open, and ends after {steps} steps")
            }
            Ending::Differs(how) => panic!("{VARIABLE}: {how}"), // (1)
            _ => match Trouble::of(&execution) {
                Some(trouble) => panic!("{trouble}"), // (2)
                None => panic!("{VARIABLE}: the run ends after {steps} steps"),
            },
        }
    }
}
