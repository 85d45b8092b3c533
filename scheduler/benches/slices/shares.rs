//! Three threads whose weights are as 3 : 2 : 1: does each get its share?
//!
//! The figure is how far the one that is furthest off is from its share, as a
//! part of that share. A lottery is fair in the long run only, so it promises
//! nothing for two seconds.

use crate::compute::Scene;
use crate::shared::{Effort, Group, Row, Target, Unit};
use scheduler::policy::{EarliestEligibleVirtualDeadlineFirst, Fair, Lottery, Policy, Stride};
use std::time::Duration;

/// The quantum of each.
const QUANTUM: Duration = Duration::from_millis(1);

/// A policy, as the table calls it, and what it promises.
type Promise = (&'static str, fn(u64) -> Box<dyn Policy>, Target);

/// The policies.
const POLICIES: [Promise; 4] = [
    (
        "stride",
        |_| Box::new(Stride::new(QUANTUM)),
        Target::AtMost(0.02),
    ),
    (
        "fair",
        |_| Box::new(Fair::new(QUANTUM * 6, QUANTUM)),
        Target::AtMost(0.02),
    ),
    (
        "EEVDF",
        |_| Box::new(EarliestEligibleVirtualDeadlineFirst::new(QUANTUM)),
        Target::None,
    ),
    (
        "lottery",
        |seed| Box::new(Lottery::new(QUANTUM, seed)),
        Target::None,
    ),
];

/// One group for each policy.
pub(crate) fn groups() -> Vec<Group> {
    let groups = POLICIES.iter().map(|&(name, make, target)| {
        Group::new(format!("shares of 3:2:1, {name}"), move |effort| {
            measure(name, make, target, effort)
        })
    });
    groups.collect()
}

/// The row of one policy.
fn measure(
    name: &str,
    make: fn(u64) -> Box<dyn Policy>,
    target: Target,
    effort: Effort,
) -> Result<Vec<Row>, String> {
    let shares = [3_u32, 2, 1];
    let scene = Scene {
        weights: shares.to_vec(), // and 1 for the thread that starts them
        cpus: 1,
        pause: QUANTUM / 2,
        window: Duration::from_secs(2),
    };
    let mut off = Vec::new();
    for seed in 0..effort.choose(5, 2) {
        let done = scene.scheduled(make(seed))?.done;
        let (all, parts) = (
            done.iter().sum::<f64>(),
            f64::from(shares.iter().sum::<u32>()),
        );
        let each = done.iter().zip(shares).map(|(done, share)| {
            let due = all * f64::from(share) / parts;
            (done / due - 1.0).abs()
        });
        off.push(each.fold(0.0, f64::max));
    }
    Ok(vec![Row::new(
        format!("off the share of 3:2:1, {name}"),
        Unit::Part,
        off,
        target,
    )])
}
