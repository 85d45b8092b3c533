//! A planted mistake: an execution that ends in a deadlock is no execution.

use exercises::machine::{Machine, Outcome, Outcomes};

/// How every execution of `machine` ends, and how many end in each way.
pub(crate) fn explore(machine: &Machine) -> Outcomes {
    let mut outcomes = Outcomes::new();
    visit(machine, &mut outcomes);
    outcomes
}

/// Adds how every execution ends that goes on from `machine`.
///
/// Mistake: only values count as an end.
fn visit(machine: &Machine, outcomes: &mut Outcomes) {
    if let Some(outcome) = machine.outcome() {
        if outcome != Outcome::Deadlock {
            *outcomes.entry(outcome).or_default() += 1; // rule 4
        }
        return;
    }
    for thread in 0..machine.threads() {
        if machine.can(thread) {
            let mut copy = machine.clone(); // rule 2
            copy.step(thread); // rule 1
            visit(&copy, outcomes);
        }
    }
}
