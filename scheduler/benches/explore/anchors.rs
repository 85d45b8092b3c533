//! Programs whose interleavings, outcomes and kinds were counted by other means.

use crate::known::{self, Case};
use crate::shared::{Effort, Group, Row, Target, Unit};
use std::time::Instant;

/// The groups of this file.
pub(crate) fn groups() -> Vec<Group> {
    vec![Group::new("anchors", measure)]
}

/// The largest of them: two threads, of which each adds 1 five times.
const LARGEST: &str = "explore-lost-update-2x5";

/// How many of them come out as they should, and what that took.
fn measure(_: Effort) -> Result<Vec<Row>, String> {
    let cases = known::cases();
    let (mut right, mut worst, mut largest) = (0, 0.0_f64, None);
    for case in &cases {
        let begun = Instant::now();
        let found = known::search(case, u64::MAX);
        let took = begun.elapsed().as_secs_f64() * 1e9;
        right += u32::from(known::mistake(case, &found).is_none());
        if let Some(kinds) = case.expect.mazurkiewicz_traces {
            worst = worst.max(found.explored() as f64 / kinds as f64);
        }
        if case.id == LARGEST {
            largest = Some((took, found.explored()));
        }
    }
    let (took, executions) = largest.ok_or_else(|| format!("no anchor `{LARGEST}`"))?;
    Ok(vec![
        all_of("anchors whose counts are right", &cases, right),
        Row::new(
            "anchors: executions for each kind, at worst",
            Unit::Index,
            vec![worst],
            Target::AtMost(1.2),
        ),
        Row::new(
            format!("lost update 2x5, {executions} executions"),
            Unit::Nanoseconds,
            vec![took],
            Target::None,
        ),
    ])
}

/// A row: so many of `cases`, which should be all.
fn all_of(measure: &str, cases: &[Case], right: u32) -> Row {
    Row::new(
        measure,
        Unit::Count,
        vec![f64::from(right)],
        Target::AtLeast(cases.len() as f64),
    )
}
