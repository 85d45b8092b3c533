//! The Gantt chart of a simulation: who ran where, from when to when.
//!
//! Invariants: (1) segments are in the order of their ends; (2) two segments of
//! one CPU, or of one thread, never overlap; (3) a thread's time before a
//! segment is accounted for: blocked until `runnable_since`, then waiting.
//!
//! Drawn as text for messages, one row a thread:
//!
//! ```text
//!           0    5    10   15
//! thread 1  ███···███           █ runs
//! thread 2  ···███──────██      · runnable, waits for a CPU   ─ blocked
//! one column is 1 ms
//! ```
//!
//! With several CPUs the number of the CPU stands in place of `█`.
//!
//! Book: chapter 2.

use crate::policy::{CpuId, StopReason, ThreadId};
use crate::time::Time;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

/// One stay of a thread on a CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Who ran.
    pub thread: ThreadId,
    /// Where.
    pub cpu: CpuId,
    /// Since when it had been waiting for a CPU.
    pub runnable_since: Time,
    /// When it was dispatched.
    pub start: Time,
    /// When it left the CPU.
    pub end: Time,
    /// Why it left.
    pub stop: StopReason,
}

/// A Gantt chart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chart {
    /// Every stay on a CPU, in the order of their ends.
    pub segments: Vec<Segment>,
    /// Threads that were runnable when the chart ended, and since when; empty
    /// unless a fault cut the simulation short.
    pub left: Vec<(ThreadId, Time)>,
    /// When the chart ends.
    pub end: Time,
}

impl Chart {
    /// The stays on CPU `cpu` in order, those that follow each other without a
    /// gap and without another thread between them joined: what textbooks draw.
    pub fn merged(&self, cpu: CpuId) -> Vec<(Time, Time, ThreadId)> {
        let mut merged: Vec<(Time, Time, ThreadId)> = Vec::new();
        let stays = self.segments.iter().filter(|s| s.cpu == cpu);
        for stay in stays.filter(|s| s.start < s.end) {
            match merged.last_mut() {
                Some((_, end, thread)) if *end == stay.start && *thread == stay.thread => {
                    *end = stay.end;
                }
                _ => merged.push((stay.start, stay.end, stay.thread)),
            }
        }
        merged
    }

    /// The chart as text, at most `width` columns of time wide.
    pub fn to_text(&self, width: usize) -> String {
        self.draw(self.column(width))
    }

    /// How much time a column must stand for, so that there are at most `width`
    /// of them: as little as the shortest thing that has to be seen, if possible.
    pub fn column(&self, width: usize) -> Duration {
        let stays = self.segments.iter();
        let instants = stays
            .flat_map(|s| [s.runnable_since, s.start, s.end])
            .chain([self.end]);
        let finest = instants
            .map(Time::as_nanos)
            .fold(0, greatest_common_divisor)
            .max(1);
        let width = u64::try_from(width.max(1)).unwrap_or(u64::MAX);
        let columns = self.end.as_nanos() / finest;
        Duration::from_nanos(finest * columns.div_ceil(width).max(1))
    }

    /// The chart as text; a column stands for `column`, and shows a stay that
    /// took any part of it. So two charts can be drawn to the same scale.
    ///
    /// # Panics
    ///
    /// If `column` is zero.
    pub fn draw(&self, column: Duration) -> String {
        let unit = (Time::ZERO + column).as_nanos();
        assert!(unit > 0, "a column of a chart stands for some time");
        let column = |time: Time| usize::try_from(time.as_nanos() / unit).unwrap_or(usize::MAX);
        let columns = usize::try_from(self.end.as_nanos().div_ceil(unit)).unwrap_or(usize::MAX);
        let several_cpus = self.segments.iter().any(|s| s.cpu != CpuId(0));
        let mut rows: BTreeMap<ThreadId, Vec<char>> = BTreeMap::new();
        let mut fill = |thread, from: Time, to: Time, mark| {
            let row = rows.entry(thread).or_insert_with(|| vec![' '; columns]);
            if from < to {
                let last = usize::try_from(to.as_nanos().div_ceil(unit)).unwrap_or(usize::MAX);
                row[column(from)..last].fill(mark);
            }
        };

        // Waiting first, running last, so that no stay is drawn over.
        let mut left_at: BTreeMap<ThreadId, Time> = BTreeMap::new();
        for stay in &self.segments {
            if let Some(left) = left_at.insert(stay.thread, stay.end) {
                fill(stay.thread, left, stay.runnable_since, '─');
            }
            fill(stay.thread, stay.runnable_since, stay.start, '·');
        }
        for &(thread, since) in &self.left {
            if let Some(left) = left_at.get(&thread) {
                fill(thread, *left, since, '─');
            }
            fill(thread, since, self.end, '·');
        }
        for stay in &self.segments {
            let digit = char::from_digit(stay.cpu.0 % 36, 36).unwrap_or('█');
            let mark = if several_cpus { digit } else { '█' };
            fill(stay.thread, stay.start, stay.end, mark);
        }

        let scale = scale(unit);
        let mut text = format!("{:9} {}\n", "", axis(columns, unit, scale));
        for (thread, row) in rows {
            let row: String = row.into_iter().collect();
            let label = format!("thread {thread}");
            let _ = writeln!(text, "{label:9} {}", row.trim_end());
        }
        let _ = write!(text, "one column is {}", Time::from_nanos(unit));
        text
    }
}

