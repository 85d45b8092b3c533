//! Hundreds of scenarios that nobody thought of, and the smallest that fails.
//!
//! The same ones on every machine and on every day. They grow from one thread
//! with one burst; the first that goes wrong is then made smaller, for as long
//! as it still goes wrong.
//!
//! Book: "Exercises" in the introduction.

use crate::check::Complaint;
use crate::scenario::{NewPolicy, Scenario, ms};
use crate::search::{self, Dice};
use scheduler::simulation::{Job, Step};
use scheduler::time::Time;
use std::time::Duration;

/// How many scenarios are tried.
const SCENARIOS: u64 = 1_000;

/// Whether `subject` schedules as `reference` does, whatever the jobs.
///
/// # Errors
///
/// The complaint of the smallest scenario found on which it does not.
pub fn compare(reference: NewPolicy, subject: NewPolicy) -> Result<(), Complaint> {
    search::all((0..SCENARIOS).map(scenario), smaller, |scenario| {
        scenario.compare(reference, subject)
    })
}

/// Scenarios that are smaller than this one by one step, the boldest first.
fn smaller(scenario: &Scenario) -> Vec<Scenario> {
    let mut found = Vec::new();
    let mut offer = |change: &dyn Fn(&mut Scenario)| {
        let mut smaller = scenario.clone();
        change(&mut smaller);
        found.push(smaller);
    };
    for job in 0..scenario.jobs.len() {
        offer(&|smaller| drop(smaller.jobs.remove(job)));
    }
    if scenario.cpus > 1 {
        offer(&|smaller| smaller.cpus -= 1);
    }
    for (index, job) in scenario.jobs.iter().enumerate() {
        for (at, step) in job.steps.iter().enumerate() {
            offer(&|smaller| {
                let steps = smaller.jobs[index].steps.clone();
                let kept = (0..).zip(steps).filter(|(other, _)| *other != at);
                smaller.jobs[index].steps = kept.map(|(_, step)| step).collect();
            });
            for shorter in shorter(*step) {
                offer(&|smaller| smaller.jobs[index].steps[at] = shorter);
            }
        }
        if job.arrival > Time::ZERO {
            let earlier = Time::from_nanos(job.arrival.as_nanos().saturating_sub(1_000_000));
            offer(&|smaller| smaller.jobs[index].arrival = Time::ZERO);
            offer(&|smaller| smaller.jobs[index].arrival = earlier);
        }
    }
    if scenario.quantum > ms(1) {
        offer(&|smaller| smaller.quantum -= ms(1));
    }
    found
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

/// The scenario number `seed`; those of higher numbers tend to be larger.
fn scenario(seed: u64) -> Scenario {
    let mut dice = Dice(seed);
    let most = 1 + seed / 100; // threads, and steps of each
    let job = |dice: &mut Dice| {
        let mut job = Job::arriving(Time::ZERO + ms(dice.up_to(most.min(8))));
        for _ in 0..=dice.up_to(most.min(4)) {
            job = job.run(ms(1 + dice.up_to(5)));
            job = match dice.up_to(2) {
                0 => job.wait(ms(1 + dice.up_to(4))),
                1 => job.yield_now(),
                _ => job,
            };
        }
        job
    };
    let jobs = (0..=dice.up_to(most.min(5)))
        .map(|_| job(&mut dice))
        .collect();
    Scenario {
        quantum: ms(1 + dice.up_to(3)),
        cpus: 1 + u32::from(dice.up_to(3) == 0),
        jobs,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scheduler::policy::{FirstComeFirstServed, RoundRobin};

    #[test]
    fn a_failing_scenario_is_told_as_small_as_it_can_be_made() {
        let round_robin: NewPolicy = |quantum| Box::new(RoundRobin::new(quantum));
        let first_come: NewPolicy = |_| Box::new(FirstComeFirstServed::new());
        assert_eq!(compare(round_robin, round_robin), Ok(()));
        let complaint = compare(round_robin, first_come).unwrap_err();
        assert_eq!(
            complaint.tried,
            "a quantum of 1 ms, 1 CPU\nthread 1: yields, runs 1 ms\nthread 2: runs 2 ms"
        );
    }
}
