//! Words that several panes share: titles, units, waits, places.
//!
//! Book: appendix "The stepper".

use super::Context;
use super::text::{cut, width};
use crate::{
    model::Model,
    recording::{Ending, Recording},
};
use stepper::{
    fold::{Driver, JobState, Mark, Phase, Unit, UnitState, Wait},
    time,
    trace::{Reference, Target, Thing},
};

/// The title of a view's column in so many cells: `threads · 1 CPU · round
/// robin 3 ms`.
///
/// Where that is too wide the CPUs go, which the state shows by number, if that
/// keeps the quantum, which a lesson may be about.
pub(super) fn title(model: &Model, view: usize, cells: usize) -> String {
    let [wide, narrow] = [true, false].map(|says_cpus| whole_title(model, view, says_cpus));
    if width(&wide) > cells && width(&narrow) <= cells {
        return narrow;
    }
    cut(&wide, cells)
}

/// The whole title, with the number of CPUs or without.
fn whole_title(model: &Model, view: usize, says_cpus: bool) -> String {
    let Some(side) = model.side(view) else {
        return model.recording(view).title.clone();
    };
    let drivers = &side.last_state().drivers;
    // More than one of them: say which took the step.
    let number = match model.views[view].state().driver() {
        Some(driver) if drivers.len() > 1 => format!(" {}", driver.number),
        _ => String::new(),
    };
    if side.target == Target::Runtime {
        return format!(
            "tasks · {} event loop{number}",
            if number.is_empty() { "one" } else { "" }
        )
        .replace("  ", " ");
    }
    if side.target == Target::Process {
        return format!("processes · pool{number}");
    }
    let shown = model.views[view].state().driver();
    let Some(driver) = shown.or(drivers.first()) else {
        return "threads".to_owned();
    };
    let settings = &driver.settings;
    let cpus = match settings.cpus {
        1 => "1 CPU".to_owned(),
        cpus => format!("{cpus} CPUs"),
    };
    let policy = spelled_out(&settings.policy);
    let quantum = settings.quantum.map(time::show).unwrap_or_default();
    let title = if says_cpus {
        format!("threads{number} · {cpus} · {policy} {quantum}")
    } else {
        format!("threads{number} · {policy} {quantum}")
    };
    title.trim_end_matches([' ', '·']).to_owned()
}

/// How many entries are made at most of a pool's workers or jobs: more never fit.
const ENTRIES: usize = 100;

/// The workers of a pool that have begun a job, and which: `1: job 3`.
pub(super) fn at_work(driver: &Driver) -> Vec<String> {
    let running = driver.units.values().filter(|unit| unit.is_running());
    running
        .take(ENTRIES)
        .map(|unit| match unit.at_work {
            Some(job) => format!("{}: job {job}", unit.label()),
            None => unit.label(),
        })
        .collect()
}

/// The workers of a pool that have begun none.
pub(super) fn without_a_job(driver: &Driver) -> Vec<String> {
    let idle = driver
        .units
        .values()
        .filter(|unit| !unit.is_running() && !unit.is_over());
    idle.take(ENTRIES).map(Unit::label).collect()
}

/// The jobs of a pool that are at no worker, next first.
pub(super) fn queued_jobs(driver: &Driver) -> Vec<String> {
    let queued = driver
        .jobs
        .iter()
        .filter(|(_, job)| job.state == JobState::Queued);
    queued
        .take(ENTRIES)
        .map(|(number, _)| number.to_string())
        .collect()
}

/// The name of a type as words: `RoundRobin` is `round robin`.
fn spelled_out(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words.replace('_', " ")
}

/// `virtual time` or `real time`, as the view's driver says.
pub(super) fn clock(model: &Model, view: usize) -> Option<String> {
    let driver = model.side(view)?.last_state().driver()?;
    let clock = &driver.settings.clock;
    (!clock.is_empty()).then(|| format!("{clock} time"))
}

