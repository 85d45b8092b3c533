//! The checks of the lottery: single draws, shares, random workloads, threads.

mod draws;
mod shares;

use exercises::check::Check;
use exercises::policies::PolicyExercise;
use exercises::scenario::{Kind, NewPolicy, Scenario, ms};
use scheduler::policy::Lottery;
use scheduler::simulation::Job;

/// What the learner's policy must do as well as.
const EXERCISE: PolicyExercise = PolicyExercise {
    reference: |given| Box::new(Lottery::new(given.quantum, given.seed)),
    kind: Kind {
        seeds: 50,
        weights: &[1, 2, 3, 5, 10],
        weight: "tickets",
        ..Kind::PLAIN
    },
};

/// All checks, in the order in which they build on each other.
pub(crate) fn checks() -> Vec<Check<NewPolicy>> {
    let mut checks = storing();
    checks.extend(draws::chance());
    checks.push(shares::of_tickets());
    checks.extend(draws::exact());
    checks.push(shares::of_the_book());
    let mixed = |factor: u64| {
        scenario([
            job(3, 9 * factor),
            job(2, factor).wait(ms(4)).run(ms(4 * factor)),
            job(1, 2 * factor).yield_now().run(ms(2 * factor)),
        ])
    };
    checks.extend([
        EXERCISE.random("any jobs on one or two CPUs run as the tickets are drawn"),
        EXERCISE.at_checkpoints(
            "real threads, stopped at checkpoints, run as the tickets are drawn",
            mixed(1),
        ),
        EXERCISE.by_signal(
            "real threads, preempted in real time, run as the tickets are drawn",
            mixed(5).quantum(ms(2)),
        ),
    ]);
    checks
}

/// A job that is there from the start, with these tickets, and runs so many ms.
fn job(tickets: u32, millis: u64) -> Job {
    Job {
        weight: Some(tickets),
        ..Job::new().run(ms(millis))
    }
}

/// These jobs, under lotteries.
fn scenario(jobs: impl IntoIterator<Item = Job>) -> Scenario {
    EXERCISE.scenario(jobs)
}

/// What does not depend on any draw: there is one thread at a time.
fn storing() -> Vec<Check<NewPolicy>> {
    vec![
        EXERCISE.picks(
            "ready_thread_gets_the_cpu",
            "a thread that can run gets the CPU that is free",
            scenario([job(1, 1)]),
            &[Some(1)],
        ),
        EXERCISE.picks(
            "picked_thread_is_removed",
            "a thread that was picked is no longer stored, so no other CPU gets it too",
            scenario([job(1, 1)]),
            &[Some(1), None],
        ),
        EXERCISE.gives(
            "every_pick_has_a_quantum",
            "a thread may run for one quantum at most",
            scenario([job(1, 6)]),
            Some(ms(3)),
        ),
        EXERCISE.rule(
            "expired_thread_is_stored",
            "a thread whose quantum expired, or that yields, takes part again",
            scenario([job(1, 6).yield_now().run(ms(1))]),
        ),
        EXERCISE.rule(
            "blocked_thread_is_not_stored",
            "the tickets of a thread that blocked or finished take no part",
            scenario([job(1, 1).wait(ms(3)).run(ms(1))]),
        ),
    ]
}
