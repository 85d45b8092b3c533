//! A scenario as real threads: the policy drives what it was written for.
//!
//! Each job is an OS thread under a [`Scheduler`]: a millisecond of CPU time is
//! a checkpoint, a burst of waiting a sleep. Thread 0, `main`, starts them when
//! they come. At checkpoints time is virtual, so the order is the same always,
//! and two policies can be compared by it.
//!
//! Book: "Exercises" in the introduction.

use crate::check::Complaint;
use crate::scenario::{NewPolicy, Scenario, ms};
use scheduler::policy::Policy;
use scheduler::simulation::{Job, Step};
use scheduler::{Builder, Preemption, Scheduler, checkpoint, sleep, yield_now};
use std::fmt::Write as _;
use std::hint;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Which thread ran, a number for each millisecond.
type Order = Arc<Mutex<Vec<usize>>>;

/// Runs `scenario` as threads at checkpoints, under `policy`.
///
/// # Errors
///
/// Why the run could not go on, as a sentence.
pub fn run(scenario: &Scenario, policy: Box<dyn Policy>) -> Result<Vec<usize>, String> {
    let order = Order::default();
    Scheduler::new(Preemption::Checkpoint, policy)
        .cpus(scenario.cpus)
        .tick(ms(1))
        .run(|| start_jobs(&scenario.jobs, &order))
        .map_err(|error| error.to_string())?;
    let order = order.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(order.clone())
}

/// Starts every job when it comes, and waits for all of them.
fn start_jobs(jobs: &[Job], order: &Order) {
    let mut by_arrival: Vec<(usize, &Job)> = (1..).zip(jobs).collect();
    by_arrival.sort_by_key(|(_, job)| job.arrival);
    let mut now = Duration::ZERO;
    let mut handles = Vec::new();
    for (number, job) in by_arrival {
        let arrival = Duration::from_nanos(job.arrival.as_nanos());
        let wait = arrival.saturating_sub(now);
        if !wait.is_zero() {
            sleep(wait);
            now = arrival;
        }
        let (steps, order) = (job.steps.clone(), Arc::clone(order));
        let thread = Builder::new().name(format!("job {number}"));
        handles.push(thread.spawn(move || work(number, &steps, &order)));
    }
    for handle in handles {
        handle.join().expect("a job does not panic");
    }
}

/// What a job's thread does. To sleep and to yield takes a tick, like every
/// checkpoint: the last of the burst before it.
fn work(number: usize, steps: &[Step], order: &Order) {
    let note = || {
        order
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(number);
    };
    for (at, step) in steps.iter().enumerate() {
        match step {
            Step::Run(burst) => {
                let ticks = burst.as_nanos() / ms(1).as_nanos();
                let last_is_next_call = at + 1 < steps.len();
                for tick in 1..=ticks {
                    note();
                    if tick < ticks || !last_is_next_call {
                        checkpoint();
                    }
                }
            }
            Step::Wait(burst) => sleep(*burst),
            Step::Yield => yield_now(),
        }
    }
}

/// Whether threads run in the same order under both policies. Only the run of
/// `subject` leaves a trace.
///
/// # Errors
///
/// A complaint with both orders, when they do not.
///
/// # Panics
///
/// If `reference` breaks a rule of policies.
pub fn compare(
    scenario: &Scenario,
    reference: NewPolicy,
    subject: NewPolicy,
) -> Result<(), Complaint> {
    let found = run(scenario, subject(scenario.quantum));
    let level = log::max_level();
    log::set_max_level(log::LevelFilter::Off);
    let expected = run(scenario, reference(scenario.quantum)).expect("the reference is right");
    log::set_max_level(level);
    if found.as_ref() == Ok(&expected) {
        return Ok(());
    }
    let order = |order: &[usize]| {
        let mut text = "who ran, millisecond by millisecond:".to_owned();
        for number in order {
            // A String takes all that is written to it.
            let _ = write!(text, " {number}");
        }
        text
    };
    Err(Complaint {
        tried: format!(
            "real threads, stopped at checkpoints; thread 0, main, starts them\n{scenario}"
        ),
        expected: order(&expected),
        happened: found.map_or_else(in_place_of, |found| order(&found)),
        ..Complaint::default()
    })
}

/// A fault, and why the trace goes on after it.
fn in_place_of(fault: String) -> String {
    fault + "\nwhat the trace shows after that is our doing: the threads must end"
}

/// Whether a thread that never stops by itself is made to give way to the one
/// that it waits for, by signal.
///
/// # Errors
///
/// A complaint, when the run could not go on. A policy that never gives the
/// other thread its turn makes this run for ever.
///
/// # Panics
///
/// Never: the threads that it starts do not panic.
pub fn preempted_by_signal(policy: Box<dyn Policy>) -> Result<(), Complaint> {
    let turn = Arc::new(AtomicU32::new(0));
    let scheduler = Scheduler::new(Preemption::Signal, policy);
    let result = scheduler.run(|| {
        let threads: Vec<_> = (0..3)
            .map(|me| {
                let turn = Arc::clone(&turn);
                // Round the three threads ten times, each spinning until it is
                // its turn: hopeless unless the CPU is taken away.
                let play = move || {
                    for round in 0..10 {
                        while turn.load(Ordering::Acquire) != round * 3 + me {
                            hint::spin_loop();
                        }
                        turn.fetch_add(1, Ordering::AcqRel);
                    }
                };
                Builder::new().name(format!("spinner {me}")).spawn(play)
            })
            .collect();
        for thread in threads {
            thread.join().expect("a spinner does not panic");
        }
    });
    result.map_err(|error| Complaint {
        tried: "three real threads that spin until it is their turn, preempted by signal".into(),
        expected: "every one comes to its end".into(),
        happened: error.to_string(),
        ..Complaint::default()
    })
}
