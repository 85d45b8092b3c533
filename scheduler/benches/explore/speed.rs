//! Executions per second.
//!
//! Ours are OS threads that hand one processor to each other, by two system calls for
//! each switch; loom's and shuttle's are stacks that one thread switches between. That
//! bounds ours; it needs fewer of them.

use crate::ours;
use crate::searched::Peer;
use crate::shared::rounds::in_turns;
use crate::shared::{Effort, Group, Row, Target, Unit};
use scheduler::Explore;
use std::time::{Duration, Instant};

/// The groups of this file.
pub(crate) fn groups() -> Vec<Group> {
    vec![Group::new("executions per second", measure)]
}

/// Two rows for each of three programs.
fn measure(effort: Effort) -> Result<Vec<Row>, String> {
    let (rounds, long) = effort.choose((7, 1000), (3, 300));
    let long = Duration::from_millis(long);
    let mut rows = Vec::new();
    for name in ["counters 2x5", "counters 3x2", "25 bounded buffer"] {
        let its = |peer: Peer| {
            let searched = peer.search(name, long)?;
            Ok::<_, String>(searched.executions as f64 / searched.nanoseconds * 1e9)
        };
        let theirs = || Ok((its(Peer::Loom)?, its(Peer::Shuttle)?));
        let (ours, theirs) = in_turns(rounds, || rate(name, long), theirs)?;
        let (loom, shuttle): (Vec<f64>, Vec<f64>) = theirs.into_iter().unzip();
        for (peer, rates) in [("loom", loom), ("shuttle DFS", shuttle)] {
            let measure = format!("executions per second, {name}");
            let target = Target::TimesAtLeast(1.0);
            let row = Row::new(measure, Unit::PerSecond, ours.clone(), target);
            rows.push(row.beside(peer, rates));
        }
    }
    Ok(rows)
}

/// Executions per second of ours, searched again and again for so long.
fn rate(name: &str, long: Duration) -> Result<f64, String> {
    let begun = Instant::now();
    let mut executions = 0;
    loop {
        let left = long.saturating_sub(begun.elapsed());
        if left.is_zero() {
            return Ok(executions as f64 / begun.elapsed().as_secs_f64());
        }
        executions += ours::found(name, Explore::new().time_limit(left))?.explored();
    }
}
