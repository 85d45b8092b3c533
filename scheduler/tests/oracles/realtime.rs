//! Periodic tasks up to a horizon, in the words of their file.
//!
//! We let every release before the horizon come to its end; what happened later
//! is cut off here.

use crate::case::Case;
use crate::compare::{count, instant};
use scheduler::simulation::{Outcome, Release};
use serde_json::{Value, json};

/// The end of what is compared.
fn horizon(case: &Case) -> u64 {
    case.params.horizon.expect("the case has tasks")
}

/// The stays before the horizon as `(start, end, index of the task, release)`,
/// those of one release joined where they follow each other.
fn stays(case: &Case, outcome: &Outcome) -> Vec<(u64, u64, usize, usize)> {
    let mut stays: Vec<(u64, u64, usize, usize)> = Vec::new();
    for segment in &outcome.chart.segments {
        let (start, end) = (instant(segment.start), instant(segment.end));
        let end = end.min(horizon(case));
        if start >= end {
            continue;
        }
        let done = |r: &&Release| r.thread == segment.thread && r.finish <= segment.start;
        let release = 1 + outcome.releases.iter().filter(done).count();
        let task = segment.thread.0 as usize - 1;
        match stays.last_mut() {
            Some(last) if (last.1, last.2, last.3) == (start, task, release) => last.1 = end,
            _ => stays.push((start, end, task, release)),
        }
    }
    stays
}

/// `[start, end, task, job]`.
pub(crate) fn gantt(case: &Case, outcome: &Outcome) -> Value {
    let row = |(start, end, task, release): (u64, u64, usize, usize)| {
        json!([start, end, case.jobs[task].id, release])
    };
    stays(case, outcome).into_iter().map(row).collect()
}

/// For how long nobody ran.
pub(crate) fn idle(case: &Case, outcome: &Outcome) -> u64 {
    let busy = stays(case, outcome)
        .iter()
        .map(|stay| stay.1 - stay.0)
        .sum::<u64>();
    horizon(case) - busy
}

/// Every release, task by task.
pub(crate) fn jobs(case: &Case, outcome: &Outcome) -> Value {
    let mut releases = outcome.releases.clone();
    releases.sort_by_key(|release| (release.thread, release.number));
    releases.iter().map(|release| job(case, release)).collect()
}

/// One release. If it was not done at the horizon, it is missed if its deadline
/// was before; otherwise that cannot be said.
fn job(case: &Case, release: &Release) -> Value {
    let done = instant(release.finish) <= horizon(case);
    let deadline = instant(release.deadline);
    let missed = done || deadline <= horizon(case);
    json!({
        "task": case.jobs[release.thread.0 as usize - 1].id,
        "job": release.number,
        "release": instant(release.release),
        "deadline": deadline,
        "finish": done.then_some(instant(release.finish)),
        "response": done.then_some(count(release.finish - release.release)),
        "missed": missed.then_some(release.missed()),
    })
}

/// Whether a deadline was missed before the horizon.
pub(crate) fn any_miss(case: &Case, outcome: &Outcome) -> bool {
    outcome
        .missed()
        .any(|release| instant(release.deadline) <= horizon(case))
}

/// How long the first release of each task took, which is what the analysis of
/// response times says; it says nothing where a deadline is missed.
pub(crate) fn first_responses(case: &Case, outcome: &Outcome) -> Value {
    if any_miss(case, outcome) {
        return Value::Null;
    }
    let mut first: Vec<_> = outcome.releases.iter().filter(|r| r.number == 1).collect();
    first.sort_by_key(|release| release.thread);
    let response = |release: &Release| json!(count(release.finish - release.release));
    first.into_iter().map(response).collect()
}
