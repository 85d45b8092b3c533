//! A planted mistake: no thread steps twice in a row, where another one could.

use exercises::machine::{Machine, Outcomes};

/// How every execution of `machine` ends, and how many end in each way.
pub(crate) fn explore(machine: &Machine) -> Outcomes {
    let mut outcomes = Outcomes::new();
    visit(machine, None, &mut outcomes);
    outcomes
}

/// Adds how every execution ends that goes on from `machine`.
///
/// Mistake: whoever went last is passed over.
fn visit(machine: &Machine, last: Option<usize>, outcomes: &mut Outcomes) {
    if let Some(outcome) = machine.outcome() {
        *outcomes.entry(outcome).or_default() += 1; // rules 3 and 4
        return;
    }
    for thread in 0..machine.threads() {
        let others = (0..machine.threads()).any(|it| Some(it) != last && machine.can(it));
        if machine.can(thread) && (Some(thread) != last || !others) {
            let mut copy = machine.clone(); // rule 2
            copy.step(thread); // rule 1
            visit(&copy, Some(thread), outcomes);
        }
    }
}
