//! Small programs whose numbers of interleavings, outcomes and inequivalent traces
//! are known from elsewhere: `tests/data/explorer_anchors.json` says how each is
//! counted.

use scheduler::sync::Mutex;
use scheduler::sync::atomic::{AtomicU32, Ordering};
use scheduler::{Explore, Found, Shared, outcome, spawn};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The file.
#[derive(Deserialize)]
struct Anchors {
    /// The programs.
    cases: Vec<Case>,
}

/// One program.
#[derive(Deserialize)]
struct Case {
    /// Its name.
    id: String,
    /// What each thread does, in order: an operation, and its variable or lock.
    threads: Vec<Vec<(String, String)>>,
    /// What is known of it.
    expect: Expected,
}

/// What is known of a program.
#[derive(Deserialize)]
struct Expected {
    /// How many interleavings it has.
    schedules: u128,
    /// How many of them have this value, or `deadlock` or `ok`, at their end.
    outcomes: BTreeMap<String, u128>,
    /// How many of them are not equivalent; nobody has counted those of the largest.
    mazurkiewicz_traces: Option<u64>,
}

/// The programs.
fn cases() -> Vec<Case> {
    let text = include_str!("../data/explorer_anchors.json");
    serde_json::from_str::<Anchors>(text)
        .expect("the file of anchors is as its schema says")
        .cases
}

/// A program of more kinds is searched to its end in release alone: a debug build takes
/// minutes for the largest one.
const MOST_IN_DEBUG: u64 = 10_000;
/// So many executions of it are tried in debug.
const BOUND: u64 = 300;

/// Searches `case`, with so many executions at most.
fn search(case: &Case, most: u64) -> Found {
    let threads = Arc::new(case.threads.clone());
    Explore::new().executions_limit(most).run(move || {
        let variable = Arc::new(Shared::new("c", 0));
        let counter = Arc::new(AtomicU32::new(0));
        let counts = threads.iter().flatten().any(|(what, _)| what == "F");
        let locks: BTreeMap<String, Arc<Mutex<()>>> = threads
            .iter()
            .flatten()
            .filter(|(what, _)| what == "A")
            .map(|(_, name)| (name.clone(), Arc::new(Mutex::new(()))))
            .collect();
        let locks = Arc::new(locks);
        let handles: Vec<_> = (0..threads.len())
            .map(|index| {
                let (threads, locks) = (Arc::clone(&threads), Arc::clone(&locks));
                let (variable, counter) = (Arc::clone(&variable), Arc::clone(&counter));
                spawn(move || {
                    let mut register = 0;
                    let mut held = BTreeMap::new();
                    for (what, name) in &threads[index] {
                        match what.as_str() {
                            "L" => register = variable.load(),
                            "S" => variable.store(register + 1),
                            "F" => drop(counter.fetch_add(1, Ordering::SeqCst)),
                            "A" => drop(held.insert(name, locks[name].lock())),
                            "R" => drop(held.remove(name)),
                            _ => panic!("an operation that nobody knows: {what}"),
                        }
                    }
                })
            })
            .collect();
        for handle in handles {
            handle.join().expect("no thread of an anchor panics");
        }
        if counts {
            outcome(counter.load(Ordering::SeqCst));
        } else if locks.is_empty() {
            outcome(variable.load());
        } else {
            outcome("ok");
        }
    })
}

/// What is known of `case`, except for kinds.
fn holds(case: &Case, found: &Found) {
    assert!(found.exhausted(), "{}: {:?}", case.id, found.stopped());
    assert_eq!(found.of(), Some(case.expect.schedules), "{}", case.id);
    let counted: BTreeMap<String, u128> = found
        .outcomes()
        .iter()
        .map(|it| {
            (
                it.text.clone(),
                it.interleavings
                    .expect("every anchor tells its interleavings"),
            )
        })
        .collect();
    assert_eq!(counted, case.expect.outcomes, "{}", case.id);
}

#[test]
fn each_kind_is_run_once_and_all_interleavings_are_counted() {
    let cases = cases();
    assert_eq!(cases.len(), 12);
    for case in cases {
        let began = std::time::Instant::now();
        let traces = case.expect.mazurkiewicz_traces;
        let is_bounded =
            cfg!(debug_assertions) && traces.is_some_and(|traces| traces > MOST_IN_DEBUG);
        let found = search(&case, if is_bounded { BOUND } else { u64::MAX });
        println!(
            "{:<34} {:>6} {:?}",
            case.id,
            found.explored(),
            began.elapsed()
        );
        assert_eq!(found.redundant(), 0, "{}", case.id);
        if is_bounded {
            assert_eq!(found.explored(), BOUND, "{}", case.id);
            println!("{:<34} bounded: its whole is searched in release", "");
            continue;
        }
        if let Some(traces) = case.expect.mazurkiewicz_traces {
            assert_eq!(found.explored(), traces, "{}", case.id);
        }
        holds(&case, &found);
    }
}
