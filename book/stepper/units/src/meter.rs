//! What the kernel says of this process and of its children: memory, mappings, ..
//!
//! Memory is the *proportional set size*: pages that are there, those shared with
//! other processes by their share; of workers a difference of resident pages would
//! count the program's text once for each.
//!
//! Invariants: (1) what is counted before and after is counted in the same way; (2)
//! where the kernel does not say (it is no Linux), the figure is 0, and no guess.
//!
//! Left out: memory of the kernel's own, such as a thread's kernel stack and a
//! socket's buffers. It is counted for nobody.

use crate::order::Sample;
use std::time::{Duration, Instant};
use std::{fs, thread};

/// What was in use at one moment.
#[derive(Clone, Copy, Debug, Default)]
struct Used {
    /// Bytes.
    memory: u64,
    /// Threads of all processes.
    threads: u64,
    /// Mappings of this process.
    mappings: u64,
    /// Descriptors of this process.
    descriptors: u64,
}

impl Used {
    /// What this process uses, and those of these numbers.
    fn now(others: &[u32]) -> Used {
        let lines = |path: &str| fs::read_to_string(path).map_or(0, |text| text.lines().count());
        let entries = |path: &str| fs::read_dir(path).map_or(0, Iterator::count);
        let mut used = Used {
            mappings: lines("/proc/self/maps") as u64,
            descriptors: entries("/proc/self/fd") as u64,
            ..Used::default()
        };
        for of in others.iter().map(u32::to_string).chain(["self".to_owned()]) {
            used.memory += proportional(&of);
            used.threads += entries(&format!("/proc/{of}/task")) as u64;
        }
        used
    }
}

/// The proportional set size of a process, in bytes (2).
fn proportional(of: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{of}/smaps_rollup")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
    1024 * kibibytes.unwrap_or(0_u64)
}

/// Waits until no thread of this process is on its way out: who was joined may still be
/// known to the system for a moment. Five looks, 2 ms apart, must agree.
fn settle() {
    let threads = || fs::read_dir("/proc/self/task").map_or(0, Iterator::count);
    let (mut before, mut alike) = (threads(), 1);
    while alike < 5 {
        thread::sleep(Duration::from_millis(2));
        let now = threads();
        alike = if now == before { alike + 1 } else { 1 };
        before = now;
    }
}

/// One measurement, from its first unit to its last.
#[derive(Debug)]
pub(crate) struct Meter {
    /// How many units there will be.
    count: u32,
    /// What was in use before.
    before: Used,
    /// When the first one was started.
    began: Instant,
    /// What is known so far.
    sample: Sample,
    /// When they were told to end.
    ending: Instant,
}

impl Meter {
    /// Before the first unit is started.
    pub(crate) fn begin(count: u32) -> Meter {
        settle();
        let before = Used::now(&[]);
        let now = Instant::now();
        Meter {
            count,
            before,
            began: now,
            sample: Sample::default(),
            ending: now,
        }
    }

    /// All are there, in these other processes if in any, and wait.
    pub(crate) fn there(&mut self, others: &[u32]) {
        self.sample.start = each(self.began.elapsed(), self.count);
        let used = Used::now(others);
        #[expect(clippy::cast_precision_loss, reason = "beyond 2^53 nobody gets")]
        let by = |now: u64, before: u64| (now as f64 - before as f64) / f64::from(self.count);
        self.sample.memory = by(used.memory, self.before.memory);
        self.sample.threads = by(used.threads, self.before.threads);
        self.sample.mappings = by(used.mappings, self.before.mappings);
        self.sample.descriptors = by(used.descriptors, self.before.descriptors);
    }

    /// `times` switches took so long.
    pub(crate) fn switched(&mut self, took: Duration, times: u32) {
        self.sample.switch = Some(each(took, times));
    }

    /// `times` messages with their answers took so long.
    pub(crate) fn asked(&mut self, took: Duration, times: u32) {
        self.sample.message = Some(each(took, times));
    }

    /// They are told to end now.
    pub(crate) fn ends(&mut self) {
        self.ending = Instant::now();
    }

    /// All are over.
    pub(crate) fn over(mut self) -> Sample {
        self.sample.end = each(self.ending.elapsed(), self.count);
        self.sample.whole = each(self.began.elapsed(), 1);
        self.sample
    }
}

/// ns for one of so many.
fn each(took: Duration, count: u32) -> f64 {
    1e9 * took.as_secs_f64() / f64::from(count.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_that_is_touched_is_counted_for_each_unit() {
        let mut meter = Meter::begin(16);
        let touched: Vec<Vec<u8>> = (0..16).map(|_| vec![1; 1 << 20]).collect();
        meter.there(&[]);
        let sample = meter.over();
        assert!(
            sample.memory > 900_000.0 && sample.memory < 1_400_000.0,
            "{sample:?}"
        );
        assert_eq!(touched.len(), 16);
    }
}
