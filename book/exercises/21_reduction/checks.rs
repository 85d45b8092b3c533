//! The checks of the reduction: rule by rule, known numbers, random programs.
//!
//! Each of the first group isolates one rule, and presumes only the rules that are
//! checked before it. So the first that fails names the mistake.

use exercises::check::{Check, Complaint, Part, caught};
use exercises::machine::Op::{Load, Lock, Store, Unlock};
use exercises::machine::{Machine, Op, Outcome, Outcomes, program, random, smaller, told};
use exercises::search;
use std::collections::{BTreeMap, BTreeSet};

/// What the learner writes.
pub(crate) type Reduction = fn(&Machine) -> Outcomes;

/// All checks, in the order in which they build on each other.
pub(crate) fn checks() -> Vec<Check<Reduction>> {
    let mut checks = rules();
    checks.push(Check {
        name: "known_numbers",
        rule: "of known programs as many executions are tried as there are kinds",
        part: Part::Textbook,
        run: Box::new(|reduction| known_numbers(*reduction)),
        step: None,
    });
    checks.push(Check {
        name: "any_program",
        rule: "of any small program each kind is tried once, and none is missed",
        part: Part::Random,
        run: Box::new(|reduction| {
            let programs = (0..300).map(|seed| random(seed, 5));
            search::all(programs, |it| smaller(it), |it| check(it, *reduction))
        }),
        step: None,
    });
    checks
}

/// One small program for each rule.
fn rules() -> Vec<Check<Reduction>> {
    let add = |variable| vec![Load(variable), Store(variable)];
    let take = |one, other| vec![Lock(one), Lock(other), Unlock(other), Unlock(one)];
    vec![
        rule(
            "one_thread_has_one_execution",
            "a thread alone has one execution, and that is counted",
            vec![add(0)],
            |_| false,
        ),
        rule(
            "who_depends_on_a_step_wakes",
            "a step wakes who depends on it: no outcome is missed",
            vec![vec![Load(0), Store(1)], vec![Store(0)]],
            |outcomes| {
                let all = [1, 2].map(|seen| Outcome::Values(vec![1, seen]));
                outcomes.keys().eq(&all) // whatever the numbers are
            },
        ),
        rule(
            "independent_steps_are_tried_in_one_order",
            "two threads that share nothing are tried in one order: who was tried sleeps",
            vec![vec![Store(0)], vec![Store(1)]],
            |_| false,
        ),
        rule(
            "who_sleeps_sleeps_on",
            "who sleeps sleeps on while nothing happens that depends on it",
            vec![vec![Store(0)], vec![Store(1)], vec![Store(2)]],
            |_| false,
        ),
        rule(
            "each_kind_is_tried_once",
            "of what does depend on each other each order is tried, once",
            vec![add(0), add(0)],
            |_| false,
        ),
        rule(
            "deadlock_is_found",
            "a deadlock is found, and once",
            vec![take(0, 1), take(1, 0)],
            |_| false,
        ),
    ]
}

/// A check of one program: of what is not well enough the numbers must be right.
fn rule(
    name: &'static str,
    rule: &'static str,
    threads: Vec<Vec<Op>>,
    is_enough: fn(&Outcomes) -> bool,
) -> Check<Reduction> {
    Check {
        name,
        rule,
        part: Part::Rules,
        run: Box::new(
            move |reduction| match caught(|| reduction(&Machine::new(&threads))) {
                Ok(outcomes) if is_enough(&outcomes) => Ok(()),
                _ => check(&threads, *reduction),
            },
        ),
        step: None,
    }
}

/// Whether each kind of executions of one program is tried once.
fn check(threads: &[Vec<Op>], reduction: Reduction) -> Result<(), Complaint> {
    let expected = kinds(threads);
    let happened = caught(|| reduction(&Machine::new(threads)));
    if happened.as_ref() == Ok(&expected) {
        return Ok(());
    }
    Err(Complaint {
        tried: program(threads),
        expected: format!("executions, one of each kind\n{}", told(&expected)),
        happened: match happened {
            Ok(outcomes) => told(&outcomes),
            Err(panic) => format!("your code panicked: {panic}"),
        },
        ..Complaint::default()
    })
}

/// How many kinds of executions a program has, by their outcomes: all interleavings,
/// each in the order that is the first of its kind.
fn kinds(threads: &[Vec<Op>]) -> Outcomes {
    let mut met = BTreeSet::new();
    let mut outcomes = Outcomes::new();
    let mut steps = Vec::new();
    interleave(&Machine::new(threads), &mut steps, &mut |steps, outcome| {
        if met.insert(first_of_its_kind(steps)) {
            *outcomes.entry(outcome).or_default() += 1;
        }
    });
    outcomes
}

/// A step: whose, and what.
type Step = (usize, Op);

/// Calls `look` with each interleaving that begins with `steps`, which led to `machine`.
fn interleave(machine: &Machine, steps: &mut Vec<Step>, look: &mut impl FnMut(&[Step], Outcome)) {
    if let Some(outcome) = machine.outcome() {
        return look(steps, outcome);
    }
    for thread in (0..machine.threads()).filter(|&thread| machine.can(thread)) {
        let mut copy = machine.clone();
        steps.push((thread, machine.next(thread).expect("it can step")));
        copy.step(thread);
        interleave(&copy, steps, look);
        steps.pop();
    }
}

/// Whose steps come in which order, if of all steps that could come next the one of the
/// lowest thread does.
fn first_of_its_kind(steps: &[Step]) -> Vec<usize> {
    let mut left = steps.to_vec();
    let mut first = Vec::new();
    while !left.is_empty() {
        let could = |&at: &usize| {
            let (thread, op) = left[at];
            let mut before = left[..at].iter();
            !before.any(|(other, its)| *other == thread || its.depends_on(op))
        };
        let next = (0..left.len()).filter(could).min_by_key(|&at| left[at].0);
        let (thread, _) = left.remove(next.expect("the first of them could"));
        first.push(thread);
    }
    first
}

/// Programs whose kinds were counted elsewhere: the scheduler's own tests have them, in
/// `tests/data/explorer_anchors.json`.
fn known_numbers(reduction: Reduction) -> Result<(), Complaint> {
    let add = |threads: usize, times: usize| vec![[Load(0), Store(0)].repeat(times); threads];
    let dine = |philosophers: usize, ordered: bool| -> Vec<Vec<Op>> {
        let forks = |left: usize| {
            let right = (left + 1) % philosophers;
            let (one, other) = if ordered {
                (left.min(right), left.max(right))
            } else {
                (left, right)
            };
            vec![Lock(one), Lock(other), Unlock(other), Unlock(one)]
        };
        (0..philosophers).map(forks).collect()
    };
    let known = BTreeMap::from([
        (34, add(2, 2)),
        (328, add(2, 3)),
        (36, add(3, 1)),
        (576, add(4, 1)),
        (7134, add(3, 2)),
        (7, dine(3, false)),
        (14, dine(4, true)),
    ]);
    for (number, threads) in known {
        let outcomes = caught(|| reduction(&Machine::new(&threads)));
        let counted = outcomes.map(|outcomes| outcomes.values().sum::<u64>());
        if counted != Ok(number) {
            return Err(Complaint {
                tried: program(&threads),
                expected: format!("{number} executions, one of each kind"),
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
