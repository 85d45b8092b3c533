//! The checks of earliest deadline first: rule by rule, textbook, random workloads,
//! threads.

mod bound;
mod rules;
mod tables;

use exercises::check::Check;
use exercises::policies::PolicyExercise;
use exercises::scenario::{Kind, NewPolicy, Scenario, ms};
use scheduler::policy::EarliestDeadlineFirst;
use scheduler::simulation::Job;
use scheduler::time::Time;

/// What the learner's policy must do as well as.
const EXERCISE: PolicyExercise = PolicyExercise {
    reference: |_| Box::new(EarliestDeadlineFirst::new()),
    kind: Kind {
        quantum: false,
        deadlines: true,
        ..Kind::PLAIN
    },
};

/// All checks, in the order in which they build on each other.
pub(crate) fn checks() -> Vec<Check<NewPolicy>> {
    let mut checks = rules::checks();
    let mixed = |factor: u64| {
        scenario([
            due(0, 40 * factor, 9 * factor),
            due(0, 30 * factor, factor).wait(ms(4)).run(ms(4 * factor)),
            arriving(2 * factor, 5 * factor),
            due(4 * factor, 10 * factor, 3 * factor),
        ])
    };
    checks.extend([
        EXERCISE.textbook(
            "what the literature schedules runs as it says",
            tables::tables(),
        ),
        bound::deadlines_are_met(),
        EXERCISE.random("any jobs on one or two CPUs run in the order of their deadlines"),
        EXERCISE.at_checkpoints(
            "real threads, stopped at checkpoints, run in the order of their deadlines",
            mixed(1),
        ),
        EXERCISE.by_signal(
            "real threads, preempted in real time, run in the order of their deadlines",
            mixed(4),
        ),
    ]);
    checks
}

/// A job without a deadline that comes, and runs, so many ms.
fn arriving(at: u64, millis: u64) -> Job {
    Job::arriving(Time::from_millis(at)).run(ms(millis))
}

/// A job that comes at `at`, must be done `within` so many ms, and runs `millis`.
fn due(at: u64, within: u64, millis: u64) -> Job {
    Job {
        deadline: Some(ms(within)),
        ..arriving(at, millis)
    }
}

/// A job that comes at `at` and must do `millis` of work in every `period`, so many
/// times.
fn every(at: u64, period: u64, millis: u64, times: u32) -> Job {
    arriving(at, millis).periodic(ms(period), times)
}

/// These jobs, by their deadlines.
fn scenario(jobs: impl IntoIterator<Item = Job>) -> Scenario {
    EXERCISE.scenario(jobs)
}
