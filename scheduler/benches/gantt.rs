//! Every shipped policy's chart of real threads, held against its chart on paper.
//!
//! ```text
//! cargo bench -p scheduler --bench gantt
//! ```
//!
//! Eight threads that compute share one virtual CPU in Signal mode, with quanta of
//! 20 ms. The table says whether they had it in the order of the simulation, and by
//! how much the stay that differs most differs from its twin. The target: the order
//! is equal, and no stay is a tenth longer or shorter. A policy has five runs, of
//! which that counts in which the machine was late by least; how late it was is in
//! the last column. On a machine that does something else meanwhile targets are
//! missed: run it on a quiet one. The jobs are those of `tests/gantt`, where the
//! orders are tested.

#[path = "../tests/gantt/charts.rs"]
mod charts;
#[path = "../tests/gantt/contest.rs"]
mod contest;

use charts::{Observed, Stay, order, real, simulated};
use contest::{jobs, policies};
use std::time::Duration;

/// How long a thread may run at a time.
const QUANTUM: Duration = Duration::from_millis(20);

/// How many runs each policy has.
const RUNS: u32 = 5;

/// By how much a stay may differ: a part of its length on paper.
const ALLOWED: f64 = 0.1;

fn main() {
    println!("eight threads, one CPU, quanta of {QUANTUM:?}, the best of {RUNS} runs");
    println!();
    println!("policy           order  stays  largest deviation           machine late by");
    for (name, make) in policies() {
        let jobs = jobs(name, QUANTUM);
        let expected = simulated(&jobs, &mut *make(QUANTUM));
        let runs = (0..RUNS).map(|_| real(&jobs, make(QUANTUM)).expect("no rule is broken"));
        let best = runs.min_by_key(|run| run.late).expect("there are runs");
        println!("{}", row(name, &expected, &best));
    }
}

/// What is said of a policy.
fn row(name: &str, expected: &[Stay], found: &Observed) -> String {
    let late = format!("{:.2} ms", found.late.as_secs_f64() * 1e3);
    let stays = expected.len();
    if order(&found.chart) != order(expected) {
        return format!(
            "{name:16} other  {stays:>5}  {:27} {late:>15}",
            "- falls short"
        );
    }
    let largest = largest_deviation(expected, &found.chart);
    let verdict = if largest <= ALLOWED {
        "holds"
    } else {
        "falls short"
    };
    let deviation = format!("{:.1} % of <= 10 %, {verdict}", largest * 100.0);
    format!("{name:16} equal  {stays:>5}  {deviation:27} {late:>15}")
}

/// By how much the stay differs that differs most, as a part of its length on paper.
fn largest_deviation(expected: &[Stay], found: &[Stay]) -> f64 {
    let twins = expected.iter().zip(found);
    let deviations = twins.map(|(expected, found)| {
        found.length.abs_diff(expected.length).as_secs_f64() / expected.length.as_secs_f64()
    });
    deviations.fold(0.0, f64::max)
}
