//! Gantt rows: what each CPU did, column of time by column of time.
//!
//! Invariant: (1) a column shows who had most of it; equal parts show the first.
//!
//! Book: chapter 15.

use super::contest::{Contest, Run};
use scheduler::{
    policy::{CpuId, ThreadId},
    time::Time,
};
use std::time::Duration;

/// What a CPU did in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// The policy was done.
    Over,
    /// Nothing.
    Idle,
    /// It switched to another thread.
    Switching,
    /// It ran a thread.
    Runs(ThreadId),
}

/// How much time a column stands for, so that every policy's chart fits into
/// `width` columns: all have the same scale. As little as the shortest thing that
/// has to be seen in any, if that fits; a round time, if one is as exact.
pub(super) fn column(contest: &Contest, width: usize) -> Duration {
    let charts = contest.runs.iter().map(|run| &run.outcome.chart);
    let finest = charts.map(|chart| nanos(Time::ZERO + chart.column(usize::MAX)));
    let finest = finest.fold(0, greatest_common_divisor).max(1);
    let width = u64::try_from(width.max(1)).unwrap_or(u64::MAX);
    let end = nanos(contest.end());
    let unit = finest.saturating_mul((end / finest).div_ceil(width).max(1));
    let powers = (0..19).rev().map(|power| 10_u64.pow(power));
    let round = powers.flat_map(|power| [5, 2, 1].map(|factor| power.saturating_mul(factor)));
    let as_exact = |round: &u64| unit.is_multiple_of(*round) && end.div_ceil(*round) <= width;
    Duration::from_nanos(round.into_iter().find(as_exact).unwrap_or(unit))
}

/// Euclid's.
fn greatest_common_divisor(one: u64, other: u64) -> u64 {
    match other {
        0 => one,
        _ => greatest_common_divisor(other, one % other),
    }
}

/// The row of one CPU, up to the end of the run.
pub(super) fn row(run: &Run, cpu: CpuId, column: Duration) -> Vec<Cell> {
    let unit = nanos(Time::ZERO + column).max(1);
    let columns = place(nanos(run.outcome.end()).div_ceil(unit));
    let mut row = vec![(Cell::Idle, 0); columns];
    let mut parts: Vec<Vec<(Cell, u64)>> = vec![Vec::new(); columns];
    let mut fill = |cell, start: Time, end: Time| {
        let (start, end) = (nanos(start), nanos(end));
        for index in start / unit..end.div_ceil(unit) {
            let from = start.max(index * unit);
            let to = end.min(index.saturating_add(1).saturating_mul(unit));
            let parts = &mut parts[place(index)];
            match parts.iter_mut().find(|part| part.0 == cell) {
                Some(part) => part.1 += to - from,
                None => parts.push((cell, to - from)),
            }
        }
    };
    for stay in run
        .outcome
        .chart
        .segments
        .iter()
        .filter(|stay| stay.cpu == cpu)
    {
        if stay.start < stay.end {
            fill(Cell::Runs(stay.thread), stay.start, stay.end);
        }
    }
    for (_, start, end) in run.switching.iter().filter(|switch| switch.0 == cpu) {
        fill(Cell::Switching, *start, *end);
    }
    for (cell, parts) in row.iter_mut().zip(parts) {
        for part in parts {
            if part.1 > cell.1 {
                *cell = part; // (1)
            }
        }
    }
    row.into_iter().map(|(cell, _)| cell).collect()
}

/// Since the start.
fn nanos(time: Time) -> u64 {
    time.as_nanos()
}

/// A number of columns as a place in a row.
fn place(columns: u64) -> usize {
    usize::try_from(columns).expect("a row is no longer than it was asked to be")
}

/// The times to write under a row, and at which column: round ones, at least
/// `apart` columns from each other, up to `end`.
pub(super) fn ticks(column: Duration, end: Time, apart: u64) -> Vec<(usize, Time)> {
    let unit = nanos(Time::ZERO + column).max(1);
    let least = u128::from(unit) * u128::from(apart);
    let mut step: u128 = 1;
    while ![1, 2, 5].iter().any(|factor| step * factor >= least) {
        step *= 10;
    }
    let factor = [1, 2, 5].into_iter().find(|factor| step * factor >= least);
    let step = u64::try_from(step * factor.unwrap_or(1)).unwrap_or(u64::MAX);
    let tick = |number: u64| number.checked_mul(step).filter(|at| *at <= nanos(end));
    (0..)
        .map_while(tick)
        .map(|at| (place(at / unit), Time::from_nanos(at)))
        .collect()
}