/// What to say of a program that has written no record.
pub(crate) fn without_trace(recording: &Recording) -> String {
    let title = &recording.title;
    match recording.ending {
        Ending::NotStarted => format!("{title} has not been started: the other one is running."),
        Ending::Running => format!("{title} is running, and has written no trace yet."),
        Ending::File | Ending::CutFile => format!(
            "There is no trace in {title}: it has no line with `TRACE runtime]` or \
             `TRACE scheduler]`. Save one with \
             `cargo run -- step LESSON --save FILE.trace`."
        ),
        ending => format!(
            "{title} wrote no trace ({ending}). Add `env_logger::init();` to the beginning of \
             its main, and env_logger with its feature `kv` to its Cargo.toml."
        ),
    }
}

/// The mark of a unit's state.
pub(super) fn mark(unit: &Unit) -> Mark {
    match unit.state {
        UnitState::New | UnitState::Ready => Mark::Ready,
        UnitState::Running { .. } => Mark::Running,
        UnitState::Waiting | UnitState::InCall => Mark::Waiting,
        UnitState::Over(_) => Mark::Over,
    }
}

/// What a unit waits for: `task 1`, `timer 2 (5 ms)`, `until 5 ms`.
pub(super) fn waits(context: &Context<'_>, unit: &Unit) -> String {
    let driver = context.state.driver_of(unit.id.driver);
    let words: Vec<String> = unit
        .waits
        .iter()
        .map(|wait| self::wait(driver, wait))
        .collect();
    match (words.is_empty(), unit.state) {
        (true, UnitState::InCall) => "a call".to_owned(),
        _ => match unit.until {
            Some(until) => format!("{}, until {}", words.join(", "), time::show(until)),
            None => words.join(", "),
        },
    }
}

/// One thing that a unit waits for.
fn wait(driver: Option<&Driver>, wait: &Wait) -> String {
    match wait {
        Wait::Thing(Reference { thing, number }) => {
            let detail = driver.and_then(|driver| detail(driver, *thing, *number));
            let detail = detail.map_or_else(String::new, |detail| format!(" ({detail})"));
            format!("{} {number}{detail}", thing.word())
        }
        Wait::Sleep(Some(until)) => format!("until {}", time::show(*until)),
        Wait::Sleep(None) => "sleeps".to_owned(),
        Wait::Call(name) => format!("in {name}"),
        Wait::Other(words) => words.to_string(),
    }
}

/// What makes a wait understandable: when the timer is due, who holds the lock,
/// what becomes of the call.
fn detail(driver: &Driver, thing: Thing, number: u32) -> Option<String> {
    Some(match thing {
        Thing::Timer => time::show(driver.timers.get(number)?.deadline),
        Thing::Mutex => driver.label(driver.mutexes.get(number)?.owner()?.number),
        Thing::Rwlock => driver.label(driver.rwlocks.get(number)?.owner()?.number),
        Thing::Job => match driver.jobs.get(number)?.state {
            JobState::Queued => "queued".to_owned(),
            JobState::Running { thread } => format!("on pool thread {thread}"),
            JobState::Sent { worker } => format!("at worker {worker}"),
            JobState::Begun { worker } => format!("worker {worker} runs it"),
            JobState::Over => "over".to_owned(),
        },
        Thing::Barrier => {
            let barrier = driver.barriers.get(number)?;
            format!("{} of {}", barrier.count, barrier.of)
        }
        _ => return None,
    })
}

/// The letter of a class: `U`, `N`, `B`.
pub(super) fn class_letter(class: &str) -> char {
    let letter = class.chars().next().unwrap_or('n');
    letter.to_ascii_uppercase()
}

/// What nobody running means: the loop sleeps, or nothing is to be done.
pub(super) fn nobody(driver: &Driver) -> String {
    match driver.phase {
        Phase::Parked { until: Some(until) } => format!("– sleeps until {}", time::show(until)),
        Phase::Parked { until: None } => "– sleeps until the OS wakes it".to_owned(),
        Phase::Unknown | Phase::Going | Phase::Ended => "–".to_owned(),
    }
}
