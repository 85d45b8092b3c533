//! The checks of the explorer: rule by rule, known numbers, random programs.
//!
//! Each of the first group isolates one rule, and presumes only the rules that are
//! checked before it. So the first that fails names the mistake.

use exercises::check::{Check, Complaint, Part, caught};
use exercises::machine::Op::{Load, Lock, Store, Unlock};
use exercises::machine::{Machine, Op, Outcome, Outcomes, program, random, smaller, told};
use exercises::search;
use std::collections::BTreeMap;

/// What the learner writes.
pub(crate) type Explorer = fn(&Machine) -> Outcomes;

/// All checks, in the order in which they build on each other.
pub(crate) fn checks() -> Vec<Check<Explorer>> {
    let mut checks = rules();
    checks.push(Check {
        name: "known_numbers",
        rule: "programs have as many interleavings as the formula says",
        part: Part::Textbook,
        run: Box::new(|explorer| known_numbers(*explorer)),
        step: None,
    });
    checks.push(Check {
        name: "any_program",
        rule: "of any small program every interleaving is counted, and nothing else",
        part: Part::Random,
        run: Box::new(|explorer| any_program(*explorer)),
        step: None,
    });
    checks
}

/// One small program for each rule.
fn rules() -> Vec<Check<Explorer>> {
    let add = vec![Load(0), Store(0)];
    let locked = vec![Lock(0), Load(0), Store(0), Unlock(0)];
    let take = |one, other| vec![Lock(one), Lock(other), Unlock(other), Unlock(one)];
    vec![
        rule(
            "one_thread_has_one_execution",
            "a thread alone has one execution, and that is counted",
            vec![add.clone()],
            |_| None,
        ),
        rule(
            "each_branch_goes_its_own_way",
            "what another branch did is undone: two that add 1 come to 2, or to 1",
            vec![add.clone(), add.clone()],
            |outcomes| {
                let all = [1, 2].map(|value| Outcome::Values(vec![value]));
                let found: Vec<&Outcome> = outcomes.keys().collect();
                (found == all.each_ref()).then_some(())
            },
        ),
        rule(
            "every_interleaving_is_counted",
            "each interleaving is counted, also where another one ends alike",
            vec![add.clone(), add.clone()],
            |_| None,
        ),
        rule(
            "who_waits_takes_no_step",
            "a thread that waits for a lock takes no step",
            vec![locked.clone(), locked],
            |_| None,
        ),
        rule(
            "deadlock_is_an_end",
            "where nobody can take a step an execution has ended, too",
            vec![take(0, 1), take(1, 0)],
            |_| None,
        ),
    ]
}

/// A check of one program. What `enough` accepts is well, whatever the numbers are;
/// where it accepts nothing, the numbers must be right.
fn rule(
    name: &'static str,
    rule: &'static str,
    threads: Vec<Vec<Op>>,
    enough: fn(&Outcomes) -> Option<()>,
) -> Check<Explorer> {
    Check {
        name,
        rule,
        part: Part::Rules,
        run: Box::new(
            move |explorer| match caught(|| explorer(&Machine::new(&threads))) {
                Ok(outcomes) if enough(&outcomes).is_some() => Ok(()),
                _ => check(&threads, *explorer),
            },
        ),
        step: None,
    }
}

/// Whether the explorer counts what there is to be counted in one program.
fn check(threads: &[Vec<Op>], explorer: Explorer) -> Result<(), Complaint> {
    let expected = interleavings(threads);
    let happened = caught(|| explorer(&Machine::new(threads)));
    if happened.as_ref() == Ok(&expected) {
        return Ok(());
    }
    Err(Complaint {
        tried: program(threads),
        expected: told(&expected),
        happened: match happened {
            Ok(outcomes) => told(&outcomes),
            Err(panic) => format!("your code panicked: {panic}"),
        },
        ..Complaint::default()
    })
}

/// Every interleaving of a program, counted without trying any: by how far its threads
/// are, and what they have left behind.
fn interleavings(threads: &[Vec<Op>]) -> Outcomes {
    // All that two executions can differ in is in a state's text.
    let start = Machine::new(threads);
    let mut level = BTreeMap::from([(format!("{start:?}"), (start, 1))]);
    let mut outcomes = Outcomes::new();
    while !level.is_empty() {
        let mut next: BTreeMap<String, (Machine, u64)> = BTreeMap::new();
        for (machine, ways) in level.into_values() {
            if let Some(outcome) = machine.outcome() {
                *outcomes.entry(outcome).or_default() += ways;
            }
            for thread in (0..machine.threads()).filter(|&thread| machine.can(thread)) {
                let mut copy = machine.clone();
                copy.step(thread);
                next.entry(format!("{copy:?}")).or_insert((copy, 0)).1 += ways;
            }
        }
        level = next;
    }
    outcomes
}

/// Programs whose number of interleavings has a formula: `(a + b + ..)! / (a! b! ..)`.
fn known_numbers(explorer: Explorer) -> Result<(), Complaint> {
    for (lengths, number) in [
        (vec![2, 2], 6),
        (vec![4, 4], 70),
        (vec![2, 2, 2], 90),
        (vec![6, 6], 924),
        (vec![2, 2, 2, 2], 2520),
        (vec![4, 4, 4], 34650),
    ] {
        let add = |&length: &usize| [Load(0), Store(0)].repeat(length / 2);
        let threads: Vec<Vec<Op>> = lengths.iter().map(add).collect();
        let outcomes = caught(|| explorer(&Machine::new(&threads)));
        let counted = outcomes.map(|outcomes| outcomes.values().sum::<u64>());
        if counted != Ok(number) {
            let steps: Vec<String> = lengths.iter().map(usize::to_string).collect();
            return Err(Complaint {
                tried: format!("threads of {} steps on one variable", steps.join(", ")),
                expected: format!("{number} interleavings"),
                happened: match counted {
                    Ok(counted) => format!("{counted} were counted"),
                    Err(panic) => format!("your code panicked: {panic}"),
                },
                ..Complaint::default()
            });
        }
    }
    Ok(())
}

/// Random programs, the same on every machine.
fn any_program(explorer: Explorer) -> Result<(), Complaint> {
    search::all(
        (0..300).map(|seed| random(seed, 6)),
        |threads| smaller(threads),
        |threads| check(threads, explorer),
    )
}
