//! A planted mistake: all branches go on with one machine.

use exercises::machine::{Machine, Outcomes};

/// How every execution of `machine` ends, and how many end in each way.
pub(crate) fn explore(machine: &Machine) -> Outcomes {
    let mut outcomes = Outcomes::new();
    visit(&mut machine.clone(), &mut outcomes);
    outcomes
}

/// Adds how every execution ends that goes on from `machine`.
///
/// Mistake: nothing is copied, so the second branch begins where the first ended.
fn visit(machine: &mut Machine, outcomes: &mut Outcomes) {
    if let Some(outcome) = machine.outcome() {
        *outcomes.entry(outcome).or_default() += 1; // rules 3 and 4
        return;
    }
    for thread in 0..machine.threads() {
        if machine.can(thread) {
            machine.step(thread); // rule 1
            visit(machine, outcomes);
        }
    }
}
