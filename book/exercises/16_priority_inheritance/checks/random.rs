//! Thousands of sequences of calls that nobody thought of, and the smallest that
//! goes wrong. The same ones on every machine and on every day.

use super::NewAccounts;
use super::model::Model;
use super::script::{Call, compare};
use exercises::check::{Check, Part};
use exercises::search::{self, Dice};

/// How many sequences are tried.
const SEQUENCES: u64 = 4_000;

/// The check of random calls.
pub(super) fn check() -> Check<NewAccounts> {
    Check {
        name: "random_workloads",
        rule: "whatever is locked, waited for and let go of, all are scheduled as the rules say",
        part: Part::Random,
        run: Box::new(|subject| {
            search::all(
                (0..SEQUENCES).map(calls),
                |calls| smaller(calls),
                |calls| compare(calls, *subject),
            )
        }),
        step: None,
    }
}

/// The sequence of this number; those of higher numbers are longer.
fn calls(number: u64) -> Vec<Call> {
    let mut dice = Dice(number);
    let threads = 2 + dice.up_to((number / 400).min(4));
    let mutexes = 1 + dice.up_to((number / 400).min(3));
    let length = 4 + number / 100;
    let mut one_of = |most: u64| u32::try_from(1 + dice.up_to(most - 1)).unwrap_or(1);
    let mut priority = || i32::try_from(one_of(9)).unwrap_or(1);
    let mut calls: Vec<Call> = (1..)
        .zip(0..threads)
        .map(|(thread, _)| Call::Own(thread, priority()))
        .collect();
    for _ in 0..length {
        let thread = one_of(threads);
        let mutex = one_of(mutexes);
        calls.push(match one_of(10) {
            1..=5 => Call::Lock(thread, mutex),
            6..=8 => Call::Unlock(thread, mutex),
            9 => Call::GiveUp(thread),
            _ => Call::Own(thread, i32::try_from(one_of(9)).unwrap_or(1)),
        });
    }
    allowed(calls)
}

/// Those of the calls that callers may make, one after the other.
fn allowed(calls: Vec<Call>) -> Vec<Call> {
    let mut model = Model::default();
    let may = |call: &Call| {
        let may = model.allows(*call);
        if may {
            model.make(*call);
        }
        may
    };
    calls.into_iter().filter(may).collect()
}

/// Sequences that are smaller than this one by one step, the boldest first.
fn smaller(calls: &[Call]) -> Vec<Vec<Call>> {
    let mut found = Vec::new();
    for index in 0..calls.len() {
        let mut without = calls.to_vec();
        without.remove(index);
        found.push(allowed(without));
    }
    for (index, call) in calls.iter().enumerate() {
        if let Call::Own(thread, priority) = call
            && *priority > 1
        {
            let mut lower = calls.to_vec();
            lower[index] = Call::Own(*thread, priority - 1);
            found.push(allowed(lower));
        }
    }
    found
}
