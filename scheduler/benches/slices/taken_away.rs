//! Eight threads that compute: how long their slices are, and what they lose.
//!
//! A slice lasts, as the scheduler counts it, from the thread's first instruction
//! behind its gate to its tick. The threads themselves see a little less: from
//! their first piece of work to their last.
//!
//! What is lost is held against the same threads, left to the kernel on as many
//! processors, in turns: work per second that we did not get done.

use crate::compute::{Scene, Seen};
use crate::processors;
use crate::shared::rounds::{in_turns, quantile, ratios};
use crate::shared::{Effort, Group, Row, Target, Unit};
use scheduler::policy::RoundRobin;
use std::time::Duration;

/// How many threads compute.
const THREADS: usize = 8;

/// One group for each number of CPUs and each quantum.
pub(crate) fn groups() -> Vec<Group> {
    let mut groups = Vec::new();
    for cpus in [1, 2] {
        for milliseconds in [10, 1] {
            let name = format!("slices of {milliseconds} ms, {}", on(cpus));
            groups.push(Group::new(name, move |effort| {
                measure(cpus, Duration::from_millis(milliseconds), effort)
            }));
        }
    }
    groups
}

/// `1 CPU`, `2 CPUs`.
pub(crate) fn on(cpus: u32) -> String {
    format!("{cpus} CPU{}", if cpus == 1 { "" } else { "s" })
}

/// The rows of one group.
fn measure(cpus: u32, quantum: Duration, effort: Effort) -> Result<Vec<Row>, String> {
    if processors::all().len() < cpus as usize {
        return Err(format!("this machine has fewer than {cpus} processors"));
    }
    let long = quantum >= Duration::from_millis(10);
    // A multiple of what it takes until all have had their turn.
    let quick = Duration::from_millis(if long { 1_600 } else { 480 });
    let scene = Scene {
        weights: vec![1; THREADS],
        cpus,
        pause: quantum,
        window: effort.choose(Duration::from_secs(2), quick),
    };
    let (ours, kernel) = in_turns(
        effort.choose(5, 2),
        || scene.scheduled(RoundRobin::new(quantum)),
        || Ok(scene.unscheduled()),
    )?;
    let each = |look: fn(&Seen) -> f64| ours.iter().map(look).collect::<Vec<f64>>();
    let throughputs = |seen: &[Seen]| seen.iter().map(Seen::throughput).collect::<Vec<f64>>();
    let (per_second, of_kernel) = (throughputs(&ours), throughputs(&kernel));
    let lost = ratios(&per_second, &of_kernel);
    let lost = lost.into_iter().map(|ratio| 1.0 - ratio).collect();
    let goal = quantum.as_nanos() as f64;
    let what = |what: &str| format!("{what}, {} ms, {}", quantum.as_millis(), on(cpus));
    // What is promised of slices is promised for one CPU.
    let near = |part| match cpus {
        1 => Target::Near(goal, part),
        _ => Target::None,
    };
    let mut rows = vec![
        Row::new(
            what("slice p50"),
            Unit::Nanoseconds,
            each(|seen| quantile(&seen.slices, 0.5)),
            near(0.01),
        ),
        Row::new(
            what("slice p99"),
            Unit::Nanoseconds,
            each(|seen| quantile(&seen.slices, 0.99)),
            near(0.10),
        ),
        Row::new(
            what("throughput lost"),
            Unit::Part,
            lost,
            Target::AtMost(if long { 0.01 } else { 0.05 }),
        ),
        Row::new(
            what("work per second"),
            Unit::PerSecond,
            per_second,
            Target::None,
        )
        .beside("the kernel's own", of_kernel),
        Row::new(
            what("Jain's index"),
            Unit::Index,
            each(|seen| jain(&seen.done)),
            Target::AtLeast(0.999),
        ),
    ];
    if cpus == 1 {
        rows.push(Row::new(
            what("forced switch p50"),
            Unit::Nanoseconds,
            each(|seen| quantile(&seen.gaps, 0.5)),
            Target::None,
        ));
    }
    Ok(rows)
}

/// Jain's index of fairness: 1 when all are equal, 1/n when one has all.
fn jain(shares: &[f64]) -> f64 {
    let sum: f64 = shares.iter().sum();
    let squares: f64 = shares.iter().map(|share| share * share).sum();
    sum * sum / (shares.len() as f64 * squares)
}
