//! What memory may do: the classical litmus tests, and what C++20's axioms say of them.

mod axioms;
mod program;

use program::{Does, Program, Strength, program, run, search};
use scheduler::replay;
use scheduler::sync::atomic::Ordering;
use serde::Deserialize;
use std::collections::BTreeSet;

/// The file.
#[derive(Deserialize)]
struct Tests {
    /// The tests.
    tests: Vec<Test>,
}

/// One test.
#[derive(Deserialize)]
struct Test {
    /// What it is called in the field.
    name: String,
    /// What each thread does.
    threads: Vec<String>,
    /// What weak memory could come to.
    asks: String,
    /// With which orderings C11 allows that.
    allowed: Vec<String>,
    /// With which of them the search does not find it.
    missed: Vec<String>,
}

impl Test {
    /// Whether `outcome` is what the test asks for.
    fn is_met_by(&self, outcome: &str) -> bool {
        let parts: BTreeSet<&str> = outcome.split(' ').collect();
        self.asks.split(' ').all(|part| parts.contains(part))
    }
}

/// The tests.
fn tests() -> Vec<Test> {
    let text = include_str!("litmus/table.json");
    serde_json::from_str::<Tests>(text).unwrap().tests
}

/// What a search of `program` comes to.
fn found(program: &Program) -> BTreeSet<String> {
    let found = search(program);
    assert!(found.exhausted() && found.failures().is_empty(), "{found}");
    let outcomes = found.outcomes().iter();
    outcomes.map(|it| it.text.clone()).collect()
}

#[test]
fn each_litmus_test_comes_to_what_c11_allows_and_to_nothing_else() {
    let tests = tests();
    assert_eq!(tests.len(), 16);
    for test in tests {
        for (name, strength) in Strength::ALL {
            let program = program(&test.threads, strength);
            let title = format!("{}, {name}", test.name);
            let allowed = test.allowed.iter().any(|it| it == name);
            let missed = test.missed.iter().any(|it| it == name);
            // The verdict of the table is the axioms'.
            let all = axioms::outcomes(&program, false);
            assert_eq!(all.iter().any(|it| test.is_met_by(it)), allowed, "{title}");
            // The search finds all of it but what reads a store that is yet to come.
            let outcomes = found(&program);
            assert_eq!(outcomes, axioms::outcomes(&program, true), "{title}");
            let is_found = outcomes.iter().any(|it| test.is_met_by(it));
            assert_eq!(is_found, allowed && !missed, "{title}");
        }
    }
}

#[test]
fn each_outcome_comes_again_under_its_schedule() {
    for test in tests() {
        let program = program(&test.threads, Strength::Relaxed);
        let found = search(&program);
        let mut weak = 0;
        for outcome in found.outcomes() {
            let schedule = outcome.schedule.to_string();
            weak += usize::from(schedule.contains('~'));
            let replayed = replay(&schedule.parse().unwrap(), || run(&program)).unwrap();
            assert_eq!(replayed.outcome, outcome.text, "{}: {schedule}", test.name);
        }
        let asks = test.allowed.len() > test.missed.len();
        assert!(weak > 0 || !asks, "{}", test.name);
    }
}

/// A number below `end`.
fn below(state: &mut u64, end: u64) -> usize {
    // SplitMix64.
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut bits = *state;
    bits = (bits ^ bits >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    usize::try_from((bits ^ bits >> 31) % end).unwrap()
}

/// A program of chance, of few accesses.
fn by_chance(seed: u64) -> Program {
    use Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
    let mut state = seed;
    let mut registers = 0;
    let threads = 2 + below(&mut state, 2);
    let (least, more) = if threads == 2 { (2, 3) } else { (1, 2) };
    (0..threads)
        .map(|thread| {
            let accesses = least + below(&mut state, more);
            (0..accesses)
                .map(|_| {
                    let atomic = ["x", "y"][below(&mut state, 2)].to_owned();
                    let register = format!("r{registers}");
                    let value = u32::try_from(10 * (thread + 1) + registers).unwrap();
                    registers += 1;
                    match below(&mut state, 11) {
                        0..=3 => {
                            let how = [Relaxed, Relaxed, Acquire, SeqCst][below(&mut state, 4)];
                            Does::Load(register, atomic, how)
                        }
                        4..=7 => {
                            let how = [Relaxed, Relaxed, Release, SeqCst][below(&mut state, 4)];
                            Does::Store(atomic, value, how)
                        }
                        8 => {
                            let how = [Relaxed, Acquire, Release, SeqCst][below(&mut state, 4)];
                            Does::Add(atomic, 1, how)
                        }
                        9 => {
                            let how = [Relaxed, AcqRel, SeqCst][below(&mut state, 3)];
                            let fails = [Relaxed, Acquire, SeqCst][below(&mut state, 3)];
                            Does::Exchange(register, atomic, (0, value), (how, fails))
                        }
                        _ => {
                            let how = [Acquire, Release, AcqRel, SeqCst, SeqCst];
                            Does::Fence(how[below(&mut state, 5)])
                        }
                    }
                })
                .collect()
        })
        .collect()
}

/// So many programs are compared; `PROGRAMS` in the environment says another number.
const PROGRAMS: u64 = 150;
/// Programs in which a search went wrong once, or would without a rule.
const SEEDS: [u64; 5] = [287, 341, 530, 547, 1692];

#[test]
fn programs_of_chance_come_to_what_the_axioms_allow_and_to_nothing_else() {
    let told = std::env::var("PROGRAMS").ok();
    let programs = told.map_or(PROGRAMS, |told| told.parse().unwrap());
    let mut weak = 0;
    for seed in (0..programs).chain(SEEDS) {
        let program = by_chance(seed);
        let allowed = axioms::outcomes(&program, true);
        let found = search(&program);
        let outcomes: BTreeSet<String> =
            found.outcomes().iter().map(|it| it.text.clone()).collect();
        assert_eq!(outcomes, allowed, "seed {seed}: {program:?}");
        weak += usize::from(found.outcomes().iter().any(|it| it.schedule.is_weak()));
    }
    assert!(weak as u64 > programs / 20, "{weak}");
}

#[test]
fn an_older_store_is_read_where_the_chain_from_the_newer_one_ends_at_its_own_atomic() {
    use Ordering::Relaxed;
    let load = |register: &str, atomic: &str| Does::Load(register.into(), atomic.into(), Relaxed);
    let store = |atomic: &str, value| Does::Store(atomic.into(), value, Relaxed);
    let program = vec![
        vec![load("r0", "x"), store("y", 1)],
        vec![store("y", 2), store("x", 3)],
        vec![load("r1", "y")],
    ];
    // The 1 is done after the 2, comes before it, and is read all the same.
    assert!(found(&program).contains("r0=3 r1=1 x=3 y=2"));
    assert_eq!(found(&program), axioms::outcomes(&program, true));
}
