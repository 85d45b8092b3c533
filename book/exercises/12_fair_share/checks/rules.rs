//! One check for each rule. Each presumes only the rules that are checked before
//! it, so its scenario shows a breach of its own rule alone.
//!
//! With a quantum of 3 ms the latency is 24. Where rule 5 is not yet checked
//! nobody comes who is more than a quantum behind.

use super::{EXERCISE, arriving, job, scenario};
use exercises::check::{Check, Run};
use exercises::scenario::{NewPolicy, Scenario, ms};
use std::time::Duration;

/// The checks of all rules.
pub(super) fn checks() -> Vec<Check<NewPolicy>> {
    let mut checks = storing();
    checks.extend(sharing());
    checks.extend(going_on());
    checks.extend(waiting());
    checks.extend(starting());
    checks.extend(preempting());
    checks
}

/// How threads show it, where the check itself asks a question.
fn stepped_as(scenario: Scenario) -> Option<Run<NewPolicy>> {
    EXERCISE.rule("", "", scenario).step
}

/// What does not depend on any clock.
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
        EXERCISE.rule(
            "expired_thread_is_stored",
            "a thread whose time is up, or that yields, is stored again",
            scenario([job(0, 30).yield_now().run(ms(1))]),
        ),
        EXERCISE.rule_stepped_as(
            "blocked_thread_is_not_stored",
            "a thread that blocked or finished is not stored until `ready` brings it back",
            scenario([job(0, 1).wait(ms(3)).run(ms(1))]),
            scenario([job(0, 1).wait(ms(30)).run(ms(1)), job(0, 30)]),
        ),
    ]
}

/// Rule 3: how long a turn is.
fn sharing() -> Vec<Check<NewPolicy>> {
    vec![
        Check {
            step: stepped_as(scenario([job(0, 40), arriving(0, 2, 30)])),
            ..EXERCISE.gives(
                "one_alone_has_the_whole_latency",
                "a thread that is alone may run for the whole latency, eight quanta, at a time",
                scenario([job(0, 60)]),
                Some(ms(24)),
            )
        },
        EXERCISE.gives(
            "equals_share_the_latency",
            "two equal threads, one picked and one waiting, have half of the latency each",
            scenario([job(0, 60), job(0, 60)]),
            Some(ms(12)),
        ),
        Check {
            step: stepped_as(scenario([(); 16].map(|()| job(0, 15)))),
            ..EXERCISE.gives(
                "no_turn_is_shorter_than_a_quantum",
                "however many can run, no turn is shorter than one quantum",
                scenario([(); 10].map(|()| job(0, 6))),
                Some(ms(3)),
            )
        },
    ]
}

/// Rules 1 and 2: jobs that are all there from the start.
fn going_on() -> Vec<Check<NewPolicy>> {
    vec![
        EXERCISE.rule(
            "clock_furthest_behind_runs_first",
            "whose clock is furthest behind runs: equals take turns",
            scenario([job(0, 30), job(0, 30)]),
        ),
        EXERCISE.gives(
            "heavier_thread_has_the_longer_turn",
            "a turn is as much of the latency as the thread's weight is of all weights",
            scenario([job(-5, 60), job(0, 60)]),
            Some(Duration::from_nanos(24_000_000 * 3121 / (3121 + 1024))),
        ),
        EXERCISE.rule(
            "heavier_clock_goes_slower",
            "the clock of a heavier thread goes on more slowly, so its turn is sooner",
            scenario([
                job(-5, 6).yield_now().run(ms(20)),
                job(0, 4).yield_now().run(ms(10)),
            ]),
        ),
        EXERCISE.rule(
            "clock_goes_on_by_what_it_ran",
            "the clock goes on by what the thread ran, not by what it might have run",
            scenario([
                job(0, 5).yield_now().run(ms(8)),
                job(0, 2).yield_now().run(ms(8)),
            ]),
        ),
        EXERCISE.rule(
            "lower_number_first_among_equals",
            "of threads whose clocks show the same the one with the lower number runs",
            // At 8 ms both clocks show 4 ms; thread 2 was stored before.
            scenario([
                job(0, 2).yield_now().run(ms(2)).yield_now().run(ms(5)),
                job(0, 4).yield_now().run(ms(5)),
            ]),
        ),
        EXERCISE.rule(
            "blocked_thread_takes_no_share",
            "a thread that is blocked takes no part of the latency from the others",
            scenario([job(0, 1).wait(ms(99)).run(ms(1)), job(0, 30), job(0, 30)]),
        ),
    ]
}

/// Rule 5: who does not take the CPU.
fn waiting() -> Vec<Check<NewPolicy>> {
    vec![
        EXERCISE.preempts(
            "equal_clock_preempts_nobody",
            "a thread whose clock shows the same waits its turn: it preempts nobody",
            // Asked of a newcomer at 0; as threads thread 2 is 2 ms behind.
            scenario([job(0, 20), arriving(0, 2, 4)]),
            false,
        ),
        EXERCISE.rule(
            "thread_a_quantum_behind_waits",
            "a thread that is one quantum behind, or less, waits its turn",
            scenario([job(0, 20), arriving(0, 3, 4)]),
        ),
    ]
}

/// Rule 4: what the clock of a thread shows that becomes runnable.
fn starting() -> Vec<Check<NewPolicy>> {
    vec![
        EXERCISE.rule(
            "newcomer_has_no_claim_to_the_past",
            "a new thread starts where the last picked one was, not at 0",
            scenario([job(0, 10).yield_now().run(ms(60)), arriving(0, 12, 36)]),
        ),
        EXERCISE.rule(
            "sleeper_hoards_no_credit",
            "a woken thread starts where the last picked one was, if it is behind it",
            scenario([job(0, 72), job(0, 1).wait(ms(2)).run(ms(40))]),
        ),
        EXERCISE.rule(
            "woken_thread_keeps_its_own_clock",
            "a woken thread that was ahead of the others is still as far",
            scenario([job(0, 5).wait(ms(1)).run(ms(36)), job(0, 60)]),
        ),
    ]
}

/// Rule 5: who does.
fn preempting() -> Vec<Check<NewPolicy>> {
    vec![EXERCISE.rule(
        "thread_far_behind_takes_the_cpu",
        "a thread more than a quantum behind takes the CPU: the clock of who runs goes on",
        scenario([job(0, 20), arriving(0, 10, 4)]),
    )]
}
