//! One small scenario for each rule, each presuming the rules before it.

use super::{EXERCISE, job, on_cpu, scenario, unbalanced};
use exercises::check::Check;
use exercises::scenario::{NewPolicy, ms};
use scheduler::simulation::Job;
use scheduler::time::Time;

/// What one CPU needs.
pub(super) fn taking_turns() -> Vec<Check<NewPolicy>> {
    vec![
        EXERCISE.picks(
            "ready_thread_gets_the_cpu",
            "a thread that can run gets the CPU that is free",
            unbalanced([job(1)]).cpus(1),
            &[Some(1)],
        ),
        EXERCISE.picks(
            "picked_thread_is_removed",
            "a thread that was picked is in no queue, so no other CPU gets it too",
            unbalanced([job(1)]),
            &[Some(1), None],
        ),
        EXERCISE.gives(
            "every_pick_has_a_quantum",
            "a thread may run for one quantum at most",
            unbalanced([job(6)]).cpus(1),
            Some(ms(3)),
        ),
        EXERCISE.rule(
            "expired_thread_is_stored",
            "a thread whose quantum expired, or that yields, is stored again",
            unbalanced([job(6).yield_now().run(ms(1))]).cpus(1),
        ),
        EXERCISE.rule(
            "blocked_thread_is_not_stored",
            "a thread that blocked or finished is not stored until `ready` brings it back",
            unbalanced([job(1).wait(ms(3)).run(ms(1))]).cpus(1),
        ),
        EXERCISE.rule(
            "stopped_thread_goes_to_the_tail",
            "in its queue a thread that stopped stands behind those that wait",
            unbalanced([job(6), job(6)]).cpus(1),
        ),
    ]
}

/// Rules 1 and 2: whose queue.
pub(super) fn placing() -> Vec<Check<NewPolicy>> {
    let late = |at, millis| Job::arriving(Time::from_millis(at)).run(ms(millis));
    vec![
        EXERCISE.rule(
            "newcomer_goes_to_the_shortest_queue",
            "a new thread is placed in the shortest queue; of equals in that of the lowest CPU",
            unbalanced([job(6), job(6), job(6), job(6)]),
        ),
        EXERCISE.rule(
            "who_runs_is_counted",
            "who runs on a CPU counts when its queue is measured",
            // At 1 ms CPU 1 idles, and two come at once.
            unbalanced([job(3), late(1, 3), late(1, 3)]),
        ),
        EXERCISE.rule(
            "stopped_thread_stays_where_it_ran",
            "a thread that stopped goes to the queue of the CPU that it ran on",
            // At 6 ms CPU 0 has one left of its three, and CPU 1 all of its three.
            unbalanced([16, 6, 1, 6, 1, 6].map(job)),
        ),
        EXERCISE.rule(
            "woken_thread_returns_to_its_cpu",
            "a woken thread goes to the queue of the CPU that it ran on last",
            // At 6 ms each CPU runs one, and nobody waits.
            unbalanced([job(12), job(1).wait(ms(5)).run(ms(3)), job(1), job(9)]),
        ),
    ]
}

/// Rule 3: when a queue is empty.
pub(super) fn stealing() -> Vec<Check<NewPolicy>> {
    vec![
        EXERCISE.rule(
            "idle_cpu_steals",
            "a CPU whose queue is empty takes a thread from another queue",
            unbalanced([job(1), job(6), job(1), job(4)]),
        ),
        EXERCISE.rule(
            "thief_takes_the_head",
            "of the queue that it steals from, a CPU takes the thread that waits longest",
            unbalanced([1, 6, 1, 3, 1, 3].map(job)),
        ),
        EXERCISE.rule(
            "stolen_thread_is_at_home_with_the_thief",
            "a stolen thread stays with the thief: it is now the CPU that it ran on last",
            unbalanced([1, 9, 1, 9, 1, 9].map(job)),
        ),
        EXERCISE.rule(
            "thief_goes_to_the_longest_queue",
            "a CPU steals from the longest queue",
            // At 3 ms CPU 0 is done with its three, and CPU 1 has two left of three.
            unbalanced([1, 1, 6, 1, 6, 6, 1, 6, 6].map(job)).cpus(3),
        ),
        EXERCISE.rule(
            "of_equal_queues_the_highest_is_stolen_from",
            "of equally long queues a CPU steals from that of the highest CPU",
            unbalanced([1, 6, 6, 1, 6, 6].map(job)).cpus(3),
        ),
    ]
}

/// Rule 4: when queues are unequally long.
pub(super) fn balancing() -> Vec<Check<NewPolicy>> {
    let three = || scenario([job(24), job(24), job(24)]);
    vec![
        EXERCISE.rule(
            "stopped_thread_moves_to_a_shorter_queue",
            "after an interval, a thread that stops and can go on moves to a shorter queue",
            // At 6 ms CPU 0 has three, and CPU 1 has one: then both have two.
            scenario([6, 8, 9, 1, 6].map(job)).period(ms(6)),
        ),
        EXERCISE.rule(
            "one_move_an_interval",
            "after a thread was moved, none is moved before the next interval",
            three().period(ms(12)),
        ),
        EXERCISE.rule(
            "intervals_keep_their_beat",
            "intervals end at their multiples, however late the last move was",
            three().period(ms(7)),
        ),
    ]
}

/// Rule 5: threads that may run on one CPU only.
pub(super) fn pinned() -> Vec<Check<NewPolicy>> {
    vec![
        EXERCISE.rule(
            "pinned_thread_is_placed_on_its_cpu",
            "a thread that may run on one CPU only is in the queue of that one",
            unbalanced([on_cpu(1, 3), job(3)]),
        ),
        EXERCISE.rule(
            "pinned_thread_is_not_stolen",
            "no CPU steals a thread that may not run on it",
            unbalanced([job(1), on_cpu(1, 6), on_cpu(1, 3)]),
        ),
        EXERCISE.rule(
            "thief_looks_behind_the_pinned",
            "a CPU steals the first thread that may run on it, whoever stands before it",
            unbalanced([job(1), on_cpu(1, 6), on_cpu(1, 3), job(1), job(1), job(6)]),
        ),
        EXERCISE.rule(
            "pinned_thread_is_not_moved",
            "balancing leaves a thread alone that may run on one CPU only",
            scenario([on_cpu(0, 12), on_cpu(0, 12), job(12)]).period(ms(6)),
        ),
    ]
}
