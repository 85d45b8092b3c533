//! What holds for every shipped policy, and for each by itself, whatever the jobs.
//!
//! 1. No policy breaks a rule of the driver, on one CPU or on three.
//! 2. Every job gets the CPU time that it needs, and its times add up.
//! 3. On one CPU, work without waits is done at the same time under every policy.
//! 4. What the books prove of a policy is so.
//! 5. A job that is bound to a CPU runs there and nowhere else, and no policy
//!    idles a CPU for any other reason; with one queue, and with one for each CPU.

use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use scheduler::policy::{
    CpuId, EarliestDeadlineFirst, Fair, Level, MultiLevelFeedback, PerCpu, Policy, Queues,
    RateMonotonic, SHIPPED, Settings, ShortestJobFirst, ShortestTimeToCompletionFirst,
    StaticPriority, Stride, rate_monotonic, weight_of_nice,
};
use scheduler::simulation::{Job, Outcome, Simulation, Step, Tie};
use scheduler::time::Time;
use std::time::Duration;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Every shipped policy, and each option that the catalogue leaves alone.
fn shipped() -> Vec<Box<dyn Policy>> {
    let settings = Settings {
        quantum: ms(3),
        ..Settings::default()
    };
    let mut policies: Vec<_> = SHIPPED
        .iter()
        .map(|shipped| (shipped.make)(&settings))
        .collect();
    let levels = [2, 4, 8].map(|quantum| Level {
        quantum: ms(quantum),
        allotment: 1,
    });
    let feedback = MultiLevelFeedback::new(levels).boost_every(ms(30));
    policies.extend::<[Box<dyn Policy>; 4]>([
        Box::new(StaticPriority::new().non_preemptive()),
        Box::new(StaticPriority::new().aging(ms(5))),
        Box::new(feedback.unblocked_to_head().blocking_renews()),
        Box::new(Stride::new(ms(3)).first_stride_ahead()),
    ]);
    policies
}

/// One thing that a job does.
fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1u64..12).prop_map(|run| Step::Run(ms(run))),
        2 => (1u64..9).prop_map(|wait| Step::Wait(ms(wait))),
        1 => Just(Step::Yield),
    ]
}

prop_compose! {
    /// A job with everything that a policy might look at.
    fn job()(
        steps in prop::collection::vec(step(), 1..6),
        arrival in 0u64..20,
        priority in -3i32..4,
        weight in prop::option::of(0u32..5),
        period in prop::option::of(5u64..30),
        repeats in 0u32..3,
        deadline in prop::option::of(1u64..30),
        declares_bursts in any::<bool>(),
    ) -> Job {
        Job {
            arrival: Time::ZERO + ms(arrival),
            steps,
            priority,
            weight,
            affinity: None,
            period: period.map(ms),
            repeats,
            deadline: deadline.map(ms),
            declares_bursts,
        }
    }
}

/// How often a job does its steps.
fn times(job: &Job) -> u32 {
    job.period.map_or(1, |_| job.repeats + 1)
}

/// Rule 2.
fn check_times(jobs: &[Job], outcome: &Outcome) -> TestCaseResult {
    for (job, times_of) in jobs.iter().zip(&outcome.jobs) {
        let segments = &outcome.chart.segments;
        let own = segments.iter().filter(|s| s.thread == times_of.thread);
        let ran: Duration = own.clone().map(|s| s.end - s.start).sum();
        prop_assert_eq!(ran, job.cpu_time() * times(job), "CPU time");
        let waited: Duration = own.map(|s| s.start - s.runnable_since).sum();
        prop_assert_eq!(waited, times_of.waiting, "waiting");
        prop_assert!(times_of.turnaround >= ran + waited, "turnaround");
    }
    Ok(())
}

/// The sum of all jobs' turnarounds.
fn turnaround(jobs: &[Job], policy: &mut dyn Policy) -> Duration {
    let outcome = Simulation::new(jobs.to_vec())
        .run(policy)
        .expect("no rule is broken");
    outcome.jobs.iter().map(|job| job.turnaround).sum()
}

/// Jobs of one declared burst each, with their arrivals.
fn bursts(arrivals: std::ops::Range<u64>) -> impl Strategy<Value = Vec<Job>> {
    let job = (arrivals, 1u64..20).prop_map(|(arrival, burst)| Job {
        declares_bursts: true,
        ..Job::arriving(Time::ZERO + ms(arrival)).run(ms(burst))
    });
    prop::collection::vec(job, 1..9)
}

