//! What the environment asks of a search.
//!
//! `SCHEDULE=v1,4:2/9` asks for that schedule alone: nothing is searched then, and the
//! report says so. `EXPLORE` is for whoever runs a program to look at its searches, as
//! the stepper does: pairs with a comma between them, `EXPLORE=only=2,search=plain`.
//!
//! - `only=2`: the second search that the program begins; the others find nothing. With
//!   `only=0` all of them do, and the program's other runs are as without `EXPLORE`.
//! - `search=optimal`, `plain`, `preemptions:MOST`, `random:SEED:RUNS`,
//!   `pct:SEED:DEPTH:RUNS`: how, whatever the program says.
//! - `executions=N`, `steps=N`, `seconds=N`: limits, as those of [`Explore`].
//! - `stop=choice`: an open `SCHEDULE` is followed to the next real choice: see
//!   [`drive`](super::drive).
//! - `after=SCHEDULE`, the last pair: only what begins so is searched, see [`Explore::after`].
//! - `chance=RUNS:MICROSECONDS:CPUS`: no search, but so many runs in Signal mode, in
//!   quanta of that length: see [`by_chance`](super::by_chance).
//!
//! Invariants: (1) what cannot be read is refused, with what could be; (2) with `EXPLORE`
//! the program's other runs are not traced and follow no schedule: they are not
//! what is looked at.
//!
//! Book: chapter 19.

use super::follow::schedule_in;
use super::schedule::Schedule;
use super::{Explore, Search};
use crate::trace::Outlet;
use std::env;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// The variable that says how to search.
const VARIABLE: &str = "EXPLORE";

/// How many searches this process has begun.
static BEGUN: AtomicU32 = AtomicU32::new(0);

/// The number of the next search of this process, from 1.
pub(super) fn next_search() -> u32 {
    BEGUN.fetch_add(1, Ordering::Relaxed) + 1
}

/// See the module.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// This schedule alone.
    pub(super) schedule: Option<Schedule>,
    /// This search of the program alone, from 1.
    only: Option<u32>,
    /// How.
    search: Option<Search>,
    /// The limits.
    executions: Option<u64>,
    /// See [`Explore::steps_limit`].
    steps: Option<usize>,
    /// See [`Explore::time_limit`].
    seconds: Option<u64>,
    /// An open schedule is followed to the next real choice.
    to_choice: bool,
    /// Only what begins so.
    after: Option<Schedule>,
    /// To be run by chance, and how.
    pub(super) chance: Option<Chance>,
}

/// How a program is run by chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chance {
    /// So often.
    pub(super) runs: u64,
    /// How long a thread runs at a time.
    pub(super) quantum: Duration,
    /// On so many CPUs.
    pub(super) cpus: u32,
}

impl Asked {
    /// What the environment asks for.
    ///
    /// # Panics
    ///
    /// If that cannot be read (1).
    pub(super) fn of_environment() -> Asked {
        let mut asked = match variable() {
            None => Asked::default(),
            Some(text) => Asked::read(&text).unwrap_or_else(|wrong| panic!("{VARIABLE}: {wrong}")),
        };
        asked.schedule = schedule_in().unwrap_or_else(|error| panic!("SCHEDULE: {error}"));
        asked
    }

    /// Reads the pairs.
    fn read(text: &str) -> Result<Asked, String> {
        let mut asked = Asked::default();
        let (text, after) = match text.split_once("after=") {
            None => (text, None),
            Some((text, after)) => (text.trim_end_matches(','), Some(after)),
        };
        if let Some(after) = after {
            asked.after = Some(after.parse().map_err(|error| format!("after: {error}"))?);
        }
        for pair in text
            .split(',')
            .filter(|pair| after.is_none() || !pair.is_empty())
        {
            let (key, value) = pair
                .split_once('=')
                .ok_or_else(|| format!("{pair:?} is no pair: write it like `only=2`"))?;
            match key {
                "only" => asked.only = Some(number(key, value)?),
                "search" => asked.search = Some(search(value)?),
                "executions" => asked.executions = Some(number(key, value)?),
                "steps" => asked.steps = Some(number(key, value)?),
                "seconds" => asked.seconds = Some(number(key, value)?),
                "stop" if value == "choice" => asked.to_choice = true,
                "stop" => return Err(format!("{value:?} is not `choice`, where a run stops")),
                "chance" => asked.chance = Some(chance(value)?),
                _ => {
                    return Err(format!(
                        "{key:?} is none of only, search, executions, steps, seconds, stop, chance, \
                         after"
                    ));
                }
            }
        }
        Ok(asked)
    }

    /// Whether the search number `number` is wanted.
    pub(super) fn wants(&self, number: u32) -> bool {
        self.only.is_none_or(|only| only == number)
    }

