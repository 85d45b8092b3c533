//! The checks of priority with aging: rule by rule, textbook, random workloads,
//! threads.

use exercises::check::{Check, Part};
use exercises::policies::PolicyExercise;
use exercises::scenario::{Kind, NewPolicy, Scenario, ms};
use exercises::table::Table;
use exercises::threads;
use scheduler::policy::StaticPriority;
use scheduler::simulation::Job;
use scheduler::time::Time;
use std::time::Duration;

/// What the learner's policy must do as well as.
const EXERCISE: PolicyExercise = PolicyExercise {
    reference: |given| {
        let policy = StaticPriority::new().quantum(given.quantum);
        Box::new(policy.aging(given.period_or(10)))
    },
    kind: Kind {
        period: Some("ages"),
        priorities: &[0, 1, 2, 3],
        ..Kind::PLAIN
    },
};

/// All checks, in the order in which they build on each other.
pub(crate) fn checks() -> Vec<Check<NewPolicy>> {
    let mut checks = storing();
    checks.extend(preempting());
    checks.extend(aging());
    checks.extend([
        EXERCISE.textbook("times are those of the textbook", tables()),
        EXERCISE.random("any jobs on one or two CPUs run in the order of the rules"),
        EXERCISE.at_checkpoints(
            "real threads, stopped at checkpoints, run in the order of the rules",
            EXERCISE.scenario([
                job(2, 9),
                job(0, 4),
                job(1, 2).wait(ms(3)).run(ms(3)),
                arriving(3, 5, 2),
            ]),
        ),
        Check {
            name: "threads_by_signal",
            rule: "a real thread that spins until a less important one has run gives way",
            part: Part::Threads,
            run: Box::new(|subject| {
                let spinners = [3, 2, 1].map(|priority| job(priority, 0));
                let given = scenario(spinners.clone())
                    .quantum(ms(2))
                    .period(ms(2))
                    .given;
                threads::take_turns_by_signal(subject(&given), &spinners)
            }),
            step: None,
        },
    ]);
    checks
}

/// A job of this priority that is there from the start and runs so many ms.
fn job(priority: i32, millis: u64) -> Job {
    arriving(priority, 0, millis)
}

/// A job of this priority that comes, and runs, so many ms.
fn arriving(priority: i32, at: u64, millis: u64) -> Job {
    Job {
        priority,
        ..Job::arriving(Time::from_millis(at)).run(ms(millis))
    }
}

/// These jobs, with nobody old enough to rise.
fn scenario(jobs: impl IntoIterator<Item = Job>) -> Scenario {
    EXERCISE.scenario(jobs).period(Duration::from_secs(1))
}

/// Rules 1, 2 and 4: who is stored where, and who is next.
fn storing() -> Vec<Check<NewPolicy>> {
    vec![
        EXERCISE.picks(
            "ready_thread_gets_the_cpu",
            "a thread that can run gets the CPU that is free",
            scenario([job(0, 1)]),
            &[Some(1)],
        ),
        EXERCISE.picks(
            "picked_thread_is_removed",
            "a thread that was picked is no longer stored, so no other CPU gets it too",
            scenario([job(0, 1)]),
            &[Some(1), None],
        ),
        EXERCISE.picks(
            "highest_priority_runs_first",
            "the thread with the largest priority runs first",
            scenario([job(1, 3), job(3, 1), job(2, 2)]),
            &[Some(2), Some(3), Some(1)],
        ),
        EXERCISE.picks(
            "equals_run_in_the_order_of_their_coming",
            "threads of equal priority run in the order in which they became runnable",
            scenario([job(2, 3), job(2, 1), job(2, 2)]),
            &[Some(1), Some(2), Some(3)],
        ),
        EXERCISE.gives(
            "every_pick_has_a_quantum",
            "a thread may run for one quantum at most",
            scenario([job(1, 6), job(1, 1)]),
            Some(ms(3)),
        ),
        EXERCISE.rule(
            "blocked_thread_is_not_stored",
            "a thread that blocked or finished is not stored until `ready` brings it back",
            scenario([job(1, 1).wait(ms(3)).run(ms(1)), job(0, 1)]),
        ),
        EXERCISE.rule(
            "expired_thread_goes_behind_its_equals",
            "a thread whose quantum expired goes behind its equals",
            scenario([job(1, 6), job(1, 3), job(1, 2)]),
        ),
        EXERCISE.rule(
            "yielded_thread_goes_behind_its_equals",
            "a thread that yields is stored again, behind its equals",
            scenario([job(1, 1).yield_now().run(ms(1)), job(1, 2), job(1, 2)]),
        ),
    ]
}