/// The unit that the axis counts in: ms where columns are whole ms, else µs, ns.
fn scale(unit: u64) -> u64 {
    let scales = [1_000_000, 1_000];
    let fitting = scales.into_iter().find(|scale| unit.is_multiple_of(*scale));
    fitting.unwrap_or(1)
}

/// The times over the columns, one every five columns.
fn axis(columns: usize, unit: u64, scale: u64) -> String {
    let mut axis = String::new();
    for column in (0..=columns).step_by(5) {
        if axis.len() <= column {
            let at = u64::try_from(column)
                .unwrap_or(u64::MAX)
                .saturating_mul(unit)
                / scale;
            let _ = write!(axis, "{:column$}{at}", "", column = column - axis.len());
            axis.push(' ');
        }
    }
    axis.trim_end().to_owned()
}

/// Euclid's.
fn greatest_common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 {
        a
    } else {
        greatest_common_divisor(b, a % b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stay in ms.
    fn stay(thread: u32, cpu: u32, times: [u64; 3]) -> Segment {
        let [runnable_since, start, end] = times.map(Time::from_millis);
        Segment {
            thread: ThreadId(thread),
            cpu: CpuId(cpu),
            runnable_since,
            start,
            end,
            stop: StopReason::QuantumExpired,
        }
    }

    #[test]
    fn running_waiting_and_blocked_are_told_apart() {
        let chart = Chart {
            segments: vec![
                stay(1, 0, [0, 0, 3]),
                stay(2, 0, [0, 3, 6]),
                stay(1, 0, [3, 6, 9]),
                stay(2, 0, [12, 12, 14]),
            ],
            left: vec![(ThreadId(1), Time::from_millis(10))],
            end: Time::from_millis(14),
        };
        let expected = "          0    5    10
thread 1  ███···███─····
thread 2  ···███──────██
one column is 1 ms";
        assert_eq!(chart.to_text(60), expected);
    }

    #[test]
    fn several_cpus_are_shown_by_their_numbers() {
        let chart = Chart {
            segments: vec![stay(1, 0, [0, 0, 2]), stay(2, 1, [0, 0, 4])],
            left: Vec::new(),
            end: Time::from_millis(4),
        };
        assert_eq!(
            chart.to_text(60),
            "          0\nthread 1  0\nthread 2  11\none column is 2 ms"
        );
    }

    #[test]
    fn a_long_chart_is_drawn_with_wider_columns() {
        let chart = Chart {
            segments: vec![stay(1, 0, [0, 0, 1]), stay(2, 0, [0, 1, 100])],
            left: Vec::new(),
            end: Time::from_millis(100),
        };
        assert_eq!(
            chart.to_text(10),
            "          0    50   100\nthread 1  █\nthread 2  ██████████\none column is 10 ms"
        );
    }

    #[test]
    fn neighbouring_stays_of_one_thread_are_one_in_a_textbooks_chart() {
        let chart = Chart {
            segments: vec![
                stay(1, 0, [0, 0, 3]),
                stay(1, 0, [3, 3, 6]),
                stay(2, 0, [0, 6, 7]),
            ],
            left: Vec::new(),
            end: Time::from_millis(7),
        };
        let millis = Time::from_millis;
        assert_eq!(
            chart.merged(CpuId(0)),
            [
                (millis(0), millis(6), ThreadId(1)),
                (millis(6), millis(7), ThreadId(2))
            ]
        );
    }
}
