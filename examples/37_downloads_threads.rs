//! Downloads: 24 of them, and each is nothing but waiting. As threads.
//!
//! Run it: `cargo run --example 37_downloads_threads`, and with `-- --real`
//! Step both twins: `cargo run -- step 37`
//!
//! Predict: each takes 50 ms, and there is one CPU. How long do 24 threads take,
//! of which each does one?
//!   a) 1200 ms: there is one CPU
//!   b) 50 ms, and what it takes to start and end 24 threads
//!   c) 24 times that of a task
//! Answer: b. A thread that waits needs no CPU: a blocking call gives it up. So all
//! of them wait at the same time.
//!
//! Change: `.cpus(1)` to `.cpus(2)`. Only starting them gets quicker: there is no
//! other work that a second CPU could do.
//!
//! Book: chapter 23. Twin: `37_downloads_tasks.rs`.

use scheduler::policy::RoundRobin;
use scheduler::{Preemption, Scheduler, now, sleep, spawn, sync::Semaphore};
use std::{sync::Arc, time::Duration};

/// How many downloads there are.
const DOWNLOADS: u32 = 24;

// ANCHOR: download
/// Waits for a server far away. The latency stands for it.
fn download() {
    sleep(Duration::from_millis(50));
}

/// How long all of them take, of which so many may be under way at a time.
fn all(at_a_time: usize) -> Duration {
    let (began, places) = (now(), Arc::new(Semaphore::new(at_a_time)));
    let start = |places: Arc<Semaphore>| {
        spawn(move || {
            let _place = places.acquire(1);
            download();
        })
    };
    let downloads: Vec<_> = (0..DOWNLOADS).map(|_| start(places.clone())).collect();
    for download in downloads {
        download.join().expect("no thread panics");
    }
    now().saturating_sub(began)
}
// ANCHOR_END: download

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let preemption = if real {
        Preemption::Signal
    } else {
        Preemption::Checkpoint
    };
    let policy = RoundRobin::new(Duration::from_millis(3));
    let outcome = Scheduler::new(preemption, policy).cpus(1).run(|| {
        for at_a_time in [1, 4, 24] {
            let took = all(at_a_time);
            let rate = f64::from(DOWNLOADS) / took.as_secs_f64();
            let bar = sidestep::bar(took);
            println!("{at_a_time:>2} at a time: {rate:>3.0} a second {bar}");
        }
    });
    outcome.expect("nobody waits for ever");
}

// Prints:
//  1 at a time:  20 a second  1228 ms ############################################################
//  4 at a time:  75 a second   319 ms ###############
// 24 at a time: 192 a second   125 ms ######
