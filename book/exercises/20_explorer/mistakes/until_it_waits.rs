//! A planted mistake: a thread that began goes on until it waits or is over.

use exercises::machine::{Machine, Outcomes};

/// How every execution of `machine` ends, and how many end in each way.
pub(crate) fn explore(machine: &Machine) -> Outcomes {
    let mut outcomes = Outcomes::new();
    visit(machine, &mut outcomes);
    outcomes
}

/// Adds how every execution ends that goes on from `machine`.
///
/// Mistake: the CPU is taken from nobody.
fn visit(machine: &Machine, outcomes: &mut Outcomes) {
    if let Some(outcome) = machine.outcome() {
        *outcomes.entry(outcome).or_default() += 1; // rules 3 and 4
        return;
    }
    for thread in 0..machine.threads() {
        if machine.can(thread) {
            let mut copy = machine.clone(); // rule 2
            while copy.can(thread) {
                copy.step(thread); // rule 1
            }
            visit(&copy, outcomes);
        }
    }
}
