//! The checks of round robin: rule by rule, textbook, random workloads, threads.

use exercises::check::{Check, Part};
use exercises::policies::PolicyExercise;
use exercises::scenario::{Kind, NewPolicy, Scenario, ms};
use exercises::table::Table;
use exercises::threads;
use scheduler::policy::RoundRobin;
use scheduler::simulation::Job;
use scheduler::time::Time;

/// What the learner's policy must do as well as.
const EXERCISE: PolicyExercise = PolicyExercise {
    reference: |given| Box::new(RoundRobin::new(given.quantum)),
    kind: Kind::PLAIN,
};

/// All checks, in the order in which they build on each other.
pub(crate) fn checks() -> Vec<Check<NewPolicy>> {
    let mut checks = rules();
    checks.extend([
        EXERCISE.textbook(
            "waiting and response times are those of the textbooks",
            tables(),
        ),
        EXERCISE.random("any jobs on one or two CPUs run in round robin's order"),
        EXERCISE.at_checkpoints(
            "real threads, stopped at checkpoints, run in round robin's order",
            Scenario::new([
                Job::new().run(ms(7)),
                Job::new().run(ms(1)).wait(ms(4)).run(ms(4)),
                Job::new().run(ms(2)).yield_now().run(ms(2)),
            ]),
        ),
        Check {
            name: "threads_by_signal",
            rule: "real threads that never stop by themselves take turns",
            part: Part::Threads,
            run: Box::new(|subject| {
                let given = Scenario::new([]).quantum(ms(2)).given;
                threads::take_turns_by_signal(subject(&given), &[(); 3].map(|()| Job::new()))
            }),
            step: None,
        },
    ]);
    checks
}

/// One check for each rule.
fn rules() -> Vec<Check<NewPolicy>> {
    let at = Time::from_millis;
    let job = Job::new;
    vec![
        EXERCISE.picks(
            "ready_thread_gets_the_cpu",
            "a thread that can run gets the CPU that is free",
            Scenario::new([job().run(ms(1))]),
            &[Some(1)],
        ),
        EXERCISE.picks(
            "picked_thread_is_removed",
            "a thread that was picked is no longer stored, so no other CPU gets it too",
            Scenario::new([job().run(ms(1))]),
            &[Some(1), None],
        ),
        EXERCISE.picks(
            "first_come_runs_first",
            "threads run in the order in which they became runnable",
            Scenario::new([1, 2, 3].map(|millis| job().run(ms(millis)))),
            &[Some(1), Some(2), Some(3)],
        ),
        EXERCISE.rule(
            "blocked_thread_is_not_stored",
            "a thread that blocked or finished is not stored until `ready` brings it back",
            Scenario::new([job().run(ms(1)).wait(ms(3)).run(ms(1)), job().run(ms(1))]),
        ),
        EXERCISE.gives(
            "every_pick_has_a_quantum",
            "a thread may run for one quantum at most",
            Scenario::new([job().run(ms(6)), job().run(ms(1))]),
            Some(ms(3)),
        ),
        EXERCISE.rule(
            "expired_thread_goes_to_the_tail",
            "a thread whose quantum expired goes to the tail, not the head",
            Scenario::new([6, 3, 2].map(|millis| job().run(ms(millis)))),
        ),
        EXERCISE.rule(
            "yielded_thread_goes_to_the_tail",
            "a thread that yields is stored again, at the tail",
            Scenario::new([
                job().run(ms(1)).yield_now().run(ms(1)),
                job().run(ms(2)),
                job().run(ms(2)),
            ]),
        ),
        EXERCISE.rule_stepped_as(
            "newcomer_preempts_nobody",
            "a thread that becomes runnable waits its turn: it preempts nobody",
            Scenario::new([job().run(ms(3)), Job::arriving(at(1)).run(ms(1))]),
            // As threads: main, who starts the newcomer, has a CPU beside.
            Scenario::new([job().run(ms(6)), Job::arriving(at(2)).run(ms(1))]).cpus(2),
        ),
        EXERCISE.rule(
            "woken_thread_goes_to_the_tail",
            "a woken thread goes to the tail, not the head",
            Scenario::new([
                job().run(ms(1)).wait(ms(4)).run(ms(1)),
                job().run(ms(6)),
                job().run(ms(6)),
            ]),
        ),
        EXERCISE.rule(
            "every_stay_begins_a_whole_quantum",
            "a thread gets a whole quantum every time, whatever it left of the last",
            Scenario::new([job().run(ms(2)).wait(ms(1)).run(ms(3)), job().run(ms(6))]),
        ),
    ]
}

/// The tables: jobs that are all there from the start.
fn tables() -> Vec<Table> {
    let table = |source, quantum, bursts: [u64; 3]| {
        let jobs = bursts.map(|burst| Job::new().run(ms(burst)));
        Table::new(source, Scenario::new(jobs).quantum(ms(quantum)))
    };
    vec![
        table(
            "Silberschatz, Galvin, Gagne: Operating System Concepts, section 5.3.3",
            4,
            [24, 3, 3],
        )
        .waiting([6, 4, 7])
        .response([0, 4, 7]),
        table(
            "Arpaci-Dusseau: Operating Systems, Three Easy Pieces, figure 7.7",
            1,
            [5, 5, 5],
        )
        .waiting([8, 9, 10])
        .response([0, 1, 2]),
        table(
            "Arpaci-Dusseau: scheduler.py -p RR -q 3 -l 3,6,9",
            3,
            [3, 6, 9],
        )
        .waiting([0, 6, 9])
        .response([0, 3, 6]),
    ]
}
