//! Every shipped policy drives eight real threads as it drives eight jobs on paper:
//! who has the CPU in turn is the same.
//!
//! The threads are preempted by signals, in real time. What the machine does besides
//! can stall any of them for longer than the jobs allow, a tenth of a quantum. How
//! late it was is measured: an attempt in which it was no later than that must come
//! out right. One in which it was may; else there is another, five in all, each with
//! longer quanta and bursts, so that a stall of a few ms counts for less. A policy
//! that no attempt was quiet for is not judged, and the test says so.
//!
//! How long the stays are is a matter of measurement: `cargo bench -p scheduler
//! --bench gantt`.

mod charts;
mod contest;

use charts::{order, real, simulated};
use contest::{jobs, policies};
use scheduler::policy::SHIPPED;
use scheduler::simulation::Simulation;
use std::collections::HashSet;
use std::time::Duration;

/// The quantum of each attempt, in ms.
const QUANTA: [u64; 5] = [10, 20, 50, 150, 400];

#[test]
fn every_policy_gives_real_threads_the_cpu_in_the_order_in_which_it_gives_it_to_jobs() {
    for (name, make) in policies() {
        let held = QUANTA
            .map(Duration::from_millis)
            .into_iter()
            .any(|quantum| {
                let jobs = jobs(name, quantum);
                let expected = order(&simulated(&jobs, &mut *make(quantum)));
                let found = real(&jobs, make(quantum)).expect("no rule is broken");
                let undisturbed = found.late <= quantum / 10;
                if undisturbed {
                    assert_eq!(order(&found.chart), expected, "{name}, {quantum:?}");
                }
                order(&found.chart) == expected
            });
        if !held {
            eprintln!("{name} is not judged: in every attempt the machine did something else");
        }
    }
}

#[test]
fn the_jobs_tell_the_policies_apart_and_no_order_hangs_on_a_hair() {
    let quantum = Duration::from_millis(10);
    let orders: Vec<_> = policies()
        .iter()
        .map(|(name, make)| {
            let jobs = jobs(name, quantum);
            let exact = order(&simulated(&jobs, &mut *make(quantum)));
            let slow = Simulation::new(jobs).switch_cost(quantum / 100);
            let slow = slow.run(&mut *make(quantum)).expect("no rule is broken");
            let mut found: Vec<u32> = slow
                .chart
                .segments
                .iter()
                .map(|stay| stay.thread.0)
                .collect();
            found.dedup();
            assert_eq!(found, exact, "{name}");
            exact
        })
        .collect();
    let different: HashSet<_> = orders.iter().take(SHIPPED.len()).collect();
    assert_eq!(different.len(), SHIPPED.len());
}
