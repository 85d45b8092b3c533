//! Ideal sharing: what each job would take if CPUs could be divided at will.
//!
//! At every moment each job that wants a CPU has a share in proportion to its
//! weight, but no more than one CPU; what one cannot use goes to the others.
//! No scheduler can do that, and every fair one comes close: so it is what the
//! index of fairness measures policies by.
//!
//! Source: Parekh and Gallager, *A Generalized Processor Sharing Approach to Flow
//! Control*, IEEE/ACM Transactions on Networking 1 (3), 1993, section II.
//!
//! Left out: what a switch costs, and that a job may be bound to a CPU.
//!
//! Book: chapter 15.

use super::workload::Workload;
use scheduler::{
    simulation::{Job, Step},
    time::Time,
};
use std::time::Duration;

/// Less than this is nothing, in seconds: far below a nanosecond.
const NOTHING: f64 = 1e-12;

/// A job on its way through its steps.
struct Flow<'a> {
    /// What it does.
    job: &'a Job,
    /// The steps of this release that it has not begun.
    steps: &'a [Step],
    /// How many releases are to come, and when this one was due.
    releases: (u32, f64),
    /// What is left of its burst of CPU time; 0 while it waits or is over.
    left: f64,
    /// Until when it waits; endless while it does not.
    until: f64,
    /// When it was over.
    over: Option<f64>,
}

/// In seconds.
fn seconds(time: Time) -> f64 {
    (time - Time::ZERO).as_secs_f64()
}

impl Flow<'_> {
    /// Goes on with its next steps at `now`, as far as they take no time.
    fn go_on(&mut self, now: f64) {
        self.until = f64::INFINITY;
        self.left = 0.0;
        let some = |length: Duration| Some(length.as_secs_f64()).filter(|length| *length > 0.0);
        loop {
            match self.steps {
                [Step::Run(burst), rest @ ..] => {
                    self.steps = rest;
                    if let Some(burst) = some(*burst) {
                        self.left = burst;
                        return;
                    }
                }
                [Step::Wait(wait), rest @ ..] => {
                    self.steps = rest;
                    if let Some(wait) = some(*wait) {
                        self.until = now + wait;
                        return;
                    }
                }
                [Step::Yield, rest @ ..] => self.steps = rest,
                [] => {
                    let (Some(period), more @ 1..) = (self.job.period, self.releases.0) else {
                        self.over = Some(now);
                        return;
                    };
                    let due = self.releases.1 + period.as_secs_f64();
                    self.releases = (more - 1, due);
                    self.steps = &self.job.steps;
                    if due > now {
                        self.until = due;
                        return;
                    }
                }
            }
        }
    }

    /// Its weight.
    fn weight(&self) -> f64 {
        f64::from(self.job.weight.unwrap_or(1).max(1))
    }
}

/// The share of a CPU of each of `flows`, which stand in the order of their
/// weights, the largest first: 0 for those that want none.
fn rates(flows: &[Flow<'_>], cpus: u32) -> Vec<f64> {
    let wants = |flow: &&Flow<'_>| flow.left > 0.0;
    let mut weights: f64 = flows.iter().filter(wants).map(Flow::weight).sum();
    let mut left = f64::from(cpus);
    let rate = |flow: &Flow<'_>| {
        if !wants(&flow) {
            return 0.0;
        }
        let rate = (left * flow.weight() / weights).min(1.0);
        (left, weights) = (left - rate, weights - flow.weight());
        rate
    };
    flows.iter().map(rate).collect()
}

