//! Signal mode under stress: threads are frozen anywhere, and nothing breaks.
//!
//! Workers do what programs do (see `steps`), are preempted in the middle of it
//! thousands of times, and check their own results. Each round runs in a process
//! of its own, so that a round that hangs can be examined and ended: see
//! `watch`. A policy that allocates in every callback decides who is next.
//!
//! Rounds differ in threads, quantum, CPUs, in whether somebody listens to the
//! trace, and in how the scheduler learns of calls that block; every sixth is in
//! one of the other two modes. What must hold in each:
//!
//! 1. no hang: a round that is silent for a minute is reported and ended;
//! 2. no corruption: every worker finds its results right;
//! 3. no overlap: no thread runs without a CPU (see `seats`). Where the dispatcher
//!    polls, a thread that comes out of a call does so, for up to 5 ms: there
//!    overlaps are counted and shown only;
//! 4. where calls are dispatched, no more calls end with EINTR than processes were
//!    started (see `calls`); without the dispatcher's heap some calls are let pass,
//!    and ticks interrupt them.
//!
//! `cargo test --test stress` takes about 20 s. `SCHEDULER_STRESS_SECONDS=600` makes
//! it as long as you like; with more than 60, rounds are longer too. With
//! `--no-default-features` the dispatcher has no heap of its own.

#![expect(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "a test: what fails, fails it; numbers are random anyway"
)]

mod calls;
mod ours;
mod policy;
mod seats;
mod steps;
mod watch;

use policy::{Allocating, Count};
use scheduler::{Builder, Preemption, Scheduler, Unannounced};
use std::env;
use std::sync::Arc;
use std::time::{Duration, Instant};
use steps::{Random, Scene};
use watch::Counts;

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
    /// An index of [`MODES`].
    mode: usize,
    /// An index of [`WAYS`].
    way: usize,
}

/// How CPUs are taken away.
const MODES: [Preemption; 3] = [
    Preemption::Signal,
    Preemption::Checkpoint,
    Preemption::Never,
];

/// How the scheduler learns of calls that nobody announced, in Signal mode.
const WAYS: [Unannounced; 3] = [
    Unannounced::SystemCallDispatch,
    Unannounced::Polling,
    Unannounced::Off,
];

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
            mode,
            way,
        } = self;
        let traced = u8::from(traced);
        format!("{threads} {cpus} {quantum} {duration} {seed} {traced} {mode} {way}")
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
            mode: usize::try_from(numbers[6]).unwrap(),
            way: usize::try_from(numbers[7]).unwrap(),
        }
    }

    /// Its scheduler, under `policy`.
    fn scheduler(self, policy: Allocating) -> Scheduler {
        Scheduler::new(MODES[self.mode], policy)
            .cpus(self.cpus)
            .unannounced(WAYS[self.way])
    }

    /// Whether this system can run it.
    fn can_run(self) -> bool {
        let policy = Allocating::new(Duration::from_micros(self.quantum), Arc::default());
        self.scheduler(policy).probe().is_ok()
    }

    /// Fails unless what it counted is what must hold (rules 3 and 4).
    fn check(self, counts: Counts) {
        let (is_signal, way) = (self.mode == 0, WAYS[self.way]);
        assert!(counts.looks > 0, "{self:?}: nobody looked");
        if !(is_signal && way == Unannounced::Polling) {
            assert_eq!(counts.overlaps, 0, "{self:?}: threads ran without a CPU");
        }
        let has_heap = cfg!(feature = "heap");
        if has_heap && is_signal && way == Unannounced::SystemCallDispatch {
            assert!(
                counts.cut_short <= counts.children,
                "{self:?}: {counts:?}: more calls were interrupted than processes started"
            );
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
    let mut rounds = 0;
    // What was counted in each mode and way.
    let mut totals = [[(0, Counts::default()); WAYS.len()]; MODES.len()];
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
                traced: rounds % 4 == 2,
                mode: [0, 0, 0, 0, 0, 1 + rounds / 6 % 2][rounds % 6],
                way: (rounds + seed as usize) % WAYS.len(),
            };
            rounds += 1;
            if round.can_run() {
                let counts = watch::run(round);
                round.check(counts);
                let (rounds, total) = &mut totals[round.mode][round.way];
                *rounds += 1;
                total.add(counts);
            }
        }
    }
    let mut preemptions = 0;
    for (mode, ways) in MODES.iter().zip(totals) {
        for (way, (rounds, total)) in WAYS.iter().zip(ways).filter(|(_, (rounds, _))| *rounds > 0) {
            println!("{mode:?} {way:?}: {rounds} rounds, {total:?}");
            preemptions += total.preemptions;
        }
    }
    println!("no hang, no corruption, {preemptions} preemptions");
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
    let scene = Arc::new(Scene::new(round.mode == 0));
    let policy = Allocating::new(Duration::from_micros(round.quantum), Arc::clone(&count));
    round
        .scheduler(policy)
        .run(|| {
            let end = Instant::now() + Duration::from_millis(round.duration);
            let workers: Vec<_> = (0..round.threads)
                .map(|number| {
                    let scene = Arc::clone(&scene);
                    let mut random = Random::new(round.seed << 32 | number as u64);
                    Builder::new()
                        .name(format!("worker {number}"))
                        .spawn(move || {
                            seats::watch_me();
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
    let (looks, overlaps) = seats::read();
    let (cut_short, children) = calls::read();
    let counts = Counts {
        picks,
        preemptions,
        looks,
        overlaps,
        cut_short,
        children,
    };
    println!("{}", counts.write());
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
