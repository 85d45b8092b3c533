//! A planted mistake: who sleeps sleeps on, whatever happens.

use exercises::machine::{Machine, Outcomes};

/// How one execution of each kind of `machine` ends, and how many end in each way.
pub(crate) fn explore(machine: &Machine) -> Outcomes {
    let mut outcomes = Outcomes::new();
    visit(machine, &[], &mut outcomes);
    outcomes
}

/// Adds how executions end that go on from `machine`, where these threads sleep.
///
/// Mistake: all sleep on.
fn visit(machine: &Machine, sleeping: &[usize], outcomes: &mut Outcomes) {
    if let Some(outcome) = machine.outcome() {
        *outcomes.entry(outcome).or_default() += 1; // rule 4
        return;
    }
    let mut asleep = sleeping.to_vec(); // rule 3
    for thread in 0..machine.threads() {
        if !machine.can(thread) {
            continue;
        }
        if asleep.contains(&thread) {
            continue; // rule 1
        }
        let mut copy = machine.clone();
        copy.step(thread);
        let sleeps_on = |other: &&usize| machine.next(**other).is_some();
        let still: Vec<usize> = asleep.iter().filter(sleeps_on).copied().collect();
        visit(&copy, &still, outcomes);
        asleep.push(thread); // rule 1
    }
}
