//! Small programs whose numbers of interleavings, outcomes and inequivalent traces
//! are known from elsewhere, for tests and benches: `tests/data/explorer_anchors.json`
//! says how each is counted.

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
pub(crate) struct Case {
    /// Its name.
    pub(crate) id: String,
    /// What each thread does, in order: an operation, and its variable or lock.
    threads: Vec<Vec<(String, String)>>,
    /// What is known of it.
    pub(crate) expect: Expected,
}

/// What is known of a program.
#[derive(Deserialize)]
pub(crate) struct Expected {
    /// How many interleavings it has.
    schedules: u128,
    /// How many of them have this value, or `deadlock` or `ok`, at their end.
    outcomes: BTreeMap<String, u128>,
    /// How many of them are not equivalent; nobody has counted those of the largest.
    pub(crate) mazurkiewicz_traces: Option<u64>,
}

/// The programs.
pub(crate) fn cases() -> Vec<Case> {
    let text = include_str!("../data/explorer_anchors.json");
    serde_json::from_str::<Anchors>(text)
        .expect("the file of anchors is as its schema says")
        .cases
}

/// Searches `case`, with so many executions at most.
pub(crate) fn search(case: &Case, most: u64) -> Found {
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

/// What is wrong with `found`, of `case`; its kinds are not looked at.
pub(crate) fn mistake(case: &Case, found: &Found) -> Option<String> {
    if !found.exhausted() {
        return Some(format!("{}: {:?}", case.id, found.stopped()));
    }
    let known = Some(case.expect.schedules);
    if found.of() != known {
        return Some(format!("{}: {:?} of {known:?}", case.id, found.of()));
    }
    let outcomes = found.outcomes().iter();
    let counted: BTreeMap<String, u128> = outcomes
        .filter_map(|it| Some((it.text.clone(), it.interleavings?)))
        .collect();
    let known = &case.expect.outcomes;
    (counted != *known).then(|| format!("{}: {counted:?}, not {known:?}", case.id))
}