/// Rules 2 and 3: who loses the CPU, and where it goes.
fn preempting() -> Vec<Check<NewPolicy>> {
    vec![
        EXERCISE.rule(
            "preempted_thread_is_stored",
            "a thread that was stopped for the timer, or for another, is stored again",
            scenario([job(3, 3), job(0, 1)]).period(ms(2)),
        ),
        EXERCISE.rule(
            "higher_newcomer_takes_the_cpu",
            "a thread with a higher priority takes the CPU as soon as it is runnable",
            scenario([job(0, 3), arriving(1, 1, 1)]),
        ),
        EXERCISE.rule(
            "equal_newcomer_waits",
            "a thread of equal priority waits its turn: it preempts nobody",
            scenario([job(1, 6), arriving(1, 1, 1)]),
        ),
        EXERCISE.rule(
            "preempted_thread_goes_before_its_equals",
            "a preempted thread goes before its equals, not behind them",
            scenario([job(1, 3), job(1, 2), arriving(2, 1, 1)]),
        ),
    ]
}

/// Rules 5 and 6.
fn aging() -> Vec<Check<NewPolicy>> {
    vec![
        EXERCISE.rule(
            "waiting_thread_rises",
            "a thread that waits rises by one at every multiple of the interval",
            scenario([job(3, 12), job(0, 2), arriving(1, 11, 2)])
                .quantum(ms(20))
                .period(ms(5)),
        ),
        EXERCISE.rule(
            "timer_is_not_put_off",
            "the timer runs at every multiple of the interval, whatever is decided meanwhile",
            scenario([job(3, 12), job(0, 2), arriving(1, 11, 2)]).period(ms(5)),
        ),
        EXERCISE.rule(
            "who_ran_until_the_timer_does_not_rise",
            "a thread that ran until the timer came has not waited, and does not rise",
            scenario([job(2, 20), job(0, 1)])
                .quantum(ms(20))
                .period(ms(4)),
        ),
        EXERCISE.rule(
            "thread_that_ran_has_its_own_priority_again",
            "a thread that ran has its own priority again, whatever it had gained",
            scenario([job(2, 20), job(0, 6)]).period(ms(4)),
        ),
        EXERCISE.rule(
            "timer_rests_while_nobody_waits",
            "while nobody waits no timer runs: it would stop the running thread for nothing",
            scenario([job(1, 9), arriving(1, 5, 2)])
                .quantum(ms(6))
                .period(ms(4)),
        ),
    ]
}

/// Silberschatz numbers priorities from the top: 1 is the highest. Here the
/// larger is, so its numbers are taken from 6.
fn tables() -> Vec<Table> {
    let jobs = |jobs: [(u64, i32); 5]| jobs.map(|(millis, number)| job(6 - number, millis));
    vec![
        Table::new(
            "Silberschatz, Galvin, Gagne: Operating System Concepts, section 5.3.4, priority",
            scenario(jobs([(10, 3), (1, 1), (2, 4), (1, 5), (5, 2)])).quantum(ms(20)),
        )
        .waiting([6, 0, 16, 18, 1]),
        Table::new(
            "the same section: priority, and turns of a quantum among equals",
            scenario(jobs([(4, 3), (5, 2), (8, 2), (7, 1), (3, 3)])).quantum(ms(2)),
        )
        .runs([
            (4, 7),
            (2, 9),
            (3, 11),
            (2, 13),
            (3, 15),
            (2, 16),
            (3, 20),
            (1, 22),
            (5, 24),
            (1, 26),
            (5, 27),
        ]),
        Table::new(
            "the same section: 127 steps of a second take a little over two minutes",
            scenario([job(127, 200_000), job(0, 1_000)]).quantum(ms(1_000_000)),
        )
        .response([0, 128_000]),
    ]
}
