//! Thousands of scenarios that nobody thought of, and the smallest that fails.
//!
//! The same ones on every machine and on every day. They grow from one thread
//! with one burst; the first that goes wrong is then made smaller, for as long
//! as it still goes wrong.
//!
//! Book: "Exercises" in the introduction.

mod smaller;

use crate::check::Complaint;
use crate::scenario::{Given, Kind, NewPolicy, Scenario, ms};
use crate::search::{self, Dice};
use scheduler::policy::CpuId;
use scheduler::simulation::Job;
use scheduler::time::Time;

/// How many scenarios are tried.
const SCENARIOS: u64 = 5_000;

/// How many steps they grow by.
const SIZES: u64 = 10;

/// Whether `subject` schedules as `reference` does, whatever the jobs.
///
/// # Errors
///
/// The complaint of the smallest scenario found on which it does not.
pub fn compare(kind: &Kind, reference: NewPolicy, subject: NewPolicy) -> Result<(), Complaint> {
    hold(kind, |scenario| scenario.compare(reference, subject))
}

/// Whether `holds` does for every random scenario of this kind.
///
/// # Errors
///
/// The complaint of the smallest scenario found for which it does not.
pub fn hold(
    kind: &Kind,
    holds: impl Fn(&Scenario) -> Result<(), Complaint>,
) -> Result<(), Complaint> {
    let scenarios = (0..SCENARIOS).map(|number| scenario(kind, number));
    search::all(scenarios, smaller::smaller, holds)
}

/// The scenario of this number; those of higher numbers tend to be larger.
fn scenario(kind: &Kind, number: u64) -> Scenario {
    let mut dice = Dice(number);
    let most = 1 + number * SIZES / SCENARIOS; // threads, and steps of each
    let quantum = ms(1 + dice.up_to(3));
    let two_cpus = dice.up_to(3) == 0;
    let several = |dice: &mut Dice| kind.cpus.min(2 + u32::from(dice.up_to(3) == 0));
    let cpus = if two_cpus || kind.least_cpus > 1 {
        several(&mut dice)
    } else {
        1
    };
    let jobs = (0..=dice.up_to(most.min(5)))
        .map(|_| attributes(kind, cpus, steps(kind, most, &mut dice), &mut dice))
        .collect();
    Scenario {
        kind: *kind,
        given: Given {
            quantum,
            period: kind.period.map(|_| ms(2 + dice.up_to(14))),
            seed: match kind.seeds {
                0 => 1,
                seeds => 1 + dice.up_to(seeds - 1),
            },
            cpus,
        },
        jobs,
    }
}

/// When a job comes, and what it does.
fn steps(kind: &Kind, most: u64, dice: &mut Dice) -> Job {
    let mut job = Job::arriving(Time::ZERO + ms(dice.up_to(most.min(8))));
    for _ in 0..=dice.up_to(most.min(4)) {
        job = job.run(ms(1 + dice.up_to(kind.burst - 1)));
        job = match dice.up_to(2) {
            0 => job.wait(ms(1 + dice.up_to(4))),
            1 => job.yield_now(),
            _ => job,
        };
    }
    job
}

/// The same job with what policies of this kind look at.
fn attributes(kind: &Kind, cpus: u32, mut job: Job, dice: &mut Dice) -> Job {
    job.priority = one_of(kind.priorities, dice).unwrap_or_default();
    job.weight = one_of(kind.weights, dice);
    if kind.affinity && dice.up_to(2) == 0 {
        let cpu = dice.up_to(u64::from(cpus) - 1);
        job.affinity = u32::try_from(cpu).ok().map(CpuId);
    }
    if kind.deadlines {
        job = match dice.up_to(3) {
            0 => job,
            1 => Job {
                deadline: Some(ms(1 + dice.up_to(19))),
                ..job
            },
            _ => {
                let releases = 1 + u32::from(dice.up_to(1) == 0);
                job.periodic(ms(4 + dice.up_to(16)), releases)
            }
        };
    }
    job
}

/// One of these values; None, if there are none.
fn one_of<T: Copy>(values: &[T], dice: &mut Dice) -> Option<T> {
    let last = values.len().checked_sub(1)?;
    let index = dice.up_to(u64::try_from(last).unwrap_or(0));
    values.get(usize::try_from(index).unwrap_or(0)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use scheduler::policy::{FirstComeFirstServed, RoundRobin, StaticPriority};

    #[test]
    fn a_failing_scenario_is_told_as_small_as_it_can_be_made() {
        let round_robin: NewPolicy = |given| Box::new(RoundRobin::new(given.quantum));
        let first_come: NewPolicy = |_| Box::new(FirstComeFirstServed::new());
        assert_eq!(compare(&Kind::PLAIN, round_robin, round_robin), Ok(()));
        let complaint = compare(&Kind::PLAIN, round_robin, first_come).unwrap_err();
        assert_eq!(
            complaint.tried,
            "a quantum of 1 ms, 1 CPU\nthread 1: runs 2 ms\nthread 2: runs 1 ms"
        );
    }

    #[test]
    fn what_the_kind_names_is_what_the_smallest_scenario_turns_on() {
        let kind = Kind {
            quantum: false,
            priorities: &[0, 1, 2],
            ..Kind::PLAIN
        };
        let priority: NewPolicy = |_| Box::new(StaticPriority::new().non_preemptive());
        let first_come: NewPolicy = |_| Box::new(FirstComeFirstServed::new());
        let complaint = compare(&kind, priority, first_come).unwrap_err();
        assert_eq!(
            complaint.tried,
            "1 CPU\nthread 1 (priority 0): runs 1 ms\nthread 2 (priority 1): runs 1 ms"
        );
    }

    #[test]
    fn scenarios_of_a_kind_with_everything_have_everything() {
        let kind = Kind {
            period: Some("boosts"),
            seeds: 9,
            priorities: &[1],
            weights: &[2],
            deadlines: true,
            affinity: true,
            cpus: 3,
            ..Kind::PLAIN
        };
        let scenarios = (0..SCENARIOS)
            .step_by(10)
            .map(|number| scenario(&kind, number));
        let scenarios: Vec<_> = scenarios.collect();
        let jobs = || scenarios.iter().flat_map(|scenario| &scenario.jobs);
        assert!(jobs().all(|job| job.priority == 1 && job.weight == Some(2)));
        assert!(jobs().any(|job| job.affinity == Some(CpuId(2))));
        assert!(jobs().any(|job| job.affinity.is_none()));
        assert!(jobs().any(|job| job.repeats == 1));
        assert!(jobs().any(|job| job.deadline.is_some()));
        assert!(scenarios.iter().any(|scenario| scenario.given.seed == 9));
    }
}