/// Periodic jobs that ask for at most this share of the CPU together, and end
/// within two of their longest periods.
fn periodic(share: fn(u32) -> f64) -> impl Strategy<Value = Vec<Job>> {
    let periods = [4u64, 5, 6, 8, 10, 12, 15, 20];
    let one = (prop::sample::select(periods.to_vec()), 1u32..100);
    prop::collection::vec(one, 1..6).prop_map(move |tasks| {
        let count = u32::try_from(tasks.len()).expect("there are few");
        let parts: u32 = tasks.iter().map(|(_, part)| part).sum();
        let job = |(period, part): (u64, u32)| {
            let share = share(count) * f64::from(part) / f64::from(parts);
            // A nanosecond less, so that rounding never asks for too much.
            let burst = ms(period)
                .mul_f64(share)
                .saturating_sub(Duration::from_nanos(1));
            Job::new()
                .run(burst)
                .periodic(ms(period), u32::try_from(240 / period).expect("few"))
        };
        tasks.into_iter().map(job).collect()
    })
}

/// Every shipped policy with a queue for each of `cpus` CPUs, balanced often.
fn per_cpu(cpus: u32) -> Vec<Box<dyn Policy>> {
    let settings = Settings {
        quantum: ms(3),
        ..Settings::default()
    };
    let of_cpu = |make: fn(&Settings) -> Box<dyn Policy>| -> Box<dyn Policy> {
        Box::new(PerCpu::new(cpus, move |_| make(&settings)).balance_every(ms(5)))
    };
    SHIPPED.iter().map(|shipped| of_cpu(shipped.make)).collect()
}

proptest! {
    #[test]
    fn a_job_that_is_bound_to_a_cpu_runs_nowhere_else_under_any_policy(
        jobs in prop::collection::vec((job(), prop::option::of(0u32..3)), 1..9),
        tie in prop::sample::select(vec![Tie::ExpiredFirst, Tie::ArrivalFirst]),
    ) {
        let bound = |(job, only): (Job, Option<u32>)| Job { affinity: only.map(CpuId), ..job };
        let jobs: Vec<Job> = jobs.into_iter().map(bound).collect();
        for mut policy in shipped().into_iter().chain(per_cpu(3)) {
            let simulation = Simulation::new(jobs.clone()).cpus(3).tie(tie);
            match simulation.run(&mut *policy) {
                Ok(outcome) => {
                    check_times(&jobs, &outcome)?; // rule 2
                    for stay in &outcome.chart.segments {
                        let only = jobs[stay.thread.0 as usize - 1].affinity;
                        prop_assert!(only.is_none_or(|only| only == stay.cpu), "rule 5");
                    }
                    let busy: Duration = outcome.busy.iter().sum();
                    let asked: Duration = jobs.iter().map(|job| job.cpu_time() * times(job)).sum();
                    prop_assert_eq!(busy, asked, "busy time");
                }
                Err(failure) => prop_assert!(false, "{failure}"), // rule 1
            }
        }
    }

    #[test]
    fn no_policy_breaks_a_rule_and_every_job_gets_its_due(
        jobs in prop::collection::vec(job(), 1..9),
        cpus in prop::sample::select(vec![1u32, 3]),
        tie in prop::sample::select(vec![Tie::ExpiredFirst, Tie::ArrivalFirst]),
    ) {
        for mut policy in shipped() {
            let simulation = Simulation::new(jobs.clone()).cpus(cpus).tie(tie);
            match simulation.run(&mut *policy) {
                Ok(outcome) => check_times(&jobs, &outcome)?, // rule 2
                Err(failure) => prop_assert!(false, "{failure}"), // rule 1
            }
        }
    }

    #[test]
    fn on_one_cpu_work_without_waits_is_done_at_the_same_time_whatever_the_order(
        jobs in bursts(0..40),
    ) {
        let end = |mut policy: Box<dyn Policy>| {
            Simulation::new(jobs.clone()).run(&mut *policy).expect("no rule is broken").end()
        };
        let ends: Vec<Time> = shipped().into_iter().map(end).collect();
        prop_assert!(ends.iter().all(|end| *end == ends[0]), "{ends:?}"); // rule 3
    }

    #[test]
    fn nothing_beats_shortest_job_first_when_all_come_at_once(jobs in bursts(0..1)) {
        let least = turnaround(&jobs, &mut ShortestJobFirst::new());
        for mut policy in shipped() {
            prop_assert!(least <= turnaround(&jobs, &mut *policy), "{}", policy.name()); // rule 4
        }
    }

    #[test]
    fn nothing_beats_shortest_time_to_completion_first(jobs in bursts(0..40)) {
        let least = turnaround(&jobs, &mut ShortestTimeToCompletionFirst::new());
        for mut policy in shipped() {
            prop_assert!(least <= turnaround(&jobs, &mut *policy), "{}", policy.name()); // rule 4
        }
    }

    #[test]
    fn earliest_deadline_first_misses_nothing_up_to_the_whole_cpu(jobs in periodic(|_| 1.0)) {
        let outcome = Simulation::new(jobs).run(&mut EarliestDeadlineFirst::new());
        let outcome = outcome.expect("no rule is broken");
        prop_assert_eq!(outcome.missed().next(), None); // rule 4
    }

    #[test]
    fn rate_monotonic_misses_nothing_up_to_its_bound(jobs in periodic(rate_monotonic::bound)) {
        let outcome = Simulation::new(jobs).run(&mut RateMonotonic::new());
        let outcome = outcome.expect("no rule is broken");
        prop_assert_eq!(outcome.missed().next(), None); // rule 4
    }

    #[test]
    fn shares_by_stride_are_never_off_by_a_quantum_between_two(
        weights in prop::collection::vec(1u32..9, 2..6),
    ) {
        // Jobs so long that none is over before the others have had their share.
        let job = |weight: &u32| Job { weight: Some(*weight), ..Job::new().run(ms(1_000)) };
        let jobs: Vec<Job> = weights.iter().map(job).collect();
        let outcome = Simulation::new(jobs).run(&mut Stride::new(ms(1))).expect("no rule is broken");
        let mut ran = vec![0.0; weights.len()];
        for segment in outcome.chart.segments.iter().take(1_000) {
            ran[segment.thread.0 as usize - 1] += 1.0;
            for (a, weight_a) in ran.iter().zip(&weights) {
                for (b, weight_b) in ran.iter().zip(&weights) {
                    // Of the quanta of two, a's due is its part of their weights.
                    let both = f64::from(weight_a + weight_b);
                    let due = (a + b) * f64::from(*weight_a) / both;
                    prop_assert!((a - due).abs() <= 1.0 + 1e-9, "{ran:?}"); // rule 4
                }
            }
        }
    }
}

