//! By chance: the program of a search, run for real, again and again.
//!
//! Beside the search's certainty stands how often one would have met the failure without
//! it: the same program, its threads preempted by signal, in real time. What each
//! run came to is counted, and [told](super::tell); nothing is concluded from it.
//!
//! Asked for by `EXPLORE=chance=..`, see [`asked`](super::asked): there is no other way to
//! run one program so often in one process.
//!
//! Invariants: (1) a run fails in the same words as in a search; (2) the same
//! [`OFTEN`]-limited lines as a search tells: whoever stops the process has what there was.
//!
//! Left out: runs that hang. A livelock ends when whoever watches ends the process.
//!
//! Book: chapter 19.

use super::asked::Chance;
use super::found::Trouble;
use super::said;
use super::tell::{Quoted, Teller};
use crate::builder::panicked;
use crate::error::RunError;
use crate::place::Place;
use crate::policy::{RoundRobin, ThreadId};
use crate::preempt::panics;
use crate::scheduler::{Preemption, Scheduler};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// So often progress is told, at most.
const OFTEN: Duration = Duration::from_millis(50);

/// What came out, how often, and whether it is a failure.
type Outcomes = Vec<(String, u64, bool)>;

/// Runs `program` as often as `chance` says, and tells what came out, as search `number`
/// of the process, from line `at`.
pub(super) fn run<T: fmt::Debug>(chance: Chance, number: u32, at: Place, program: &impl Fn() -> T) {
    let teller = Teller::new(number, at, &Preemption::Signal);
    let (mut outcomes, mut told) = (Outcomes::new(), Instant::now());
    let quiet = panics::keep_quiet(true);
    let mut error = None;
    for _ in 0..chance.runs {
        match once(chance, program) {
            Ok((text, fails)) => count(&mut outcomes, text, fails),
            Err(refused) => {
                error = Some(refused);
                break;
            }
        }
        if told.elapsed() >= OFTEN {
            told = Instant::now();
            tell(&teller, number, &outcomes, "chance", None); // (2)
        }
    }
    panics::keep_quiet(quiet);
    tell(&teller, number, &outcomes, "chance_ended", error);
}

/// One run: what came out, and whether it failed.
///
/// # Errors
///
/// If there can be no run in Signal mode here.
fn once<T: fmt::Debug>(chance: Chance, program: &impl Fn() -> T) -> Result<(String, bool), String> {
    let policy = RoundRobin::new(chance.quantum);
    let scheduler = Scheduler::new(Preemption::Signal, policy).cpus(chance.cpus);
    let run = catch_unwind(AssertUnwindSafe(|| scheduler.run(|| said(&program()))));
    let trouble = match run {
        Ok(Ok(said)) => return Ok((said, false)),
        Ok(Err(RunError::Deadlock(deadlock))) => Trouble::stuck(deadlock),
        Ok(Err(error)) => return Err(error.to_string()),
        Err(payload) => {
            let panicked = panicked(&*payload);
            Trouble::Panicked {
                thread: ThreadId(0),
                message: panicked.message.as_str().to_owned(),
                at: panicked.at.map(|at| at.to_string()),
            }
        }
    };
    Ok((Trouble::outcome(Some(&trouble), String::new()), true)) // (1)
}

/// Counts one more of `text`.
fn count(outcomes: &mut Outcomes, text: String, fails: bool) {
    match outcomes.iter_mut().find(|known| known.0 == text) {
        Some(known) => known.1 += 1,
        None => outcomes.push((text, 1, fails)),
    }
}

/// Tells what came out until now.
fn tell(teller: &Teller, number: u32, outcomes: &Outcomes, event: &str, error: Option<String>) {
    if !teller.is_wanted() {
        return;
    }
    let runs: u64 = outcomes.iter().map(|outcome| outcome.1).sum();
    let list = super::tell::list(outcomes, |(text, times, fails), f| {
        write!(f, "[{},{times},{fails}]", Quoted(text))
    });
    let (seconds, error) = (teller.seconds(), super::tell::Maybe(error));
    Teller::say(
        event,
        format_args!(
            "\"search\":{number},\"seconds\":{seconds},\"runs\":{runs},\"outcomes\":{list},\
             \"error\":{error}"
        ),
    );
}
