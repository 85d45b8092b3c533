//! The checks of the happens-before checker: rule by rule, known programs, random traces.
//!
//! Each of the first group isolates one rule, and presumes only the rules that are
//! checked before it. So the first that fails names the mistake. What is expected of a
//! random trace is computed from the definition: a path from step to step.

mod definition;

use exercises::check::{Check, Complaint, Part, caught};
use exercises::search;
use exercises::trace::Does::{Acquire, Join, Load, Release, Spawn, Store};
use exercises::trace::{Does, Step, drawn, random, smaller, trace};
use std::collections::BTreeSet;

/// What the learner writes.
pub(crate) type Checker = fn(&[Step]) -> Races;

/// Pairs of places in a trace.
type Races = BTreeSet<(usize, usize)>;

/// All checks, in the order in which they build on each other.
pub(crate) fn checks() -> Vec<Check<Checker>> {
    let mut checks = conflicts();
    checks.extend(births());
    checks.extend(objects());
    checks.extend(known_programs());
    checks.push(Check {
        name: "any_trace",
        rule: "of any trace those pairs are told between which no path of rules leads",
        part: Part::Random,
        run: Box::new(|checker| {
            let traces = (0..600).map(|seed| random(seed, 4 + seed / 30));
            search::all(traces, |it| smaller(it), |it| check(it, *checker))
        }),
        step: None,
    });
    checks
}

/// Which accesses conflict. Threads 1 and 2 know nothing of each other.
fn conflicts() -> Vec<Check<Checker>> {
    vec![
        rule(
            "unordered_stores_race",
            "two threads store into one variable, and nothing orders that: a race",
            &[&apart(&[(1, Store(0)), (2, Store(0))])],
        ),
        rule(
            "own_steps_are_in_order",
            "a thread does not race with itself",
            &[&apart(&[(1, Store(0)), (1, Load(0)), (1, Store(0))])],
        ),
        rule(
            "other_variables_do_not_conflict",
            "accesses of two variables do not race",
            &[&apart(&[(1, Store(0)), (2, Store(1))])],
        ),
        rule(
            "loads_do_not_conflict",
            "two loads do not race",
            &[&apart(&[(1, Load(0)), (2, Load(0))])],
        ),
        rule(
            "load_and_store_race",
            "a load and a store race, whichever comes first: an access orders nothing",
            &[
                &apart(&[(1, Store(0)), (2, Load(0))]),
                &apart(&[(1, Load(0)), (2, Store(0))]),
            ],
        ),
        rule(
            "every_pair_is_told",
            "each pair that races is told, not the nearest alone",
            &[
                &apart(&[(1, Store(0)), (1, Store(0)), (2, Load(0))]),
                &apart(&[(1, Store(0)), (2, Store(0)), (1, Load(0))]),
            ],
        ),
    ]
}

/// What spawn and join order.
fn births() -> Vec<Check<Checker>> {
    vec![
        rule(
            "spawn_comes_before_the_thread",
            "what was done before a spawn comes before all that the new thread does",
            &[&[(0, Store(0)), (0, Spawn(1)), (1, Load(0))]],
        ),
        rule(
            "spawn_does_not_cover_what_follows",
            "what its spawner does after the spawn, the new thread does not know",
            &[&[(0, Spawn(1)), (0, Store(0)), (1, Load(0))]],
        ),
        rule(
            "thread_comes_before_its_join",
            "all that a thread does comes before what follows its join",
            &[&[(0, Spawn(1)), (1, Store(0)), (0, Join(1)), (0, Load(0))]],
        ),
    ]
}

/// What releases and acquires order.
fn objects() -> Vec<Check<Checker>> {
    vec![
        rule(
            "release_comes_before_acquire",
            "what comes before a release comes before what follows an acquire of that object",
            &[&apart(&[
                (1, Store(0)),
                (1, Release(0)),
                (2, Acquire(0)),
                (2, Load(0)),
            ])],
        ),
        rule(
            "release_does_not_cover_what_follows",
            "what a thread does after its release, who acquires does not know",
            &[&apart(&[
                (1, Release(0)),
                (1, Store(0)),
                (2, Acquire(0)),
                (2, Load(0)),
            ])],
        ),
        rule(
            "acquire_does_not_look_ahead",
            "an acquire learns nothing of a release that comes later",
            &[&apart(&[
                (2, Acquire(0)),
                (1, Store(0)),
                (1, Release(0)),
                (2, Load(0)),
            ])],
        ),
        rule(
            "acquire_tells_nothing",
            "an acquire leaves nothing with the object: only a release does",
            &[&apart(&[
                (1, Store(0)),
                (1, Acquire(0)),
                (2, Acquire(0)),
                (2, Load(0)),
            ])],
        ),
        rule(
            "objects_are_apart",
            "an acquire learns nothing of what was left with another object",
            &[&apart(&[
                (1, Store(0)),
                (1, Release(0)),
                (2, Acquire(1)),
                (2, Load(0)),
            ])],
        ),
        rule(
            "order_is_handed_on",
            "what a thread has learnt it hands on: also what a third one did",
            &[&apart(&[
                (1, Store(0)),
                (1, Release(0)),
                (2, Acquire(0)),
                (2, Release(1)),
                (3, Acquire(1)),
                (3, Load(0)),
            ])],
        ),
        rule(
            "every_release_counts",
            "an acquire learns of every earlier release of its object, not the last alone",
            &[&apart(&[
                (1, Store(0)),
                (1, Release(0)),
                (2, Release(0)),
                (3, Acquire(0)),
                (3, Load(0)),
            ])],
        ),
    ]
}

