//! One check for each rule. Each presumes only the rules that are checked before
//! it, so its scenario shows a breach of its own rule alone.

use super::{EXERCISE, arriving, job, scenario, talkative};
use exercises::check::Check;
use exercises::scenario::{NewPolicy, ms};

/// The checks of all rules.
pub(super) fn checks() -> Vec<Check<NewPolicy>> {
    let mut checks = storing();
    checks.extend(sinking());
    checks.extend(preempting());
    checks.extend(remembering());
    checks.extend(boosting());
    checks
}

/// Rules 2 and 3: who is stored where.
fn storing() -> Vec<Check<NewPolicy>> {
    vec![
        EXERCISE.picks(
            "ready_thread_gets_the_cpu",
            "a thread that can run gets the CPU that is free",
            scenario([job(1)]),
            &[Some(1)],
        ),
        EXERCISE.picks(
            "picked_thread_is_removed",
            "a thread that was picked is no longer stored, so no other CPU gets it too",
            scenario([job(1)]),
            &[Some(1), None],
        ),
        EXERCISE.picks(
            "equals_run_in_the_order_of_their_coming",
            "threads of one level run in the order in which they became runnable",
            scenario([job(1), job(2), job(3)]),
            &[Some(1), Some(2), Some(3)],
        ),
        EXERCISE.gives(
            "new_thread_enters_at_the_top",
            "a new thread enters at level 0, with its quantum",
            scenario([job(6), job(1)]),
            Some(ms(2)),
        ),
        EXERCISE.rule(
            "blocked_thread_is_not_stored",
            "a thread that blocked or finished is not stored until `ready` brings it back",
            scenario([job(1).wait(ms(3)).run(ms(1)), job(1)]),
        ),
        EXERCISE.rule(
            "expired_thread_goes_to_the_tail",
            "a thread whose quantum expired goes to the tail of its level",
            scenario([job(4), job(2), job(2)]),
        ),
        EXERCISE.rule(
            "yielded_thread_goes_to_the_tail",
            "a thread that yields is stored again, at the tail of its level",
            scenario([job(1).yield_now().run(ms(1)), job(1), job(1)]),
        ),
    ]
}

/// Rules 2 and 4: who sinks, and what it gets there.
fn sinking() -> Vec<Check<NewPolicy>> {
    vec![
        EXERCISE.rule(
            "allotment_is_two_quanta",
            "a thread sinks after two quanta at a level, not after one",
            scenario([job(4), job(4), arriving(3, 2)]),
        ),
        EXERCISE.rule(
            "used_up_allotment_sinks",
            "a thread that used up its allotment sinks: others run before it",
            scenario([job(6), job(4), arriving(7, 2)]),
        ),
        EXERCISE.rule(
            "lower_levels_have_longer_quanta",
            "a level lower, a quantum is twice as long",
            scenario([job(8), job(8)]),
        ),
        EXERCISE.rule(
            "lowest_level_is_the_last",
            "whoever used up its allotment at the lowest level stays there",
            scenario([job(40), job(40)]),
        ),
    ]
}

/// Rules 1 and 6: who loses the CPU, and where it goes.
fn preempting() -> Vec<Check<NewPolicy>> {
    vec![
        EXERCISE.preempts(
            "equal_level_preempts_nobody",
            "a thread of the same level waits its turn: it preempts nobody",
            scenario([job(4), job(1)]),
            false,
        ),
        EXERCISE.rule(
            "higher_level_takes_the_cpu",
            "a thread of a higher level takes the CPU as soon as it is runnable",
            scenario([job(10), arriving(5, 2)]),
        ),
        EXERCISE.rule(
            "preempted_thread_stays_at_the_head",
            "a preempted thread stays at the head of its level",
            scenario([job(7), job(8), arriving(9, 1)]),
        ),
    ]
}

/// Rules 4 and 6: what blocking does not change.
fn remembering() -> Vec<Check<NewPolicy>> {
    vec![
        EXERCISE.rule(
            "rest_of_a_quantum_is_kept",
            "a thread that blocks has the rest of its quantum the next time, not a whole one",
            scenario([job(1).wait(ms(2)).run(ms(3)), job(8), arriving(4, 2)]),
        ),
        EXERCISE.rule(
            "woken_thread_keeps_its_level",
            "a woken thread is at the level at which it blocked",
            scenario([job(5).wait(ms(1)).run(ms(4)), job(12)]),
        ),
        EXERCISE.rule(
            "blocking_does_not_renew_the_allotment",
            "a thread sinks when its allotment is used up, however often it blocked",
            scenario([talkative(1, 1, 8), job(30)]),
        ),
    ]
}

/// Rule 5.
fn boosting() -> Vec<Check<NewPolicy>> {
    vec![
        EXERCISE.rule(
            "everybody_is_boosted",
            "at every multiple of `boost_every`, all that can run rise to level 0",
            scenario([job(30), job(30)]).period(ms(18)),
        ),
        EXERCISE.rule(
            "lowest_level_is_boosted_first",
            "behind level 0 come those of level 2, then those of level 1",
            scenario([job(20), arriving(13, 8)]).period(ms(18)),
        ),
        EXERCISE.rule(
            "boost_renews_the_allotment",
            "a boosted thread has a whole quantum and allotment, also if it was at level 0",
            scenario([job(8), job(8)]).period(ms(5)),
        ),
        EXERCISE.rule(
            "blocked_thread_is_boosted",
            "a thread that is blocked at a boost is at level 0 when it is back",
            scenario([job(5).wait(ms(10)).run(ms(4)), job(25)]).period(ms(10)),
        ),
    ]
}
