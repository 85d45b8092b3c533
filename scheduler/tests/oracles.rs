//! Our policies against answers that nobody in this project computed.
//!
//! Runs every case of `tests/data` whose policy is shipped, and says file by
//! file how many agree: `cargo test -p scheduler --test oracles -- --nocapture`.
//! `ORACLES=DIR` before it runs the files of another folder instead.
//!
//! 1. A file is read by its form, not by its name; so new files need no code.
//! 2. Times in a case are whole ticks; a tick is a millisecond here.
//! 3. All that a case expects is compared: chart, dispatches, events, the times
//!    of every job, sums and means. What it does not mention is not.
//! 4. The tie is the case's, or its source's: OSTEP queues the expired job
//!    first, the other textbooks the arriving one.

#[path = "oracles/case.rs"]
mod case;
#[path = "oracles/compare.rs"]
mod compare;
#[path = "oracles/formulas.rs"]
mod formulas;
#[path = "oracles/lottery.rs"]
mod lottery;
#[path = "oracles/realtime.rs"]
mod realtime;
#[path = "oracles/watched.rs"]
mod watched;

use case::{Case, File};
use scheduler::policy::{
    EarliestDeadlineFirst, FirstComeFirstServed, Lottery, MultiLevelFeedback, Policy,
    RateMonotonic, RoundRobin, ShortestJobFirst, ShortestTimeToCompletionFirst, StaticPriority,
};
use scheduler::simulation::Simulation;
use std::path::PathBuf;
use watched::{Shipped, Watched};

/// The policy that a case asks for; None if there is no such policy yet.
fn policy_for(case: &Case) -> Option<Shipped> {
    let plain: Box<dyn Policy> = match case.policy.as_str() {
        // OSTEP's cases with I/O come from its feedback queue, of one level.
        "FIFO" | "RR" if case.does_io() => return Some(Shipped::Feedback(feedback(case))),
        "MLFQ" => return Some(Shipped::Feedback(feedback(case))),
        "LOTTERY" => {
            let numbers = case.random.clone().into_iter();
            return Some(Shipped::Lottery(Lottery::with_numbers(
                case.quantum(),
                numbers,
            )));
        }
        "FIFO" | "FCFS" => Box::new(FirstComeFirstServed::new()),
        "RR" => Box::new(RoundRobin::new(case.quantum())),
        "SJF" | "SPN" => Box::new(ShortestJobFirst::new()),
        "SRTF" | "SRT" => Box::new(ShortestTimeToCompletionFirst::new()),
        "EDF" => Box::new(EarliestDeadlineFirst::new()),
        "RM" => Box::new(RateMonotonic::new()),
        "PRIO_P" | "FP" => Box::new(StaticPriority::new()),
        "PRIO_NP" | "PNP" => Box::new(StaticPriority::new().non_preemptive()),
        "PRR" => Box::new(StaticPriority::new().quantum(case.quantum())),
        _ => return None,
    };
    Some(Shipped::Plain(plain))
}

/// The feedback queue that a case describes.
fn feedback(case: &Case) -> MultiLevelFeedback {
    let mut policy = MultiLevelFeedback::new(case.levels());
    if case.params.boost_every > 0 {
        policy = policy.boost_every(case::ticks(case.params.boost_every));
    }
    if case.params.iobump {
        policy = policy.unblocked_to_head();
    }
    if case.params.stay {
        policy = policy.blocking_renews();
    }
    policy
}

/// Runs one case: what does not agree, line by line.
fn disagreements(case: &Case, shipped: Shipped) -> Vec<String> {
    let mut watched = Watched::new(shipped);
    let simulation = Simulation::new(case.jobs()).tie(case.tie);
    match simulation.run(&mut watched) {
        Ok(outcome) => compare::disagreements(case, &outcome, &watched),
        Err(failure) => vec![failure.to_string()],
    }
}

#[test]
fn shipped_policies_agree_with_every_textbook_and_simulator() {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let folder = std::env::var_os("ORACLES").map_or(here, PathBuf::from);
    let mut complaints = Vec::new();
    let mut compared = 0;
    for File { name, cases, other } in case::read_folder(&folder) {
        let of_jobs = cases.iter().map(|case| {
            (
                &case.id,
                policy_for(case).map(|policy| disagreements(case, policy)),
            )
        });
        let of_formulas = other
            .iter()
            .map(|case| (formulas::id(case), formulas::disagreements(case)));
        let (mut passed, mut total, mut none) = (0, 0, Vec::new());
        for (id, found) in of_jobs.chain(of_formulas) {
            match found {
                None => none.push(id.as_str()),
                Some(found) => {
                    total += 1;
                    if found.is_empty() {
                        passed += 1;
                    } else {
                        complaints.push(format!("{name}: {id}\n  {}", found.join("\n  ")));
                    }
                }
            }
        }
        compared += total;
        println!(
            "{name:28} {passed:3} of {total:3} agree; for no policy of ours: {}",
            none.len()
        );
        for id in none {
            println!("  {id}");
        }
    }
    assert!(
        compared > 0,
        "no case for our policies in {}",
        folder.display()
    );
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n\n"));
}
