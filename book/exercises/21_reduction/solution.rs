//! A reduction: of interleavings that differ in nothing that matters, one.
//!
//! Depth-first, with sleep sets: P. Godefroid, "Partial-Order Methods for the
//! Verification of Concurrent Systems" (1996).

use exercises::machine::{Machine, Outcomes};

/// How one execution of each kind of `machine` ends, and how many end in each way.
pub(crate) fn explore(machine: &Machine) -> Outcomes {
    let mut outcomes = Outcomes::new();
    visit(machine, &[], &mut outcomes);
    outcomes
}

/// Adds how executions end that go on from `machine`, where these threads sleep.
fn visit(machine: &Machine, sleeping: &[usize], outcomes: &mut Outcomes) {
    if let Some(outcome) = machine.outcome() {
        *outcomes.entry(outcome).or_default() += 1; // rule 4
        return;
    }
    let mut asleep = sleeping.to_vec(); // rule 3
    for thread in 0..machine.threads() {
        let Some(op) = machine.next(thread).filter(|_| machine.can(thread)) else {
            continue;
        };
        if asleep.contains(&thread) {
            continue; // rule 1
        }
        let mut copy = machine.clone();
        copy.step(thread);
        let sleeps_on = |other: &&usize| {
            let its = machine.next(**other);
            its.is_some_and(|its| !its.depends_on(op)) // rule 2
        };
        let still: Vec<usize> = asleep.iter().filter(sleeps_on).copied().collect();
        visit(&copy, &still, outcomes);
        asleep.push(thread); // rule 1
    }
}