/// Two threads that compute for ever, under `policy`, for a second: the share of
/// the first.
fn share(weights: [u32; 2], policy: &mut dyn Policy) -> f64 {
    let job = |weight| Job {
        weight: Some(weight),
        ..Job::new().run(ms(1_000))
    };
    let outcome = Simulation::new(weights.map(job))
        .run(policy)
        .expect("no rule is broken");
    let mut ran = [0.0; 2];
    for segment in outcome
        .chart
        .segments
        .iter()
        .filter(|s| s.end <= Time::from_millis(1_000))
    {
        ran[segment.thread.0 as usize - 1] += (segment.end - segment.start).as_secs_f64();
    }
    ran[0] / (ran[0] + ran[1])
}

#[test]
fn fair_and_stride_give_three_parts_of_four_within_two_percent() {
    assert!((share([3, 1], &mut Stride::new(ms(1))) - 0.75).abs() < 0.02);
    assert!((share([3, 1], &mut Fair::new(ms(12), ms(1))) - 0.75).abs() < 0.02);
    let nice = [weight_of_nice(0), weight_of_nice(5)]; // 1024 to 335
    let expected = 1024.0 / (1024.0 + 335.0);
    assert!((share(nice, &mut Fair::new(ms(12), ms(1))) - expected).abs() < 0.02);
}

#[test]
fn a_low_priority_starves_without_aging_and_not_with_it() {
    let low = Job::new().run(ms(3));
    let stream = (0..100).map(|n| Job {
        priority: 5,
        ..Job::arriving(Time::from_millis(10 * n)).run(ms(10))
    });
    let jobs: Vec<Job> = std::iter::once(low).chain(stream).collect();
    let response = |mut policy: StaticPriority| {
        let outcome = Simulation::new(jobs.clone())
            .run(&mut policy)
            .expect("no rule is broken");
        outcome.jobs[0].response
    };
    assert_eq!(response(StaticPriority::new()), ms(1_000));
    assert!(response(StaticPriority::new().aging(ms(20))) <= ms(120));
}

/// Jobs of 300 ms, so many that they do not divide evenly, on two CPUs.
fn uneven(queues: Queues) -> Outcome {
    let settings = Settings {
        quantum: ms(10),
        queues,
        cpus: 2,
        ..Settings::default()
    };
    let mut policy = scheduler::policy::by_name("rr", &settings).expect("it is shipped");
    let jobs = (0..3).map(|_| Job::new().run(ms(300)));
    Simulation::new(jobs)
        .cpus(2)
        .run(&mut *policy)
        .expect("no rule is broken")
}

#[test]
fn with_a_queue_for_each_cpu_threads_hardly_move_and_nobody_falls_behind() {
    let shared = uneven(Queues::Shared);
    let own = uneven(Queues::PerCpu);
    assert_eq!(own.policy, "RoundRobinPerCpu");
    assert!(
        shared.migrations > 10 * own.migrations,
        "{} to {}",
        shared.migrations,
        own.migrations
    );
    assert!(own.migrations > 0, "three on two CPUs have to move");
    for outcome in [&shared, &own] {
        assert!(outcome.speed_up() > 1.6, "{}", outcome.speed_up());
    }
}