/// How long each job takes from its arrival to its end, in seconds.
pub(super) fn turnarounds(workload: &Workload) -> Vec<f64> {
    let begin = |job: &'_ Job| (seconds(job.arrival), job.repeats);
    let mut flows: Vec<Flow<'_>> = workload
        .jobs
        .iter()
        .map(|job| Flow {
            job,
            steps: &job.steps,
            releases: (begin(job).1, begin(job).0),
            left: 0.0,
            until: begin(job).0,
            over: None,
        })
        .collect();
    let mut places: Vec<usize> = (0..flows.len()).collect();
    places.sort_by(|one, other| flows[*other].weight().total_cmp(&flows[*one].weight()));
    flows.sort_by(|one, other| other.weight().total_cmp(&one.weight())); // stable, as above
    let mut now = 0.0;
    loop {
        let rates = rates(&flows, workload.cpus);
        let ends = flows.iter().zip(&rates).filter(|(_, rate)| **rate > 0.0);
        let ends = ends.map(|(flow, rate)| now + flow.left / rate);
        let next = ends.chain(flows.iter().map(|flow| flow.until));
        let next = next.fold(f64::INFINITY, f64::min);
        if next.is_infinite() {
            break; // nobody wants anything any more
        }
        for (flow, rate) in flows.iter_mut().zip(rates) {
            let before = flow.left;
            flow.left -= rate * (next - now);
            if before > 0.0 && flow.left < NOTHING || flow.until <= next {
                flow.go_on(next);
            }
        }
        now = next;
    }
    let mut turnarounds = vec![0.0; flows.len()];
    for (place, flow) in places.into_iter().zip(&flows) {
        turnarounds[place] = flow.over.unwrap_or(now) - seconds(flow.job.arrival);
    }
    turnarounds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::classic;

    /// A job that comes at `arrival`, computes for `run` ms, and has a weight.
    fn job(arrival: u64, run: u64, weight: u32) -> Job {
        Job {
            weight: Some(weight),
            ..Job::arriving(Time::from_millis(arrival)).run(Duration::from_millis(run))
        }
    }

    /// Their turnarounds in ms on so many CPUs.
    fn millis(jobs: impl IntoIterator<Item = Job>, cpus: u32) -> Vec<f64> {
        let mut workload = Workload::new("", "");
        workload.cpus = cpus;
        for job in jobs {
            workload = workload.job("", job);
        }
        let millis = |seconds: f64| (seconds * 1e6).round() / 1e3;
        turnarounds(&workload).into_iter().map(millis).collect()
    }

    #[test]
    fn shares_are_as_the_weights_until_one_is_done() {
        // 3 to 2 to 1 until 240; 2 to 1 until 300.
        let jobs = || [job(0, 120, 1), job(0, 120, 3), job(0, 120, 2)];
        assert_eq!(millis(jobs(), 1), [360.0, 240.0, 300.0]);
        // On two CPUs the heaviest has one, and no more.
        assert_eq!(millis(jobs(), 2), [200.0, 120.0, 160.0]);
        assert_eq!(millis(jobs(), 3), [120.0; 3]);
    }

    #[test]
    fn who_waits_leaves_its_share_to_the_others() {
        let reader = job(0, 2, 1)
            .wait(Duration::from_millis(10))
            .run(Duration::from_millis(2));
        // Both until 4; then alone until 14; both again.
        assert_eq!(millis([reader, job(0, 20, 1)], 1), [18.0, 24.0]);
        assert_eq!(millis([job(5, 3, 1), job(0, 10, 1)], 1), [6.0, 13.0]);
    }

    #[test]
    fn periodic_jobs_come_again_and_nothing_takes_no_time() {
        let ms = Duration::from_millis;
        let periodic = Job::new().run(ms(4)).periodic(ms(10), 3);
        assert_eq!(millis([periodic], 1), [24.0]);
        assert_eq!(millis([Job::new().run(ms(0)).yield_now()], 1), [0.0]);
        let late = Job::new().run(ms(15)).periodic(ms(10), 2);
        assert_eq!(millis([late], 1), [30.0]);
    }

    #[test]
    fn every_classic_workload_comes_to_an_end() {
        for name in classic::NAMES {
            let workload = classic::by_name(name, 1).unwrap();
            let turnarounds = turnarounds(&workload);
            assert!(
                turnarounds.iter().all(|it| it.is_finite() && *it > 0.0),
                "{name}"
            );
        }
    }
}
