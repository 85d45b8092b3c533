//! The checks of several CPUs: rule by rule, textbook, random workloads, threads.

mod rules;

use exercises::check::Check;
use exercises::policies::PolicyExercise;
use exercises::scenario::{Kind, NewPolicy, Scenario, ms};
use exercises::table::Table;
use scheduler::policy::{CpuId, PerCpu, RoundRobin};
use scheduler::simulation::Job;
use std::time::Duration;

/// What the learner's policy must do as well as.
const EXERCISE: PolicyExercise = PolicyExercise {
    reference: |given| {
        let quantum = given.quantum;
        let policy = PerCpu::new(given.cpus, move |_| RoundRobin::new(quantum));
        Box::new(policy.balance_every(given.period_or(10)))
    },
    kind: Kind {
        period: Some("balances"),
        affinity: true,
        cpus: 3,
        least_cpus: 2,
        ..Kind::PLAIN
    },
};

/// An interval that is never over.
const NEVER: Duration = ms(1_000);

/// All checks, in the order in which they build on each other.
pub(crate) fn checks() -> Vec<Check<NewPolicy>> {
    let mut checks = rules::taking_turns();
    checks.extend(rules::placing());
    checks.extend(rules::stealing());
    checks.extend(rules::balancing());
    checks.extend(rules::pinned());
    let mixed = |factor: u64| {
        scenario([
            job(9 * factor),
            job(factor).wait(ms(4)).run(ms(4 * factor)),
            job(2 * factor).yield_now().run(ms(2 * factor)),
            on_cpu(1, 5 * factor),
            job(7 * factor),
        ])
    };
    checks.extend([
        EXERCISE.textbook("the book's queues give the book's charts", tables()),
        EXERCISE.random("any jobs on two or three CPUs run where and when the rules say"),
        EXERCISE.at_checkpoints(
            "real threads on two CPUs, stopped at checkpoints, run in the order of the rules",
            mixed(1),
        ),
        EXERCISE.by_signal(
            "real threads on two CPUs, preempted in real time, get every answer by the rules",
            mixed(5).quantum(ms(2)),
        ),
    ]);
    checks
}

/// A job that is there from the start, and runs so many ms.
fn job(millis: u64) -> Job {
    Job::new().run(ms(millis))
}

/// The same, where it may run on this CPU only.
fn on_cpu(cpu: u32, millis: u64) -> Job {
    Job {
        affinity: Some(CpuId(cpu)),
        ..job(millis)
    }
}

/// These jobs on two CPUs, balanced every 10 ms.
fn scenario(jobs: impl IntoIterator<Item = Job>) -> Scenario {
    EXERCISE.scenario(jobs).cpus(2)
}

/// The same, never balanced.
fn unbalanced(jobs: impl IntoIterator<Item = Job>) -> Scenario {
    scenario(jobs).period(NEVER)
}

/// OSTEP's queues of section 10.5: A and C on CPU 0, B and D on CPU 1, in turns
/// of two columns of its charts; and again, once C is done.
fn tables() -> Vec<Table> {
    let [a, b, c, d] = [1, 2, 3, 4];
    let book = |figure: &'static str, jobs: [u64; 4]| {
        let jobs = unbalanced(jobs.map(job)).quantum(ms(2));
        Table::new(figure, jobs)
    };
    vec![
        book(
            "Arpaci-Dusseau: Operating Systems, Three Easy Pieces, section 10.5, \
             A to D as threads 1 to 4",
            [6, 6, 6, 6],
        )
        .runs([(a, 2), (c, 4), (a, 6), (c, 8), (a, 10), (c, 12)])
        .runs_on(CpuId(1), [(b, 2), (d, 4), (b, 6), (d, 8), (b, 10), (d, 12)]),
        book(
            "the same, section 10.5: C is done soon, and A gets twice the CPU of B and D",
            [10, 6, 2, 6],
        )
        .runs([(a, 2), (c, 4), (a, 12)])
        .runs_on(CpuId(1), [(b, 2), (d, 4), (b, 6), (d, 8), (b, 10), (d, 12)]),
    ]
}
