//! Threads of `scheduler`: on one virtual CPU, preempted by signal.
//!
//! A switch is a `yield_now` of two that do nothing else; a message goes through a
//! channel with room for one.
//!
//! Left out: what happens when the system has no thread left. `spawn` panics then,
//! and the process says so; the plan stops well before.

use crate::meter::Meter;
use crate::order::Sample;
use scheduler::policy::RoundRobin;
use scheduler::sync::{Semaphore, channel};
use scheduler::{JoinHandle, Preemption, Scheduler, spawn, yield_now};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How many switches, and how many messages.
const TIMES: u32 = 1_000;

/// Measures so many.
///
/// # Panics
/// If the system has no thread left.
pub(crate) fn measure(count: u32) -> Sample {
    let policy = RoundRobin::new(Duration::from_millis(3));
    let outcome = Scheduler::new(Preemption::Signal, policy).run(|| {
        let warm = [0, 0].map(|_: u32| Arc::new(Semaphore::new(0)));
        let unit = start(&warm);
        warm[0].add_permits(1);
        unit.join().expect("no thread panics");

        let both @ [gate, there] = &[0, 0].map(|_: u32| Arc::new(Semaphore::new(0)));
        let mut meter = Meter::begin(count);
        let units: Vec<_> = (0..count).map(|_| start(both)).collect();
        let all = there.acquire(count as usize);
        all.expect("nobody closes it").forget();
        meter.there(&[]);
        meter.switched(switch(), TIMES);
        meter.asked(ask(), TIMES);
        meter.ends();
        gate.add_permits(count as usize);
        for unit in units {
            unit.join().expect("no thread panics");
        }
        meter.over()
    });
    outcome.expect("nobody waits for ever")
}

/// Starts a unit: it says that it is there, and waits until it may end.
fn start([gate, there]: &[Arc<Semaphore>; 2]) -> JoinHandle<()> {
    let [gate, there] = [Arc::clone(gate), Arc::clone(there)];
    spawn(move || {
        there.add_permits(1);
        let _ = gate.acquire(1);
    })
}

/// How long [`TIMES`] switches take.
fn switch() -> Duration {
    let began = Instant::now();
    let two = [0, 1].map(|_| spawn(|| (0..TIMES / 2).for_each(|_| yield_now())));
    for one in two {
        one.join().expect("no thread panics");
    }
    began.elapsed()
}

/// How long [`TIMES`] questions with their answers take.
fn ask() -> Duration {
    let (ask, questions) = channel(1);
    let (answer, answers) = channel(1);
    let other = spawn(move || {
        while let Ok(question) = questions.recv() {
            let _ = answer.send(question);
        }
    });
    let began = Instant::now();
    for question in 0..TIMES {
        ask.send(question).expect("somebody answers");
        answers.recv().expect("somebody answers");
    }
    let took = began.elapsed();
    drop(ask);
    other.join().expect("no thread panics");
    took
}
