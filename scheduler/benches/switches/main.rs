//! What going from one thread to another costs, and what surrounds it.
//!
//! ```text
//! cargo bench -p scheduler --bench switches [-- --quick] [-- --only NAME] [-- --page]
//! ```
//!
//! [`handovers`]: a thread offers its CPU, beside a pipe and a futex; [`blocks`]:
//! a thread waits in the kernel, and another runs; [`threads`]: a thread's birth
//! and death, and a thousand of them.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts and nanoseconds of a few seconds, shown with four digits"
)]

mod blocks;
mod handovers;
#[path = "../shared/processors.rs"]
mod processors;
#[path = "../shared/mod.rs"]
mod shared;
mod threads;

use scheduler::policy::RoundRobin;
use scheduler::{Preemption, Scheduler};
use std::process::ExitCode;
use std::time::{Duration, Instant};

fn main() -> ExitCode {
    let mut groups = handovers::groups();
    groups.extend(blocks::groups());
    groups.extend(threads::groups());
    shared::run("switches", groups, |_| None)
}

/// A scheduler of one CPU that takes it away every `quantum`.
fn one_cpu(quantum: Duration) -> Scheduler {
    Scheduler::new(Preemption::Signal, RoundRobin::new(quantum))
}

/// How many ns `work` takes for each of `count` things.
fn nanoseconds_each(count: u32, work: impl FnOnce()) -> f64 {
    let begin = Instant::now();
    work();
    begin.elapsed().as_secs_f64() * 1e9 / f64::from(count)
}
