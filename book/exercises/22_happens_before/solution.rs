//! A happens-before checker: the races of a trace, by vector clocks.
//!
//! A clock says how many steps of each thread are known to come before. What a thread
//! knows is handed on where something orders: spawn, join, release and acquire.

use exercises::trace::{Does, Step};
use std::collections::{BTreeMap, BTreeSet};

/// How many steps of each thread come before.
#[derive(Clone, Debug, Default)]
struct Clock(BTreeMap<usize, usize>);

impl Clock {
    /// Learns all that `other` knows.
    fn join(&mut self, other: &Clock) {
        for (&thread, &steps) in &other.0 {
            let mine = self.0.entry(thread).or_default();
            *mine = steps.max(*mine);
        }
    }

    /// How many steps of `thread` it knows.
    fn of(&self, thread: usize) -> usize {
        self.0.get(&thread).copied().unwrap_or(0)
    }
}

/// One access of a variable.
struct Access {
    /// Its place in the trace.
    at: usize,
    /// Whose it is.
    thread: usize,
    /// Its thread's so manyth step.
    step: usize,
    /// Whether it is a store.
    stores: bool,
}

/// Every pair of places in `trace` whose accesses race, the earlier first.
pub(crate) fn races(trace: &[Step]) -> BTreeSet<(usize, usize)> {
    let mut threads: BTreeMap<usize, Clock> = BTreeMap::new();
    let mut objects: BTreeMap<usize, Clock> = BTreeMap::new();
    let mut variables: BTreeMap<usize, Vec<Access>> = BTreeMap::new();
    let mut races = BTreeSet::new();
    for (at, &Step { thread, does }) in trace.iter().enumerate() {
        let mut clock = threads.remove(&thread).unwrap_or_default();
        *clock.0.entry(thread).or_default() += 1; // rule 1: a step of its own
        let step = clock.of(thread);
        match does {
            Does::Spawn(child) => threads.entry(child).or_default().join(&clock), // rule 2
            Does::Join(child) => {
                if let Some(known) = threads.get(&child) {
                    clock.join(known); // rule 3
                }
            }
            Does::Release(object) => objects.entry(object).or_default().join(&clock), // rule 4
            Does::Acquire(object) => {
                if let Some(left) = objects.get(&object) {
                    clock.join(left);
                }
            }
            Does::Load(variable) | Does::Store(variable) => {
                let stores = matches!(does, Does::Store(_));
                let accesses = variables.entry(variable).or_default();
                for other in accesses.iter() {
                    let conflicts = stores || other.stores;
                    if conflicts && clock.of(other.thread) < other.step {
                        races.insert((other.at, at)); // rules 5 and 6
                    }
                }
                accesses.push(Access {
                    at,
                    thread,
                    step,
                    stores,
                });
            }
        }
        threads.insert(thread, clock);
    }
    races
}