    /// `explore`, as it is asked for.
    pub(super) fn shape(&self, explore: Explore) -> Explore {
        let explore = match &self.after {
            Some(after) => explore.after(after),
            None => explore,
        };
        Explore {
            search: self.search.unwrap_or(explore.search),
            executions: self.executions.unwrap_or(explore.executions),
            steps: self.steps.unwrap_or(explore.steps),
            time: self.seconds.map(Duration::from_secs).or(explore.time),
            ..explore
        }
    }
}

/// What the variable says, if it says anything.
fn variable() -> Option<String> {
    let text = env::var_os(VARIABLE)?.to_string_lossy().into_owned();
    (!text.is_empty()).then_some(text)
}

/// Whether the program is run for the sake of its searches (2).
pub(crate) fn is_asked() -> bool {
    variable().is_some_and(|asked| asked.split(',').next() != Some("only=0"))
}

/// Whether an open schedule is followed to the next real choice.
///
/// # Panics
///
/// If what is asked for cannot be read (1).
pub(super) fn stops_at_choice() -> bool {
    Asked::of_environment().to_choice
}

/// The way of the records of scheduler `sched`, which belongs to no search (2).
pub(crate) fn outlet_of_run(
    sched: u32,
    tray: Option<std::sync::Arc<crate::clerk::Tray>>,
) -> Outlet {
    if is_asked() {
        Outlet::silent(sched)
    } else {
        Outlet::new(sched, tray)
    }
}

/// Reads a number of `key`.
fn number<N: std::str::FromStr>(key: &str, value: &str) -> Result<N, String> {
    let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
    let parsed = value.parse().ok().filter(|_| is_number);
    parsed.ok_or_else(|| format!("{value:?} is no number for {key}"))
}

/// Reads how to search.
fn search(value: &str) -> Result<Search, String> {
    let parts: Vec<&str> = value.split(':').collect();
    Ok(match parts[..] {
        ["optimal"] => Search::Exhaustive,
        ["plain"] => Search::Plain,
        ["preemptions", most] => Search::Preemptions(number("preemptions", most)?),
        ["random", seed, runs] => Search::Random {
            seed: number("the seed", seed)?,
            runs: number("the runs", runs)?,
        },
        ["pct", seed, depth, runs] => Search::Pct {
            seed: number("the seed", seed)?,
            depth: number("the depth", depth)?,
            runs: number("the runs", runs)?,
        },
        _ => {
            return Err(format!(
                "{value:?} is none of optimal, plain, preemptions:MOST, random:SEED:RUNS, \
                 pct:SEED:DEPTH:RUNS"
            ));
        }
    })
}

/// Reads how to run by chance.
fn chance(value: &str) -> Result<Chance, String> {
    let parts: Vec<&str> = value.split(':').collect();
    let [runs, quantum, cpus] = parts[..] else {
        return Err(format!("{value:?} is not RUNS:MICROSECONDS:CPUS"));
    };
    let least = |name: &str, value: u64| match value {
        0 => Err(format!("{name} must be 1 or more")),
        value => Ok(value),
    };
    let quantum = least("the quantum", number("the quantum", quantum)?)?;
    let cpus = least("the CPUs", number::<u32>("the CPUs", cpus)?.into())?;
    Ok(Chance {
        runs: number("the runs", runs)?,
        quantum: Duration::from_micros(quantum),
        cpus: u32::try_from(cpus).expect("it was read as one"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_read() {
        let asked = Asked::read("only=2,search=pct:7:3:100,steps=50,seconds=9").unwrap();
        assert!(asked.wants(2) && !asked.wants(1) && Asked::default().wants(1));
        let shaped = asked.shape(Explore::new().executions_limit(4));
        let search = Search::Pct {
            seed: 7,
            depth: 3,
            runs: 100,
        };
        assert_eq!(shaped.search, search);
        assert_eq!((shaped.steps, shaped.executions), (50, 4));
        assert_eq!(shaped.time, Some(Duration::from_secs(9)));
        let chance = Asked::read("chance=10:250:2").unwrap().chance.unwrap();
        assert_eq!((chance.runs, chance.cpus), (10, 2));
        assert_eq!(chance.quantum, Duration::from_micros(250));
    }

    #[test]
    fn nonsense_is_refused_with_what_could_be_written() {
        for (text, says) in [
            ("plain", "write it like `only=2`"),
            ("only=x", "\"x\" is no number for only"),
            ("only=-1", "\"-1\" is no number for only"),
            ("colour=red", "\"colour\" is none of only, search"),
            ("search=clever", "\"clever\" is none of optimal, plain"),
            ("search=random:1", "random:SEED:RUNS"),
            ("chance=10", "is not RUNS:MICROSECONDS:CPUS"),
            ("chance=10:0:1", "the quantum must be 1 or more"),
        ] {
            let refused = Asked::read(text).unwrap_err();
            assert!(refused.contains(says), "{text}: {refused}");
        }
    }
}
