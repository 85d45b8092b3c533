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
#[path = "oracles/one_level_feedback.rs"]
mod one_level_feedback;

use case::{Case, File};
use one_level_feedback::OneLevelFeedback;
use scheduler::policy::{
    FirstComeFirstServed, Policy, RoundRobin, ShortestJobFirst, ShortestTimeToCompletionFirst,
    StaticPriority,
};
use scheduler::simulation::Simulation;
use std::path::PathBuf;
use std::time::Duration;

/// The policy that a case asks for; None if there is no such policy yet.
fn policy_for(case: &Case) -> Option<Box<dyn Policy>> {
    let io = case.jobs.iter().any(|job| job.io_every > 0);
    match case.policy.as_str() {
        "FIFO" | "FCFS" if io && case.io_bump => {
            Some(Box::new(OneLevelFeedback::new(Duration::MAX, true)))
        }
        "FIFO" | "FCFS" => Some(Box::new(FirstComeFirstServed::new())),
        "RR" if io => Some(Box::new(OneLevelFeedback::new(
            case.quantum(),
            case.io_bump,
        ))),
        "RR" => Some(Box::new(RoundRobin::new(case.quantum()))),
        "SJF" | "SPN" => Some(Box::new(ShortestJobFirst::new())),
        "SRTF" | "SRT" => Some(Box::new(ShortestTimeToCompletionFirst::new())),
        "PRIO_P" => Some(Box::new(StaticPriority::new())),
        "PRIO_NP" | "PNP" => Some(Box::new(StaticPriority::new().non_preemptive())),
        "PRR" => Some(Box::new(StaticPriority::new().quantum(case.quantum()))),
        _ => None,
    }
}

/// Runs one case: what does not agree, line by line.
fn disagreements(case: &Case, policy: &mut dyn Policy) -> Vec<String> {
    let simulation = Simulation::new(case.jobs()).tie(case.tie);
    match simulation.run(policy) {
        Ok(outcome) => compare::disagreements(case, &outcome),
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
        let (mut passed, mut total, mut no_policy) = (0, 0, 0);
        for case in &cases {
            let Some(mut policy) = policy_for(case) else {
                no_policy += 1;
                continue;
            };
            total += 1;
            let found = disagreements(case, &mut *policy);
            if found.is_empty() {
                passed += 1;
            } else {
                complaints.push(format!("{name}: {}\n  {}", case.id, found.join("\n  ")));
            }
        }
        compared += total;
        println!(
            "{name:34} {passed:3} of {total:3} agree; \
             no such policy yet: {no_policy:3}; of another kind: {other:3}"
        );
    }
    assert!(
        compared > 0,
        "no case for our policies in {}",
        folder.display()
    );
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n\n"));
}
