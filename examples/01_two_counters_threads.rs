//! Two counters as threads: each may be stopped anywhere, and is.
//!
//! Run it: `cargo run --example 01_two_counters_threads`
//! Step both twins: `cargo run -- step 01`
//!
//! Predict: ping and pong each add 1 to the same total, three times. What is
//! the total at the end?
//!   a) 6, always
//!   b) less than 6: an addition is lost
//!   c) more than 6
//! Answer: b. When its time slice ends between `load` and `store`, a thread is
//! stopped with an old total in its hand, and writes that back later.
//!
//! Change: the quantum, from 3 ms to 8 ms. Each thread is done before its slice
//! ends, and the total is 6. The bug is still there; you cannot see it any more.
//!
//! Book: chapters 1 and 2. Twin: `01_two_counters_tasks.rs`.

use scheduler::{Builder, Preemption, Scheduler, Shared, policy::RoundRobin};
use std::{sync::Arc, time::Duration};

// ANCHOR: count
/// Adds 1 to the total three times. It never gives way; it is made to.
fn count(name: &str, total: &Shared<u32>) {
    for n in 1..=3 {
        let seen = total.load();
        println!("{name} {n}");
        total.store(seen + 1);
    }
}
// ANCHOR_END: count

fn main() {
    env_logger::init();
    let real = sidestep::real();
    // ANCHOR: main
    let preemption = if real {
        Preemption::Signal
    } else {
        Preemption::Checkpoint
    };
    let scheduler = Scheduler::new(preemption, RoundRobin::new(Duration::from_millis(3)));
    let outcome = scheduler.run(|| {
        let total = Arc::new(Shared::new("total", 0));
        let counters = ["ping", "pong"].map(|name| {
            let total = total.clone();
            Builder::new().name(name).spawn(move || count(name, &total)) // runnable at once
        });
        for counter in counters {
            counter.join().expect("a counter does not panic"); // main blocks: the dispatcher picks
        }
        println!("total {}", total.load());
    });
    // ANCHOR_END: main
    outcome.expect("nobody waits for ever");
}

// Prints:
// ping 1
// pong 1
// ping 2
// ping 3
// pong 2
// pong 3
// total 5
