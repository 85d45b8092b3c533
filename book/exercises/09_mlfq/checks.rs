//! The checks of the multi-level feedback queue: rule by rule, textbook, random
//! workloads, threads.

mod rules;

use exercises::check::Check;
use exercises::policies::PolicyExercise;
use exercises::scenario::{Given, Kind, NewPolicy, Scenario, ms};
use exercises::table::Table;
use scheduler::policy::{Level, MultiLevelFeedback, Policy};
use scheduler::simulation::Job;
use scheduler::time::Time;
use std::time::Duration;

/// What the learner's policy must do as well as.
const EXERCISE: PolicyExercise = PolicyExercise {
    reference,
    kind: Kind {
        period: Some("boosts"),
        burst: 12,
        ..Kind::PLAIN
    },
};

/// Three levels of two quanta each, every quantum twice that of the level above.
fn reference(given: &Given) -> Box<dyn Policy> {
    let levels = [1, 2, 4].map(|factor| Level {
        quantum: given.quantum * factor,
        allotment: 2,
    });
    let policy = MultiLevelFeedback::new(levels);
    Box::new(policy.boost_every(given.period_or(50)))
}

/// All checks, in the order in which they build on each other.
pub(crate) fn checks() -> Vec<Check<NewPolicy>> {
    let mut checks = rules::checks();
    checks.extend([
        EXERCISE.textbook("the book's workloads run as in the book", tables()),
        EXERCISE.random("any jobs on one or two CPUs run in the order of the rules"),
        EXERCISE.at_checkpoints(
            "real threads, stopped at checkpoints, run in the order of the rules",
            EXERCISE.scenario([job(20), job(1).wait(ms(4)).run(ms(9)), arriving(7, 3)]),
        ),
        EXERCISE.by_signal(
            "real threads, preempted in real time, are picked by the rules",
            EXERCISE
                .scenario([job(60), talkative(1, 5, 8), arriving(10, 40)])
                .quantum(ms(2))
                .period(ms(40)),
        ),
    ]);
    checks
}

/// A job that is there from the start and runs so many ms.
fn job(millis: u64) -> Job {
    arriving(0, millis)
}

/// A job that comes, and runs, so many ms.
fn arriving(at: u64, millis: u64) -> Job {
    Job::arriving(Time::from_millis(at)).run(ms(millis))
}

/// A job that runs for so long, then is blocked for so long, again and again.
fn talkative(runs: u64, blocked: u64, times: u32) -> Job {
    (1..times).fold(job(runs), |job, _| job.wait(ms(blocked)).run(ms(runs)))
}

/// These jobs with quanta of 2, 4 and 8 ms, and no boost.
fn scenario(jobs: impl IntoIterator<Item = Job>) -> Scenario {
    EXERCISE
        .scenario(jobs)
        .quantum(ms(2))
        .period(Duration::from_secs(1))
}

/// What the book says: with the levels of this exercise, where it does not
/// depend on them.
fn tables() -> Vec<Table> {
    let tens = |jobs: Vec<Job>| scenario(jobs).quantum(ms(10));
    vec![
        Table::new(
            "Arpaci-Dusseau: Operating Systems, Three Easy Pieces, figure 8.3: \
             along came a short job",
            tens(vec![job(180), arriving(100, 20)]),
        )
        .runs([(1, 100), (2, 120), (1, 200)]),
        Table::new(
            "figure 8.4: a job that soon blocks is answered at once",
            tens(vec![
                job(250),
                Job {
                    arrival: Time::from_millis(100),
                    ..talkative(1, 9, 10)
                },
            ]),
        )
        .response([0, 0])
        .turnaround([260, 91]),
        Table::new(
            "mlfq.py -Q 10,20,40 -A 2,2,2 -B 0 -l 0,140,0:0,140,0: \
             lower levels, longer quanta (figure 8.7)",
            tens(vec![job(140), job(140)]),
        )
        .runs([
            (1, 10),
            (2, 20),
            (1, 30),
            (2, 40),
            (1, 60),
            (2, 80),
            (1, 100),
            (2, 120),
            (1, 160),
            (2, 200),
            (1, 240),
            (2, 280),
        ]),
    ]
}
