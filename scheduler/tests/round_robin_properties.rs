//! Round robin in the simulation, against a plain reference that knows neither.
//!
//! The reference goes millisecond by millisecond: no events, no policy object,
//! no driver. Whatever the jobs, both give every job the same times.

use proptest::prelude::*;
use scheduler::policy::RoundRobin;
use scheduler::simulation::{Job, Simulation, Step};
use scheduler::time::Time;
use std::collections::VecDeque;
use std::time::Duration;

/// A number of milliseconds.
const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// The milliseconds of a duration, or of an instant since the start.
fn millis(duration: Duration) -> u64 {
    duration.as_millis().try_into().expect("cases are short")
}

/// A job of the reference: what it still has to do, in whole milliseconds.
struct Plain {
    /// When it comes.
    arrival: u64,
    /// What it has not done yet; of a burst, what is left.
    steps: VecDeque<Step>,
    /// When it ran first.
    first_run: Option<u64>,
    /// How long it was in the queue.
    waiting: u64,
    /// When it was over.
    finish: u64,
}

/// `(first run, waiting, finish)` of each job, in milliseconds.
fn reference(jobs: &[Job], cpus: usize, quantum: u64) -> Vec<(u64, u64, u64)> {
    let mut plain: Vec<Plain> = jobs
        .iter()
        .map(|job| Plain {
            arrival: millis(job.arrival - Time::ZERO),
            steps: job.steps.iter().copied().collect(),
            first_run: None,
            waiting: 0,
            finish: 0,
        })
        .collect();
    let mut queue: VecDeque<usize> = VecDeque::new();
    // Who runs on each CPU, and how much of its quantum is left.
    let mut running: Vec<Option<(usize, u64)>> = vec![None; cpus];
    // Who becomes runnable when, in the order in which that was settled.
    let mut wakes: Vec<(u64, usize)> = (0..plain.len())
        .map(|job| (plain[job].arrival, job))
        .collect();
    let mut unfinished = plain.len();
    let mut now = 0;
    while unfinished > 0 {
        // Stays that end now: the burst is over, or the quantum is.
        for cpu in &mut running {
            let Some((job, left)) = *cpu else { continue };
            match plain[job].steps.front() {
                Some(Step::Run(burst)) if !burst.is_zero() => {
                    if left == 0 {
                        queue.push_back(job);
                        *cpu = None;
                    }
                    continue;
                }
                Some(Step::Run(_)) => drop(plain[job].steps.pop_front()),
                _ => {}
            }
            match plain[job].steps.pop_front() {
                None => {
                    plain[job].finish = now;
                    unfinished -= 1;
                }
                Some(Step::Wait(wait)) => wakes.push((now + millis(wait), job)),
                Some(Step::Yield) => queue.push_back(job),
                Some(Step::Run(_)) => unreachable!("bursts of CPU time are never neighbours"),
            }
            *cpu = None;
        }
        // Jobs that become runnable now.
        wakes.retain(|&(time, job)| {
            if time == now {
                queue.push_back(job);
            }
            time != now
        });
        // A CPU for as many as there are.
        for cpu in running.iter_mut().filter(|cpu| cpu.is_none()) {
            if let Some(job) = queue.pop_front() {
                plain[job].first_run.get_or_insert(now);
                *cpu = Some((job, quantum));
            }
        }
        // Whoever has nothing to run before its next step stops at once.
        let at_once = running.iter().flatten().any(|(job, _)| {
            !matches!(plain[*job].steps.front(), Some(Step::Run(burst)) if !burst.is_zero())
        });
        if at_once {
            continue;
        }
        // A millisecond passes.
        for (job, left) in running.iter_mut().flatten() {
            if let Some(Step::Run(burst)) = plain[*job].steps.front_mut() {
                *burst -= ms(1);
            }
            *left -= 1;
        }
        for job in &queue {
            plain[*job].waiting += 1;
        }
        now += 1;
    }
    let times = |job: &Plain| (job.first_run.unwrap_or_default(), job.waiting, job.finish);
    plain.iter().map(times).collect()
}

/// Any job: arrivals, bursts and waits of a few milliseconds, also none.
fn any_job() -> impl Strategy<Value = Job> {
    let step = prop_oneof![
        3 => (0..7_u64).prop_map(|burst| Step::Run(ms(burst))),
        2 => (1..6_u64).prop_map(|wait| Step::Wait(ms(wait))),
        1 => Just(Step::Yield),
    ];
    (0..10_u64, prop::collection::vec(step, 0..6)).prop_map(|(arrival, steps)| {
        let job = Job::arriving(Time::from_millis(arrival));
        steps.into_iter().fold(job, |job, step| match step {
            Step::Run(burst) => job.run(burst),
            Step::Wait(wait) => job.wait(wait),
            Step::Yield => job.yield_now(),
        })
    })
}

proptest! {
    #[test]
    fn every_job_has_the_times_that_a_plain_reference_gives_it(
        jobs in prop::collection::vec(any_job(), 1..8),
        cpus in 1..4_u32,
        quantum in 1..6_u64,
    ) {
        let outcome = Simulation::new(jobs.clone())
            .cpus(cpus)
            .run(&mut RoundRobin::new(ms(quantum)))
            .unwrap();
        let found: Vec<_> = outcome
            .jobs
            .iter()
            .zip(&jobs)
            .map(|(times, job)| {
                let first_run = millis(job.arrival + times.response - Time::ZERO);
                let finish = millis(times.finish - Time::ZERO);
                (first_run, millis(times.waiting), finish)
            })
            .collect();
        prop_assert_eq!(found, reference(&jobs, cpus as usize, quantum));
    }

    #[test]
    fn turnaround_is_cpu_time_and_waiting_and_time_blocked(
        jobs in prop::collection::vec(any_job(), 1..8),
        cpus in 1..4_u32,
    ) {
        let outcome = Simulation::new(jobs.clone()).cpus(cpus).run(&mut RoundRobin::new(ms(2))).unwrap();
        for (times, job) in outcome.jobs.iter().zip(&jobs) {
            let blocked = job.steps.iter().map(|step| match step {
                Step::Wait(wait) => *wait,
                Step::Run(_) | Step::Yield => Duration::ZERO,
            });
            let blocked: Duration = blocked.sum();
            prop_assert_eq!(times.turnaround, job.cpu_time() + times.waiting + blocked);
        }
    }
}
