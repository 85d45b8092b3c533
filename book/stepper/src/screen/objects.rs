//! What units meet at, hand over or keep, each in a few words: locks, semaphores,
//! barriers, notifications, calls on the pool, a unit's own values.
//!
//! Who waits is named after the arrow, longest first: `mutex 1: 3 c ← 2 b, 4 d`.
//!
//! Book: appendix "The stepper".

use super::Context;
use stepper::{
    fold::{Driver, How, JobState, Lock},
    trace::{Reference, Thing},
};

/// So many waiters are named; more never fit.
const WAITERS: usize = 20;

/// All of them, in the order of their kinds.
pub(super) fn all<'model>(
    context: &Context<'model>,
    driver: &'model Driver,
) -> impl Iterator<Item = String> + use<'model> {
    let state = context.state;
    let mutexes = driver.mutexes.iter().map(|(number, lock)| {
        let line = line(driver, Thing::Mutex, number);
        format!("mutex {number}: {}{line}", holders(driver, lock))
    });
    let rwlocks = driver.rwlocks.iter().map(|(number, lock)| {
        let line = line(driver, Thing::Rwlock, number);
        let how = match lock.holders.first().map(|holder| holder.how) {
            Some(How::Read) => "read by ",
            Some(How::Write) => "written by ",
            None => "",
        };
        format!("rwlock {number}: {how}{}{line}", holders(driver, lock))
    });
    let semaphores = driver.semaphores.iter().map(|(number, semaphore)| {
        let line = line(driver, Thing::Semaphore, number);
        format!("semaphore {number}: {} left{line}", semaphore.left)
    });
    let barriers = driver.barriers.iter().map(|(number, barrier)| {
        let line = line(driver, Thing::Barrier, number);
        format!(
            "barrier {number}: {} of {}{line}",
            barrier.count, barrier.of
        )
    });
    let notifies = driver.notifies.iter().map(|(number, notify)| {
        let line = line(driver, Thing::Notify, number);
        format!("notify {number}: {} times{line}", notify.times)
    });
    let condvars = driver.condvars.iter().map(|(number, condvar)| {
        let line = line(driver, Thing::Condvar, number);
        format!("condvar {number}: {} times{line}", condvar.times)
    });
    let jobs = driver.jobs.iter().filter_map(|(number, job)| {
        Some(match job.state {
            JobState::Queued => format!("job {number}: queued"),
            JobState::Running { thread } => format!("job {number}: on pool thread {thread}"),
            JobState::Sent { worker } => format!("job {number}: at worker {worker}"),
            JobState::Begun { worker } => format!("job {number}: worker {worker} runs it"),
            JobState::Over => return None,
        })
    });
    let units = driver.units.values().filter(|unit| !unit.locals.is_empty());
    let locals = units.flat_map(move |unit| {
        let label = state
            .unit(unit.id)
            .map_or_else(String::new, stepper::fold::Unit::label);
        let locals = unit.locals.iter();
        locals.map(move |(name, value)| format!("{label}'s {name} {value}"))
    });
    mutexes
        .chain(rwlocks)
        .chain(semaphores)
        .chain(barriers)
        .chain(notifies)
        .chain(condvars)
        .chain(jobs)
        .chain(locals)
}

/// Who holds a lock.
fn holders(driver: &Driver, lock: &Lock) -> String {
    if lock.holders.is_empty() {
        return "free".to_owned();
    }
    let holders = lock.holders.iter();
    let labels: Vec<String> = holders
        .map(|holder| driver.label(holder.unit.number))
        .collect();
    labels.join(", ")
}

/// Who waits for an object: ` ← 2 b, 4 d`; nothing if nobody does.
fn line(driver: &Driver, thing: Thing, number: u32) -> String {
    let waiters = driver.waiters(Reference { thing, number });
    let labels: Vec<String> = waiters
        .take(WAITERS)
        .map(|unit| driver.label(unit.number))
        .collect();
    if labels.is_empty() {
        String::new()
    } else {
        format!(" ← {}", labels.join(", "))
    }
}
