//! Signal mode under stress: threads are frozen anywhere, and nothing breaks.
//!
//! Workers do what programs do (see `steps`), are preempted in the middle of it
//! thousands of times, and check their own results. Each round runs in a process
//! of its own, so that a round that hangs can be examined and ended: see
//! `watch`. A policy that allocates in every callback decides who is next.
//!
//! `cargo test --test stress` takes about 20 s; `SCHEDULER_STRESS_SECONDS=600`
//! makes it as long as you like.

#![expect(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "a test: what fails, fails it; numbers are random anyway"
)]

mod ours;
mod policy;
mod steps;
mod watch;

use policy::{Allocating, Count};
use scheduler::{Builder, Preemption, Scheduler};
use std::env;
use std::sync::Arc;
use std::time::{Duration, Instant};
use steps::{Random, Scene};

/// Names a round to the process that runs it.
const ROUND: &str = "SCHEDULER_STRESS_ROUND";

/// What a round looks like.
#[derive(Clone, Copy, Debug)]
struct Round {
    /// How many workers.
    threads: usize,
    /// How many virtual CPUs.
    cpus: u32,
    /// How long a worker may run, in microseconds.
    quantum: u64,
    /// For how long they work, in milliseconds.
    duration: u64,
    /// Where their random numbers begin.
    seed: u64,
    /// Whether somebody listens to the trace: then the handler notes callers,
    /// and every step goes through the clerk.
    traced: bool,
}

impl Round {
    /// As text for the process that runs it.
    fn write(self) -> String {
        let Round {
            threads,
            cpus,
            quantum,
            duration,
            seed,
            traced,
        } = self;
        let traced = u8::from(traced);
        format!("{threads} {cpus} {quantum} {duration} {seed} {traced}")
    }

    /// The inverse of [`Round::write`].
    fn read(text: &str) -> Round {
        let numbers: Vec<u64> = text.split(' ').map(|word| word.parse().unwrap()).collect();
        Round {
            threads: usize::try_from(numbers[0]).unwrap(),
            cpus: u32::try_from(numbers[1]).unwrap(),
            quantum: numbers[2],
            duration: numbers[3],
            seed: numbers[4],
            traced: numbers[5] == 1,
        }
    }
}

#[test]
fn nothing_hangs_and_nothing_is_corrupted_wherever_threads_are_frozen() {
    if cfg!(not(target_os = "linux")) {
        return; // no signal mode
    }
    let seconds = env::var("SCHEDULER_STRESS_SECONDS").ok();
    let seconds = seconds.map_or(20, |text| text.parse().expect("a number of seconds"));
    let end = Instant::now() + Duration::from_secs(seconds);
    let duration = if seconds > 60 { 5_000 } else { 1_200 };
    let (mut rounds, mut preemptions) = (0, 0);
    'all: for seed in 1.. {
        for (threads, quantum, cpus) in [
            (2, 1_000, 1),
            (8, 200, 2),
            (64, 1_000, 2),
            (2, 200, 2),
            (8, 1_000, 1),
            (64, 200, 1),
            (2, 1_000, 2),
            (8, 200, 1),
            (32, 200, 2),
            (64, 1_000, 1),
            (16, 1_000, 2),
            (64, 200, 2),
        ] {
            if Instant::now() >= end {
                break 'all;
            }
            let round = Round {
                threads,
                cpus,
                quantum,
                duration,
                seed,
                traced: rounds % 3 == 2,
            };
            preemptions += watch::run(round);
            rounds += 1;
        }
    }
    println!("{rounds} rounds, {preemptions} preemptions, no hang, no corruption");
    assert!(preemptions > 0);
}

#[test]
#[ignore = "the other test runs it, in a process of its own"]
fn one_round() {
    if let Ok(round) = env::var(ROUND) {
        work(Round::read(&round));
    }
}

/// Runs the workers of `round`, and tells the watcher what happened.
fn work(round: Round) {
    if round.traced {
        log::set_logger(&Listener).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
    }
    let count = Arc::new(Count::default());
    let scene = Arc::new(Scene::new());
    let policy = Allocating::new(Duration::from_micros(round.quantum), Arc::clone(&count));
    Scheduler::new(Preemption::Signal, policy)
        .cpus(round.cpus)
        .run(|| {
            let end = Instant::now() + Duration::from_millis(round.duration);
            let workers: Vec<_> = (0..round.threads)
                .map(|number| {
                    let scene = Arc::clone(&scene);
                    let mut random = Random::new(round.seed << 32 | number as u64);
                    Builder::new()
                        .name(format!("worker {number}"))
                        .spawn(move || {
                            while Instant::now() < end {
                                scene.step(number, &mut random);
                            }
                        })
                })
                .collect();
            for worker in workers {
                worker.join().expect("every worker finds its results right");
            }
        })
        .expect("nobody waits for ever");
    scene.check();
    let (picks, preemptions) = count.read();
    println!("{} {picks} {preemptions}", watch::DONE);
}

/// Somebody who listens to the trace, and forgets it.
struct Listener;

impl log::Log for Listener {
    fn enabled(&self, _metadata: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        std::hint::black_box(format!("{record:?}"));
    }

    fn flush(&self) {}
}
