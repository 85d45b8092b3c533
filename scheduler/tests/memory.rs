//! A program that runs many schedulers does not grow.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

use scheduler::policy::{Attributes, CpuId, FirstComeFirstServed, Pick, Policy, Ready, StopReason};
use scheduler::time::Time;
use scheduler::{Preemption, Scheduler};
use std::fs;
use std::time::Duration;

/// First come, first served, with much to remember.
struct Large(FirstComeFirstServed, Vec<u8>);

impl Policy for Large {
    fn ready(&mut self, thread: &Attributes, why: Ready, now: Time) {
        self.0.ready(thread, why, now);
    }
    fn pick(&mut self, cpu: CpuId, now: Time) -> Option<Pick> {
        self.1[0] += 1;
        self.0.pick(cpu, now)
    }
    fn stopped(&mut self, thread: &Attributes, ran: Duration, why: StopReason, now: Time) {
        self.0.stopped(thread, ran, why, now);
    }
}

/// How many MiB of memory the process has now.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    line.split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<u64>()
        .unwrap()
        / 1024
}

#[test]
fn what_the_dispatcher_frees_of_others_is_given_back_in_every_mode() {
    for mode in [
        Preemption::Checkpoint,
        Preemption::Never,
        Preemption::Signal,
    ] {
        let before = resident();
        for _ in 0..100 {
            let policy = Large(FirstComeFirstServed::new(), vec![1; 1 << 20]);
            Scheduler::new(mode, policy).run(|| ()).unwrap();
        }
        let grown = resident().saturating_sub(before);
        assert!(grown < 50, "{grown} MiB in {mode:?} mode");
    }
}
