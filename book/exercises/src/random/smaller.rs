//! A scenario made smaller by one step, in every way that there is.
//!
//! Invariant: (1) no row of steps comes back to where it was, so a search along
//! them ends.

use crate::scenario::{Scenario, ms};
use scheduler::simulation::{Job, Step};
use scheduler::time::Time;
use std::time::Duration;

/// A period in which nothing happens within any scenario.
const NEVER: Duration = ms(1_000);

/// Up to here a shorter period is a smaller one; beyond, [`NEVER`] is.
const SHORT: Duration = ms(20);

/// Scenarios that are smaller than this one by one step, the boldest first.
pub(super) fn smaller(scenario: &Scenario) -> Vec<Scenario> {
    let mut found = Vec::new();
    let mut offer = |change: &dyn Fn(&mut Scenario)| {
        let mut smaller = scenario.clone();
        change(&mut smaller);
        found.push(smaller);
    };
    for job in 0..scenario.jobs.len() {
        offer(&|smaller| drop(smaller.jobs.remove(job)));
    }
    let only = scenario.jobs.iter().filter_map(|job| job.affinity).max();
    let used = only.map_or(0, |cpu| cpu.0 + 1);
    if scenario.given.cpus > used.max(1) {
        offer(&|smaller| smaller.given.cpus -= 1);
    }
    for (index, job) in scenario.jobs.iter().enumerate() {
        for job in smaller_jobs(scenario, job) {
            offer(&|smaller| smaller.jobs[index] = job.clone());
        }
    }
    if scenario.given.quantum > ms(1) {
        offer(&|smaller| smaller.given.quantum -= ms(1));
    }
    if let Some(period) = scenario.given.period {
        if period < NEVER {
            offer(&|smaller| smaller.given.period = Some(NEVER));
        }
        if period > ms(1) && period <= SHORT {
            offer(&|smaller| smaller.given.period = Some(period.saturating_sub(ms(1)))); // (1)
        }
    }
    if scenario.given.seed > 1 {
        offer(&|smaller| smaller.given.seed = 1);
        offer(&|smaller| smaller.given.seed -= 1);
    }
    found
}

/// The same job, smaller by one step.
fn smaller_jobs(scenario: &Scenario, job: &Job) -> Vec<Job> {
    let mut found = Vec::new();
    let mut offer = |change: &dyn Fn(&mut Job)| {
        let mut smaller = job.clone();
        change(&mut smaller);
        found.push(smaller);
    };
    for (at, step) in job.steps.iter().enumerate() {
        offer(&|smaller| smaller.steps = without(&job.steps, at));
        for shorter in shorter(*step) {
            offer(&|smaller| smaller.steps[at] = shorter);
        }
    }
    if job.arrival > Time::ZERO {
        let earlier = Time::from_nanos(job.arrival.as_nanos().saturating_sub(1_000_000));
        offer(&|smaller| smaller.arrival = Time::ZERO);
        offer(&|smaller| smaller.arrival = earlier);
    }
    if job.repeats > 0 {
        offer(&|smaller| smaller.repeats -= 1);
    } else if job.period.is_some() {
        offer(&|smaller| smaller.period = None);
    }
    if job.deadline.is_some() {
        offer(&|smaller| smaller.deadline = None);
    }
    if job.affinity.is_some() {
        offer(&|smaller| smaller.affinity = None);
    }
    let kind = &scenario.kind;
    let place = kind.priorities.iter().position(|one| *one == job.priority);
    for plainer in kind.priorities.iter().take(place.unwrap_or(0)) {
        offer(&|smaller| smaller.priority = *plainer);
    }
    let place = kind.weights.iter().position(|one| Some(*one) == job.weight);
    for plainer in kind.weights.iter().take(place.unwrap_or(0)) {
        offer(&|smaller| smaller.weight = Some(*plainer));
    }
    found
}

/// The steps but the one at `at`; what then stands beside each other is one.
fn without(steps: &[Step], at: usize) -> Vec<Step> {
    let kept = steps.iter().enumerate().filter(|(other, _)| *other != at);
    let mut job = Job::new();
    for (_, step) in kept {
        job = match step {
            Step::Run(burst) => job.run(*burst),
            Step::Wait(burst) => job.wait(*burst),
            Step::Yield => job.yield_now(),
        };
    }
    job.steps
}

/// The same step, by less.
fn shorter(step: Step) -> Vec<Step> {
    let less = |burst: Duration| {
        let lengths = [ms(1), burst.saturating_sub(ms(1))];
        lengths
            .into_iter()
            .filter(move |length| *length >= ms(1) && *length < burst)
    };
    match step {
        Step::Run(burst) => less(burst).map(Step::Run).collect(),
        Step::Wait(burst) => less(burst).map(Step::Wait).collect(),
        Step::Yield => Vec::new(),
    }
}
