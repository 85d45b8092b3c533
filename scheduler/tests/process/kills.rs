//! Workers that are killed at random: every job ends once, whatever happens.

use crate::support::{ended, kill};
use rustix::process::Signal;
use scheduler::process::{self, Pool};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// A job of about 100 µs.
fn work(n: u64) -> u64 {
    let mut x = n;
    for _ in 0..10_000 {
        x = std::hint::black_box(x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
    }
    std::hint::black_box(x);
    n
}

/// Says that it is over, also if a test fails.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Runs 10,000 jobs while every 50 ms a worker is killed: how many were lost.
fn run_under_fire(chunk: usize, retries: u32) -> (usize, u32) {
    process::init!(work);
    let pool = Pool::builder()
        .workers(2)
        .chunk(chunk)
        .retries(retries)
        .start(work)
        .unwrap();
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let killer = scope.spawn(|| {
            let mut kills = 0_u32;
            while !over.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(50));
                let processes = pool.processes();
                if let Some((_, process)) = processes.get(kills as usize % processes.len().max(1)) {
                    kill(*process, Signal::KILL);
                    kills += 1;
                }
            }
            kills
        });
        let ends = Over(&over);
        let mut lost = 0;
        let mut count = 0;
        for (n, result) in (0..10_000).zip(pool.map(0..10_000)) {
            count += 1;
            match result {
                Ok(result) => assert_eq!(result, n),
                Err(_) if ended(&result) => lost += 1,
                Err(error) => panic!("{error}"),
            }
        }
        drop(ends);
        assert_eq!(count, 10_000);
        (lost, killer.join().unwrap())
    })
}

#[test]
fn of_ten_thousand_jobs_each_ends_once_however_many_workers_are_killed() {
    let (lost, kills) = run_under_fire(1, 0);
    assert!(kills >= 5, "{kills} kills");
    assert!(lost <= kills as usize, "{lost} jobs lost by {kills} kills");
}

#[test]
fn a_kill_costs_one_job_also_if_hundreds_went_together() {
    let (lost, kills) = run_under_fire(500, 0);
    assert!(kills >= 5, "{kills} kills");
    assert!(lost <= kills as usize, "{lost} jobs lost by {kills} kills");
}

#[test]
fn with_retries_nothing_is_lost() {
    let (lost, kills) = run_under_fire(20, 10);
    assert!(kills >= 5, "{kills} kills");
    assert_eq!(lost, 0);
}
