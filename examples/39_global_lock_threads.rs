//! A global lock: whoever computes must hold it, as in an interpreter that has one.
//!
//! Run it: `cargo run --example 39_global_lock_threads`, and with `-- --real`
//! Step both twins: `cargo run -- step 39`
//!
//! Predict: a thread waits for ten answers, 1 ms each, while another one computes.
//! The lock changes hands every 5 ms. How long do the ten answers take?
//!   a) 10 ms: waiting needs no lock
//!   b) 20 ms: one for the other
//!   c) 60 ms
//! Answer: c. Waiting needs no lock, but going on does: each answer is there after
//! 1 ms, and whoever waited for it then stands in line for the other's 5.
//!
//! Change: INTERVAL to 20. Two sums take as long as before, and the answers are not
//! there before the sum is.
//!
//! Book: chapter 24. Twin: `39_global_lock_tasks.rs`.

use scheduler::{Preemption, Scheduler, now, policy::RoundRobin, sleep, spawn, sync::Mutex, work};
use std::{sync::Arc, time::Duration};

/// How many ms somebody may hold the lock, or the CPU, while others want it.
const INTERVAL: u64 = 5;

/// The lock, if there is one.
type Lock = Option<Arc<Mutex<()>>>;

// ANCHOR: lock
/// Computes for 100 ms with the lock, and lets go of it now and then.
fn sum(lock: &Lock) {
    for _ in 0..100 / INTERVAL {
        let _held = lock.as_ref().map(|lock| lock.lock());
        work(Duration::from_millis(INTERVAL));
    }
}

/// Waits for ten answers without the lock, and takes it to go on.
fn answers(lock: &Lock) {
    for _ in 0..10 {
        sleep(Duration::from_millis(1));
        let _held = lock.as_ref().map(|lock| lock.lock());
    }
}
// ANCHOR_END: lock

/// Says how long it takes until `one` is done, beside the `other`.
fn beside(what: &str, one: fn(&Lock), other: fn(&Lock), lock: &Lock) {
    let (began, [for_one, for_other]) = (now(), [lock.clone(), lock.clone()]);
    let other = spawn(move || other(&for_other));
    spawn(move || one(&for_one)).join().expect("no panic");
    println!("  {what} {}", sidestep::bar(now().saturating_sub(began)));
    other.join().expect("no panic");
}

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let preemption = if real {
        Preemption::Signal
    } else {
        Preemption::Checkpoint
    };
    let some = || Some(Arc::new(Mutex::new(())));
    for (kind, cpus, lock) in [
        ("2 CPUs", 2, None),
        ("1 CPU", 1, None),
        ("2 CPUs, a lock", 2, some()),
    ] {
        println!("{kind}");
        let policy = RoundRobin::new(Duration::from_millis(INTERVAL));
        let outcome = Scheduler::new(preemption, policy).cpus(cpus).run(|| {
            beside("a sum beside a sum    ", sum, sum, &lock);
            beside("answers beside answers", answers, answers, &lock);
            beside("answers beside a sum  ", answers, sum, &lock);
        });
        outcome.expect("nobody waits for ever");
    }
}

// Prints:
// 2 CPUs
//   a sum beside a sum       103 ms #####
//   answers beside answers    22 ms #
//   answers beside a sum      23 ms #
// 1 CPU
//   a sum beside a sum       203 ms ##########
//   answers beside answers    24 ms #
//   answers beside a sum      73 ms ###
// 2 CPUs, a lock
//   a sum beside a sum       202 ms ##########
//   answers beside answers    32 ms #
//   answers beside a sum      61 ms ###
