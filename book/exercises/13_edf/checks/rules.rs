//! One check for each rule. Each presumes only the rules that are checked before
//! it, so its scenario shows a breach of its own rule alone.

use super::{EXERCISE, arriving, due, every, scenario};
use exercises::check::Check;
use exercises::scenario::{NewPolicy, ms};

/// What real threads do not show: they are numbered in the order of their coming,
/// so of equals the one that came first is next in any case; and their work is done
/// once, whatever their period.
const UNSEEN: [&str; 6] = [
    "there_are_no_turns",
    "lower_number_first_among_equals",
    "equal_deadline_preempts_nobody",
    "later_deadline_waits",
    "next_release_has_its_own_deadline",
    "late_thread_goes_on_with_its_next_deadline",
];

/// The checks of all rules.
pub(super) fn checks() -> Vec<Check<NewPolicy>> {
    let mut checks = storing();
    checks.extend(choosing());
    checks.extend(preempting());
    checks.extend(renewing());
    for check in &mut checks {
        if UNSEEN.contains(&check.name) {
            check.step = None;
        }
    }
    checks
}

/// What does not depend on any deadline.
fn storing() -> Vec<Check<NewPolicy>> {
    vec![
        EXERCISE.picks(
            "ready_thread_gets_the_cpu",
            "a thread that can run gets the CPU that is free",
            scenario([due(0, 10, 1)]),
            &[Some(1)],
        ),
        EXERCISE.picks(
            "picked_thread_is_removed",
            "a thread that was picked is no longer stored, so no other CPU gets it too",
            scenario([due(0, 10, 1)]),
            &[Some(1), None],
        ),
        EXERCISE.gives(
            "there_are_no_turns",
            "a thread runs until it stops by itself, or another's deadline is earlier",
            scenario([due(0, 10, 6)]),
            None,
        ),
        EXERCISE.rule(
            "yielded_thread_is_stored",
            "a thread that yields is stored again",
            scenario([due(0, 10, 2).yield_now().run(ms(1))]),
        ),
        EXERCISE.rule(
            "blocked_thread_is_not_stored",
            "a thread that blocked or finished is not stored until `ready` brings it back",
            scenario([due(0, 10, 1).wait(ms(3)).run(ms(1))]),
        ),
    ]
}

/// Rules 1 and 3: who is next.
fn choosing() -> Vec<Check<NewPolicy>> {
    vec![
        EXERCISE.picks(
            "earliest_deadline_runs_first",
            "the thread whose deadline comes first runs first",
            scenario([due(0, 30, 1), due(0, 10, 3), due(0, 20, 2)]),
            &[Some(2), Some(3), Some(1)],
        ),
        EXERCISE.rule(
            "deadline_counts_not_the_period",
            "the deadline counts, not how often the work must be done",
            scenario([every(1, 20, 2, 1), due(0, 7, 4), {
                let mut often = every(1, 8, 2, 1);
                often.deadline = Some(ms(25));
                often
            }]),
        ),
        EXERCISE.rule(
            "deadline_is_an_instant",
            "a deadline is an instant: who came later, with less time, may have the later one",
            scenario([due(2, 26, 3), due(3, 24, 3), due(0, 24, 6), due(5, 24, 3)]),
        ),
        EXERCISE.rule(
            "lower_number_first_among_equals",
            "of threads with the same deadline the one with the lower number runs",
            // Both are due at 20 ms; thread 2 was stored before.
            scenario([due(2, 18, 2), due(1, 19, 2), due(0, 10, 4)]),
        ),
        EXERCISE.picks(
            "who_has_no_deadline_is_last",
            "a thread without a deadline runs when no thread with one can",
            scenario([arriving(0, 4), due(0, 10, 2)]),
            &[Some(2), Some(1)],
        ),
    ]
}

/// Rules 2 and 3: who takes the CPU.
fn preempting() -> Vec<Check<NewPolicy>> {
    vec![
        EXERCISE.preempts(
            "equal_deadline_preempts_nobody",
            "a thread with the same deadline waits: it preempts nobody",
            scenario([due(0, 10, 4), due(0, 10, 1)]),
            false,
        ),
        EXERCISE.rule(
            "later_deadline_waits",
            "a thread with a later deadline waits, and one without any",
            // If thread 2 were stopped, thread 1 would be next: it is due as soon.
            scenario([due(1, 9, 2), due(0, 10, 4), due(2, 18, 2), arriving(3, 2)]),
        ),
        EXERCISE.rule(
            "earlier_deadline_takes_the_cpu",
            "a thread with an earlier deadline takes the CPU as soon as it is runnable",
            scenario([due(0, 20, 6), due(2, 8, 3)]),
        ),
        EXERCISE.rule(
            "any_deadline_is_earlier_than_none",
            "a thread with a deadline takes the CPU from one without",
            scenario([arriving(0, 6), due(2, 8, 3)]),
        ),
    ]
}

/// Rule 4: the next release of a periodic thread.
fn renewing() -> Vec<Check<NewPolicy>> {
    vec![
        EXERCISE.rule(
            "next_release_has_its_own_deadline",
            "a periodic thread that is released again has the deadline of that release",
            scenario([every(0, 4, 1, 3), due(0, 6, 4)]),
        ),
        EXERCISE.rule(
            "late_thread_goes_on_with_its_next_deadline",
            "a thread that was late, and goes on at once, has the deadline of its next release",
            scenario([every(0, 4, 5, 2), due(0, 7, 2)]),
        ),
    ]
}
