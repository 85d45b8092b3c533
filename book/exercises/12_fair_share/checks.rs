//! The checks of fair shares: rule by rule, textbook, random workloads, threads.

mod rules;
mod shares;

use exercises::check::Check;
use exercises::policies::PolicyExercise;
use exercises::scenario::{Kind, NewPolicy, Scenario, ms};
use exercises::table::Table;
use scheduler::policy::{Fair, WEIGHT_OF_NICE_0, weight_of_nice};
use scheduler::simulation::Job;
use scheduler::time::Time;

/// What the learner's policy must do as well as.
const EXERCISE: PolicyExercise = PolicyExercise {
    reference: |given| Box::new(Fair::new(given.quantum * 8, given.quantum)),
    kind: Kind {
        // Of the kernel's table: nice 0, 1, 5, 10 and -5.
        weights: &[WEIGHT_OF_NICE_0, 820, 335, 110, 3121],
        burst: 20,
        ..Kind::PLAIN
    },
};

/// All checks, in the order in which they build on each other.
pub(crate) fn checks() -> Vec<Check<NewPolicy>> {
    let mut checks = rules::checks();
    let mixed = |factor: u64| {
        scenario([
            job(0, 9 * factor),
            job(5, factor).wait(ms(4)).run(ms(4 * factor)),
            job(-5, 2 * factor).yield_now().run(ms(2 * factor)),
        ])
    };
    checks.extend([
        EXERCISE.textbook("the book's jobs run in the book's order", tables()),
        shares::of_the_kernels_table(),
        shares::clocks_keep_together(),
        EXERCISE.random("any jobs on one or two CPUs run in the order of their clocks"),
        EXERCISE.at_checkpoints(
            "real threads, stopped at checkpoints, run in the order of their clocks",
            mixed(2).quantum(ms(1)),
        ),
        EXERCISE.by_signal(
            "real threads, preempted in real time, run in the order of their clocks",
            mixed(6).quantum(ms(1)),
        ),
    ]);
    checks
}

/// A job that is there from the start, as nice as that, and runs so many ms.
fn job(nice: i32, millis: u64) -> Job {
    arriving(nice, 0, millis)
}

/// A job as nice as that, which comes, and runs, so many ms.
fn arriving(nice: i32, at: u64, millis: u64) -> Job {
    Job {
        weight: Some(weight_of_nice(nice)),
        ..Job::arriving(Time::from_millis(at)).run(ms(millis))
    }
}

/// These jobs, under fair shares: a quantum of 3 ms, a latency of 24.
fn scenario(jobs: impl IntoIterator<Item = Job>) -> Scenario {
    EXERCISE.scenario(jobs)
}

/// OSTEP's picture of CFS: four jobs share a latency of 48 ms until two are done.
fn tables() -> Vec<Table> {
    let jobs = [48, 48, 24, 24].map(|millis| job(0, millis));
    let source = "Arpaci-Dusseau: Operating Systems, Three Easy Pieces, figure 9.4: \
                  a sched_latency of 48 ms, a min_granularity of 6 ms";
    vec![Table::new(source, scenario(jobs).quantum(ms(6))).runs([
        (1, 12),
        (2, 24),
        (3, 36),
        (4, 48),
        (1, 60),
        (2, 72),
        (3, 84),
        (4, 96),
        (1, 120),
        (2, 144),
    ])]
}
