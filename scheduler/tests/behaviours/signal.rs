//! Signal mode: threads are stopped anywhere, fairly, and go on unharmed.

use crate::support::{Line, Trace, alone, in_time, join_all, ms, round_robin};
use scheduler::{Preemption, Scheduler, Shared, sleep, spawn, yield_now};
use std::fmt;
use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
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

/// Sorts a copy of `numbers` so many times: nearly every instruction is the
/// standard library's.
#[inline(never)]
fn sort_again_and_again(numbers: &[u64], times: usize) {
    for _ in 0..times {
        let mut copy = numbers.to_vec();
        copy.sort_unstable();
        black_box(copy);
    }
}

#[test]
fn who_is_stopped_in_the_library_is_told_by_the_nearest_line_of_its_own() {
    let trace = Trace::begin();
    let numbers: Vec<u64> = (0..20_000).map(|n| n * 7_919 % 10_007).collect();
    Scheduler::new(Preemption::Signal, round_robin(1))
        .run(|| {
            let stop = AtomicBool::new(false);
            scheduler::scope(|threads| {
                for _ in 0..2 {
                    threads.spawn(|| {
                        while !stop.load(Ordering::Relaxed) {
                            sort_again_and_again(&numbers, 3);
                        }
                    });
                }
                while trace.events("preempted").len() < 60 {
                    sleep(ms(20));
                }
                stop.store(true, Ordering::Relaxed);
            });
        })
        .unwrap();
    let resolved = trace.events("resolved");
    let place = |line: &Line| {
        let counter = line.get("pc")?;
        let resolved = resolved.iter().find(|line| line.get("pc") == Some(counter));
        Some(resolved?.get("at")?.to_owned())
    };
    let stops = trace.events("preempted");
    let places: Vec<_> = stops.iter().map(place).collect();
    // Not all: a busy machine can stop a thread before its first line.
    let own = places
        .iter()
        .flatten()
        .filter(|at| at.contains("behaviours/signal.rs:"));
    assert!(own.count() * 10 > stops.len() * 9, "{places:?}");
}

/// Runs 8 threads that only compute on so many CPUs, and adds the time that
/// each was given. What the machine made of that time is not our matter.
fn share(cpus: u32, given: &mut [u128; 8]) {
    let trace = Trace::begin();
    Scheduler::new(Preemption::Signal, round_robin(2))
        .cpus(cpus)
        .run(|| {
            let stop = Arc::new(AtomicBool::new(false));
            let threads = [(); 8].map(|()| {
                let stop = Arc::clone(&stop);
                spawn(move || while !stop.load(Ordering::Relaxed) {})
            });
            while trace.events("preempted").len() < 8 * 25 {
                sleep(ms(50));
            }
            stop.store(true, Ordering::Relaxed);
            join_all(threads);
        })
        .unwrap();
    for stop in trace.events("preempted") {
        if let Some(index) = stop.number("thread").checked_sub(1) {
            given[usize::try_from(index).unwrap()] += u128::from(stop.number("ran"));
        }
    }
}

/// Jain's index in percent: 100 if all are equal, 12 if one has everything.
fn fairness(given: &[u128; 8]) -> u128 {
    let sum: u128 = given.iter().sum();
    let squares: u128 = given.iter().map(|time| time * time).sum();
    100 * sum * sum / (8 * squares)
}

#[test]
fn eight_threads_share_one_cpu_and_two_fairly() {
    for cpus in [1, 2] {
        let mut given = [0; 8];
        // A machine that does much else meanwhile delivers signals late, now to
        // this thread, now to that: in the long run it comes out even.
        let fair = (0..20).any(|_| {
            share(cpus, &mut given);
            fairness(&given) >= 95
        });
        assert!(fair, "{cpus} CPUs: {given:?}");
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
fn a_thread_that_is_frozen_while_it_prints_a_shared_variable_holds_nobody_up() {
    /// Takes several quanta to print.
    #[derive(Clone, Copy)]
    struct Slow;
    impl fmt::Debug for Slow {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let since = Instant::now();
            while since.elapsed() < ms(5) {}
            f.write_str("slow")
        }
    }
    let _turn = alone();
    in_time(|| {
        Scheduler::new(Preemption::Signal, round_robin(1))
            .run(|| {
                let shared = Arc::new(Shared::new("shared", Slow));
                let printed = Arc::clone(&shared);
                let prints = spawn(move || {
                    for _ in 0..20 {
                        assert_eq!(format!("{printed:?}"), "shared: slow");
                    }
                });
                while !prints.is_finished() {
                    black_box(shared.load());
                }
                prints.join().unwrap();
            })
            .unwrap();
    });
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
