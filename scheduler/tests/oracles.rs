//! Our policies and threads against answers that nobody in this project computed.
//!
//! Runs every case of `tests/data`, and says file by file how many agree:
//! `cargo test -p scheduler --test oracles`. `ORACLES=DIR` before it runs the
//! files of another folder instead, in the same schema; a relative folder is
//! looked for from where cargo was called, in the workspace.
//!
//! 1. A case is known by its form, not by its file's name; so new files need no
//!    code.
//! 2. Times in a case are whole ticks; a tick is a millisecond here.
//! 3. All that a case expects is compared: chart, dispatches, events, the times
//!    of every job, sums and means. What it does not mention is not.
//! 4. The tie is the case's, or its source's: OSTEP queues the expired job
//!    first, the other textbooks the arriving one.
//! 5. A case is never passed over in silence: it agrees, or it is a miss, or it is
//!    listed as not claimed. What cannot be read is a miss, with the reason.
//!
//! | form | file | held against |
//! |---|---|---|
//! | jobs under a policy | `case`, `compare` | the shipped policies, in simulation |
//! | tables and formulas | `formulas` | the same policies, call by call |
//! | sentences of papers | `theorems`, `protocols` | policies; mutexes of real threads |
//! | locks and priorities | `pintos` | real threads in checkpoint mode |
//! | the 4.4BSD scheduler | `bsd` | a policy of this test's own |
//! | interleavings | `machine` | real threads in checkpoint mode |

#[path = "oracles/bsd.rs"]
mod bsd;
#[path = "oracles/case.rs"]
mod case;
#[path = "oracles/compare.rs"]
mod compare;
#[path = "oracles/formulas.rs"]
mod formulas;
#[path = "oracles/hrrn.rs"]
mod hrrn;
#[path = "oracles/lottery.rs"]
mod lottery;
#[path = "oracles/machine.rs"]
mod machine;
#[path = "oracles/pintos.rs"]
mod pintos;
#[path = "oracles/protocols.rs"]
mod protocols;
#[path = "oracles/realtime.rs"]
mod realtime;
#[path = "oracles/reference.rs"]
mod reference;
#[path = "oracles/report.rs"]
mod report;
#[path = "oracles/theorems.rs"]
mod theorems;
#[path = "oracles/watched.rs"]
mod watched;

use case::Case;
use hrrn::HighestResponseRatioNext;
use report::{File, Verdict};
use scheduler::policy::{
    EarliestDeadlineFirst, FirstComeFirstServed, Lottery, MultiLevelFeedback, Policy,
    RateMonotonic, RoundRobin, ShortestJobFirst, ShortestTimeToCompletionFirst, StaticPriority,
};
use scheduler::simulation::Simulation;
use serde_json::Value;
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
        "HRRN" => Box::new(HighestResponseRatioNext::default()),
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

/// Runs one case of jobs: what does not agree, line by line.
fn disagreements(case: &Case, shipped: Shipped) -> Vec<String> {
    let mut watched = Watched::new(shipped);
    let simulation = Simulation::new(case.jobs()).tie(case.tie);
    match simulation.run(&mut watched) {
        Ok(outcome) => compare::disagreements(case, &outcome, &watched),
        Err(failure) => vec![failure.to_string()],
    }
}

/// Judges one case of `file`, by its form. Panics if it cannot be read.
fn judge(file: &Value, case: &Value) -> Verdict {
    let has = |key: &str| case.get(key).is_some();
    let programs = &file["semantics"]["programs"];
    if has("program") && has("schedule") {
        return machine::disagreements(case, programs).into();
    }
    if case["threads"].is_object() {
        return pintos::disagreements(case).into();
    }
    if let Some(jobs) = Case::read(case) {
        let unclaimed = || Verdict::Unclaimed(format!("no policy of ours is {}", jobs.policy));
        let policy = policy_for(&jobs);
        return policy.map_or_else(unclaimed, |policy| disagreements(&jobs, policy).into());
    }
    let found = formulas::disagreements(case)
        .or_else(|| theorems::disagreements(case))
        .or_else(|| protocols::disagreements(&case["expect"]))
        .or_else(|| bsd::disagreements(case));
    let unclaimed = || Verdict::Unclaimed("no form that this test knows".to_owned());
    found.map_or_else(unclaimed, Verdict::from)
}

#[test]
fn we_agree_with_every_textbook_and_simulator() {
    let mut misses = Vec::new();
    let (mut agree, mut total) = (0, 0);
    for file in report::folder() {
        let File {
            name,
            passed,
            claimed,
            missed,
            unclaimed,
        } = report::file(&file, judge);
        let others = if unclaimed.is_empty() {
            String::new()
        } else {
            format!("; not claimed: {}", unclaimed.len())
        };
        report::say(&format!(
            "{name:28} {passed:4} of {claimed:4} agree{others}"
        ));
        for case in unclaimed {
            report::say(&format!("  {case}"));
        }
        agree += passed;
        total += claimed;
        misses.extend(missed);
    }
    report::say(&format!("{:28} {agree:4} of {total:4} agree", "all"));
    assert!(misses.is_empty(), "\n{}\n", misses.join("\n\n"));
    assert!(total > 0, "no case is claimed, so nothing was compared");
}