/// Traces of programs of this book, with what is known of them.
fn known_programs() -> Vec<Check<Checker>> {
    let locked = |thread| {
        [Acquire(0), Load(0), Store(0), Release(0)]
            .map(|does| (thread, does))
            .to_vec()
    };
    let joined = vec![(0, Join(1)), (0, Join(2)), (0, Load(0))];
    let lost_update = [(1, Load(0)), (2, Load(0)), (1, Store(0)), (2, Store(0))];
    // Who looks first does so without the lock: at x0, which says that x1 is there.
    let check_first = [
        (1, Load(0)),
        (1, Acquire(0)),
        (1, Load(0)),
        (1, Store(1)),
        (1, Store(0)),
        (1, Release(0)),
        (2, Load(0)),
        (2, Load(1)),
    ];
    vec![
        known(
            "lost_update",
            "lesson 22: both adders race, and main, who joins them, does not",
            &apart(&[&lost_update[..], &joined].concat()),
            &[(2, 5), (3, 4), (4, 5)],
        ),
        known(
            "lost_update_repaired",
            "lesson 22 with its lock: nothing races",
            &apart(&[locked(1), locked(2), joined].concat()),
            &[],
        ),
        known(
            "double_checked",
            "lesson 28: who looks without the lock races with who stores under it",
            &apart(&check_first),
            &[(5, 9), (6, 8)],
        ),
    ]
}

/// These steps, after thread 0 has spawned their threads.
fn apart(steps: &[(usize, Does)]) -> Vec<(usize, Does)> {
    let last = steps.iter().map(|(thread, _)| *thread).max().unwrap_or(0);
    let spawns = (1..=last).map(|thread| (0, Spawn(thread)));
    spawns.chain(steps.iter().copied()).collect()
}

/// A check of a few traces against the definition.
fn rule(name: &'static str, rule: &'static str, traces: &[&[(usize, Does)]]) -> Check<Checker> {
    let traces: Vec<Vec<Step>> = traces.iter().map(|steps| trace(steps)).collect();
    Check {
        name,
        rule,
        part: Part::Rules,
        run: Box::new(move |checker| traces.iter().try_for_each(|trace| check(trace, *checker))),
        step: None,
    }
}

/// A check of one trace whose races are known.
fn known(
    name: &'static str,
    rule: &'static str,
    steps: &[(usize, Does)],
    races: &[(usize, usize)],
) -> Check<Checker> {
    let trace = trace(steps);
    let races = races.iter().copied().collect();
    Check {
        name,
        rule,
        part: Part::Textbook,
        run: Box::new(move |checker| compare(&trace, &races, *checker)),
        step: None,
    }
}

/// Whether the checker finds what the definition says.
fn check(trace: &[Step], checker: Checker) -> Result<(), Complaint> {
    compare(trace, &definition::races(trace), checker)
}

/// Whether the checker finds these races.
fn compare(trace: &[Step], expected: &Races, checker: Checker) -> Result<(), Complaint> {
    let found = caught(|| checker(trace));
    if found.as_ref() == Ok(expected) {
        return Ok(());
    }
    Err(Complaint {
        tried: format!("a trace of {} steps", trace.len()),
        expected: told(trace, expected),
        happened: match found {
            Ok(found) => difference(trace, expected, &found),
            Err(panic) => format!("your code panicked: {panic}"),
        },
        beside: drawn(trace),
        ..Complaint::default()
    })
}

/// Races in words, a line each.
fn told(trace: &[Step], races: &Races) -> String {
    if races.is_empty() {
        return "no race".to_owned();
    }
    let lines = races.iter().map(|pair| named(trace, *pair));
    lines.collect::<Vec<_>>().join("\n")
}

/// A pair of places, with what is done there.
fn named(trace: &[Step], (first, second): (usize, usize)) -> String {
    let step = |at: usize| match trace.get(at) {
        Some(step) => format!("{at} (thread {}: {})", step.thread, step.does),
        None => format!("{at} (there is no such step)"),
    };
    format!("steps {} and {} race", step(first), step(second))
}

/// What is missing in `found`, or else the first that is too much, and why.
fn difference(trace: &[Step], expected: &Races, found: &Races) -> String {
    let missing = expected.difference(found).map(|pair| named(trace, *pair));
    let missing: Vec<String> = missing.collect();
    if !missing.is_empty() {
        return format!("not told: {}", missing.join(", "));
    }
    let Some(&(first, second)) = found.difference(expected).next() else {
        return "the same".to_owned();
    };
    format!(
        "told: {}; {}",
        named(trace, (first, second)),
        definition::why_not(trace, first, second)
    )
}
