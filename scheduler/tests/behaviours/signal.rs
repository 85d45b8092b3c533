//! Signal mode: threads are stopped anywhere, fairly, and go on unharmed.

use crate::support::{Line, Trace, alone, join_all, ms, round_robin};
use scheduler::{Preemption, Scheduler, sleep, spawn, yield_now};
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

/// A loop that calls nothing: every instruction of it is on these lines.
fn shift_and_mix(rounds: u64) -> u64 {
    let (mut round, mut mixed) = (0, 1_u64);
    while round != rounds {
        mixed ^= mixed << 13;
        mixed ^= mixed >> 7;
        mixed ^= mixed << 17;
        round += 1;
    }
    mixed
}

#[test]
fn a_loop_that_calls_nothing_is_preempted_and_its_line_is_told() {
    let trace = Trace::begin();
    Scheduler::new(Preemption::Signal, round_robin(1))
        .run(|| {
            let mixes = [(); 2].map(|()| spawn(|| shift_and_mix(black_box(20_000_000))));
            assert!(join_all(mixes).iter().all(|mixed| *mixed != 0));
        })
        .unwrap();
    let stops = trace.events("preempted");
    let counters: Vec<&str> = stops.iter().filter_map(|line| line.get("pc")).collect();
    let resolved = trace.events("resolved");
    let in_loop = resolved.iter().any(|line| {
        let at = line.get("at").unwrap();
        line.get("function").unwrap().contains("shift_and_mix")
            && at.contains("behaviours/signal.rs:")
            && counters.contains(&line.get("pc").unwrap())
    });
    assert!(in_loop, "{counters:?} {resolved:?}");
    assert_eq!(trace.lines().last().unwrap().event, "ended");
}

/// Runs 8 threads that count on so many CPUs, and returns Jain's index of
/// their counts, in percent: 100 if all are equal, 12 if one had everything.
fn fairness(cpus: u32) -> u128 {
    let counts: Vec<Arc<AtomicU64>> = (0..8).map(|_| Arc::default()).collect();
    Scheduler::new(Preemption::Signal, round_robin(2))
        .cpus(cpus)
        .run(|| {
            let stop = Arc::new(AtomicBool::new(false));
            let threads: Vec<_> = counts
                .iter()
                .map(|count| {
                    let (count, stop) = (Arc::clone(count), Arc::clone(&stop));
                    spawn(move || {
                        while !stop.load(Ordering::Relaxed) {
                            count.fetch_add(1, Ordering::Relaxed);
                        }
                    })
                })
                .collect();
            for count in &counts {
                count.store(0, Ordering::Relaxed); // all are there now
            }
            sleep(ms(400));
            stop.store(true, Ordering::Relaxed);
            join_all(threads);
        })
        .unwrap();
    let counts = counts
        .iter()
        .map(|count| u128::from(count.load(Ordering::Relaxed)));
    let sum: u128 = counts.clone().sum();
    let squares: u128 = counts.map(|count| count * count).sum();
    100 * sum * sum / (8 * squares)
}

#[test]
fn eight_threads_share_one_cpu_and_two_fairly() {
    let _turn = alone();
    for cpus in [1, 2] {
        // Where others use the processors too, a round can be cut short:
        // the best of a few tells what the scheduler does.
        let best = (0..3).map(|_| fairness(cpus)).max().unwrap();
        assert!(best >= 95, "{cpus} CPUs: {best} %");
    }
}

#[test]
fn a_thread_that_is_alone_is_not_disturbed() {
    let trace = Trace::begin();
    Scheduler::new(Preemption::Signal, round_robin(1))
        .run(|| {
            let begin = Instant::now();
            while begin.elapsed() < ms(20) {}
        })
        .unwrap();
    assert!(trace.events("preempted").is_empty());
}

/// The CPU of a record.
fn cpu_of(line: &Line) -> usize {
    line.get("cpu").unwrap().parse().unwrap()
}

#[test]
fn no_cpu_runs_two_threads_and_no_thread_runs_twice() {
    let trace = Trace::begin();
    Scheduler::new(Preemption::Signal, round_robin(1))
        .cpus(2)
        .run(|| {
            let threads = [(); 5].map(|()| {
                spawn(|| {
                    for _ in 0..20 {
                        let text = "x".repeat(black_box(1000));
                        assert_eq!(black_box(text).len(), 1000);
                        yield_now();
                    }
                })
            });
            join_all(threads);
        })
        .unwrap();
    let mut on_cpu = [None; 2];
    for line in trace.lines() {
        match line.event.as_str() {
            "dispatched" => {
                let (thread, cpu) = (line.number("thread"), cpu_of(&line));
                assert_eq!(on_cpu[cpu], None, "two on one CPU");
                assert!(!on_cpu.contains(&Some(thread)), "one on two CPUs");
                on_cpu[cpu] = Some(thread);
            }
            "preempted" | "yielded" | "blocked" | "finished" => {
                let cpu = &mut on_cpu[cpu_of(&line)];
                assert_eq!(*cpu, Some(line.number("thread")), "who leaves was there");
                *cpu = None;
            }
            "call_entered" => {
                let thread = Some(line.number("thread"));
                let cpu = on_cpu.iter_mut().find(|cpu| **cpu == thread);
                *cpu.expect("who calls was running") = None;
            }
            _ => {}
        }
    }
    let times: Vec<u64> = trace.lines().iter().map(|line| line.number("t")).collect();
    assert!(times.is_sorted(), "time never runs backwards");
}

#[test]
fn the_main_thread_gets_its_processors_back() {
    let _turn = alone();
    let before = std::thread::available_parallelism().unwrap();
    Scheduler::new(Preemption::Signal, round_robin(1))
        .run(|| yield_now())
        .unwrap();
    assert_eq!(std::thread::available_parallelism().unwrap(), before);
}
