//! The checks of stride scheduling: rule by rule, textbook, random workloads,
//! threads.

mod bound;

use exercises::check::Check;
use exercises::policies::PolicyExercise;
use exercises::scenario::{Kind, NewPolicy, Scenario, ms};
use exercises::table::Table;
use scheduler::policy::Stride;
use scheduler::simulation::Job;
use scheduler::time::Time;

/// What the learner's policy must do as well as.
const EXERCISE: PolicyExercise = PolicyExercise {
    reference: |given| Box::new(Stride::new(given.quantum)),
    kind: Kind {
        weights: &[1, 2, 3, 5, 10],
        weight: "tickets",
        ..Kind::PLAIN
    },
};

/// All checks, in the order in which they build on each other.
pub(crate) fn checks() -> Vec<Check<NewPolicy>> {
    let mut checks = storing();
    checks.extend(walking());
    checks.extend(starting());
    let mixed = |factor: u64| {
        scenario([
            job(3, 9 * factor),
            job(2, factor).wait(ms(4)).run(ms(4 * factor)),
            job(1, 2 * factor).yield_now().run(ms(2 * factor)),
        ])
    };
    checks.extend([
        EXERCISE.textbook("the book's jobs run in the book's order", tables()),
        bound::pairs_keep_step(),
        EXERCISE.random("any jobs on one or two CPUs run in the order of their passes"),
        EXERCISE.at_checkpoints(
            "real threads, stopped at checkpoints, run in the order of their passes",
            mixed(1),
        ),
        EXERCISE.by_signal(
            "real threads, preempted in real time, run in the order of their passes",
            mixed(5).quantum(ms(2)),
        ),
    ]);
    checks
}

/// A job that is there from the start, with these tickets, and runs so many ms.
fn job(tickets: u32, millis: u64) -> Job {
    arriving(tickets, 0, millis)
}

/// A job with these tickets that comes, and runs, so many ms.
fn arriving(tickets: u32, at: u64, millis: u64) -> Job {
    Job {
        weight: Some(tickets),
        ..Job::arriving(Time::from_millis(at)).run(ms(millis))
    }
}

/// These jobs, under stride scheduling.
fn scenario(jobs: impl IntoIterator<Item = Job>) -> Scenario {
    EXERCISE.scenario(jobs)
}

/// What does not depend on any pass.
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
            "a thread whose quantum expired, or that yields, is stored again",
            scenario([job(1, 6).yield_now().run(ms(1))]),
        ),
        EXERCISE.rule(
            "blocked_thread_is_not_stored",
            "a thread that blocked or finished is not stored until `ready` brings it back",
            scenario([job(1, 1).wait(ms(3)).run(ms(1))]),
        ),
    ]
}

/// Rules 1 to 3: jobs that are all there from the start, and never blocked.
fn walking() -> Vec<Check<NewPolicy>> {
    vec![
        EXERCISE.rule(
            "least_far_runs_first",
            "who has come least far runs: equal tickets take turns",
            scenario([job(1, 6), job(1, 6)]),
        ),
        EXERCISE.rule(
            "more_tickets_shorter_strides",
            "who holds more tickets has the shorter strides, and runs more often",
            scenario([job(1, 6), job(3, 12)]),
        ),
        EXERCISE.rule(
            "lower_number_first_among_equals",
            "of threads that have come equally far the one with the lower number runs",
            // At 9 ms both have come equally far; thread 2 was stored before.
            scenario([job(2, 9), job(1, 6)]),
        ),
        EXERCISE.rule(
            "part_of_a_quantum_is_part_of_a_stride",
            "a thread that yields early has come less far than one that ran a whole quantum",
            scenario([job(1, 6), job(1, 1).yield_now().run(ms(5))]),
        ),
    ]
}

/// Rule 4: where a thread starts.
fn starting() -> Vec<Check<NewPolicy>> {
    vec![
        EXERCISE.rule(
            "newcomer_has_no_claim_to_the_past",
            "a new thread starts from the global pass, not from 0",
            scenario([job(1, 21), arriving(1, 10, 9)]),
        ),
        EXERCISE.rule(
            "woken_thread_has_no_claim_to_the_past",
            "a woken thread starts from the global pass, if it had not come that far",
            scenario([job(1, 1).wait(ms(10)).run(ms(9)), job(1, 21)]),
        ),
        EXERCISE.rule(
            "woken_thread_loses_nothing_of_its_own",
            "a woken thread that had come further than the others is still there",
            scenario([job(1, 3).wait(ms(1)).run(ms(3)), job(5, 12)]),
        ),
    ]
}

/// OSTEP's walk, as far as its figure goes: each job has what it runs in it.
fn tables() -> Vec<Table> {
    let jobs = [job(100, 20), job(50, 10), job(250, 50)];
    vec![
        Table::new(
            "Arpaci-Dusseau: Operating Systems, Three Easy Pieces, figure 9.3",
            scenario(jobs).quantum(ms(10)),
        )
        .runs([(1, 10), (2, 20), (3, 50), (1, 60), (3, 80)]),
    ]
}
