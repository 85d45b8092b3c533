//! The `main` of every exercise's checks.
//!
//! Called in four ways:
//!
//! 1. `--judge`: by the stepper; reads a request, tells what comes out.
//! 2. `--step CHECK`: as a program to be stepped; runs that check's workload as
//!    real threads, with a trace if `RUST_LOG` asks for one; exits with 1 if they
//!    run otherwise than they should.
//! 3. `--bench`: by `cargo bench`, which has nothing to measure here.
//! 4. Without any of these: by hand; tells the results, and exits with 1 if one failed.
//!
//! Invariants: those of [`crate::report`].
//!
//! Book: "Exercises" in the introduction.

use crate::channel::Channel;
use crate::check::{Check, Complaint, Part, caught, keep_panics_quiet};
use crate::confine::confine;
use crate::report::{CheckResult, Outcome, Request, Told};
use crate::search;
use std::env;
use std::process::ExitCode;

/// Runs the checks of exercise `name` on one of the candidates: by hand, on the
/// first.
///
/// # Panics
///
/// If there are no candidates, or the stepper's request is not one.
pub fn main<S>(name: &str, checks: &[Check<S>], candidates: &[(&str, S)]) -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (_, first) = candidates.first().expect("an exercise has a candidate");
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--judge"] => answer(name, checks, candidates),
        ["--step", check] => step(checks, check, first),
        [.., "--bench"] => ExitCode::SUCCESS,
        _ => by_hand(name, checks, first),
    }
}

/// Way 1.
fn answer<S>(name: &str, checks: &[Check<S>], candidates: &[(&str, S)]) -> ExitCode {
    let mut channel = Channel::take().expect("the operating system has a file left");
    let request: Request = channel.request().expect("the stepper sends a request");
    let wanted = candidates
        .iter()
        .find(|(name, _)| *name == request.candidate);
    let Some((_, subject)) = wanted else {
        eprintln!("this program has no {}", request.candidate);
        return ExitCode::FAILURE;
    };
    search::grow_from(request.seed);
    let plan = Told::Plan {
        confined: confine(request.processes),
        checks: checks
            .iter()
            .map(|check| result(check, Outcome::NotRun))
            .collect(),
    };
    // If nobody listens any more we are about to be ended.
    let mut tell = |told: &Told| drop(channel.say(told));
    tell(&plan);
    run(name, checks, subject, &mut tell);
    tell(&Told::Over);
    ExitCode::SUCCESS
}

/// Way 2.
fn step<S>(checks: &[Check<S>], wanted: &str, subject: &S) -> ExitCode {
    env_logger::init();
    let check = checks.iter().find(|check| check.name == wanted);
    let Some(step) = check.and_then(|check| check.step.as_ref()) else {
        eprintln!("no check '{wanted}' that can be stepped");
        return ExitCode::FAILURE;
    };
    match step(subject) {
        Ok(()) => ExitCode::SUCCESS,
        Err(complaint) => {
            let complaint = Complaint {
                step: String::new(), // it is being stepped
                ..complaint
            };
            eprint!("{complaint}");
            ExitCode::FAILURE
        }
    }
}

/// Way 4.
fn by_hand<S>(name: &str, checks: &[Check<S>], subject: &S) -> ExitCode {
    let results = run(name, checks, subject, |_| {});
    for result in &results {
        let mark = match result.outcome {
            Outcome::Passed => '✓',
            Outcome::Failed(_) => '✗',
            Outcome::NotRun => '–',
        };
        println!("{mark} {}", result.rule);
    }
    for result in results {
        if let Outcome::Failed(first) = result.outcome {
            println!("\n{first}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// Every check's result; what begins, and what comes out, is told at once.
///
/// Real threads come only under code that has done well so far: a policy that
/// loses a thread would let them wait for ever. And nothing at all comes after
/// the breach of a premise.
fn run<S>(
    name: &str,
    checks: &[Check<S>],
    subject: &S,
    mut tell: impl FnMut(&Told),
) -> Vec<CheckResult> {
    keep_panics_quiet();
    let (mut well_so_far, mut premises_hold) = (true, true);
    let mut one = |check: &Check<S>| {
        let presumes_all = check.part == Part::Threads;
        let outcome = if !premises_hold || presumes_all && !well_so_far {
            Outcome::NotRun
        } else {
            tell(&Told::Begun(check.name.to_owned()));
            outcome(name, check, subject)
        };
        let passed = outcome == Outcome::Passed;
        well_so_far &= passed;
        premises_hold &= passed || check.part != Part::Premise;
        let result = result(check, outcome);
        tell(&Told::Result(result.clone()));
        result
    };
    checks.iter().map(&mut one).collect()
}

/// A check, and how it went.
fn result<S>(check: &Check<S>, outcome: Outcome) -> CheckResult {
    CheckResult {
        name: check.name.to_owned(),
        rule: check.rule.to_owned(),
        part: check.part,
        outcome,
    }
}

/// How one check goes; a panic fails it.
fn outcome<S>(name: &str, check: &Check<S>, subject: &S) -> Outcome {
    let complaint = match caught(|| (check.run)(subject)) {
        Ok(Ok(())) => return Outcome::Passed,
        Ok(Err(complaint)) => complaint,
        Err(panic) => Complaint {
            expected: check.rule.to_owned(),
            happened: format!("your code panicked: {panic}"),
            ..Complaint::default()
        },
    };
    let stepped = check.step.as_ref();
    let step = stepped.map(|_| command(name, check.name, &complaint.step));
    Outcome::Failed(Box::new(Complaint {
        step: step.unwrap_or_default(),
        ..complaint
    }))
}

/// The command that steps a check's workload, with these options.
fn command(exercise: &str, check: &str, options: &str) -> String {
    let step = format!("cargo run -- step {options}").trim_end().to_owned();
    format!("{step} -- cargo test -q -p exercises --test {exercise} -- --step {check}")
}
