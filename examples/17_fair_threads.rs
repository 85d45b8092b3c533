//! Fair shares: a weight says how much of the time, and the policy counts.
//!
//! Run it: `cargo run --example 17_fair_threads`
//! Step both twins: `cargo run -- step 17`
//!
//! Predict: two threads compute without a pause, and are asked every 20 ms how
//! much they have done. One has the weight 1, the other 3. What do they say?
//!   a) both the same: each gets its quantum in turn
//!   b) the heavier has done three times as much, each time
//!   c) the heavier goes first; the other starts when it is over
//! Answer: b. Whoever has had least for its weight is next. The quanta are all
//! alike: the heavier one gets more of them.
//!
//! Change: the policy, to `RoundRobin::new(quantum)`. It does not know weights.
//!
//! Book: chapter 15. Twin: `17_fair_tasks.rs`.

use scheduler::{Builder, Preemption, Scheduler, policy::Fair};
use scheduler::{now, sleep, work};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// What each has done so far, in ms.
static DONE: [AtomicU32; 2] = [const { AtomicU32::new(0) }; 2];
/// How long they compute.
const END: Duration = Duration::from_millis(80);

/// Computes until the time is over.
fn compute(who: usize) {
    while now() < END {
        work(Duration::from_millis(1));
        DONE[who].fetch_add(1, Ordering::Relaxed);
    }
}

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let preemption = if real {
        Preemption::Signal
    } else {
        Preemption::Checkpoint
    };
    let quantum = Duration::from_millis(1);
    let scheduler = Scheduler::new(preemption, Fair::new(quantum * 4, quantum));
    let outcome = scheduler.run(|| {
        // ANCHOR: fair
        let units = [("one", 0, 1), ("three", 1, 3)].map(|(name, who, weight)| {
            Builder::new()
                .name(name)
                .weight(weight)
                .spawn(move || compute(who))
        });
        for _ in 0..4 {
            sleep(END / 4);
            let [one, three] = [0, 1].map(|who: usize| DONE[who].load(Ordering::Relaxed));
            println!("one: {one} ms, three: {three} ms");
        }
        // ANCHOR_END: fair
        for unit in units {
            unit.join().expect("no thread panics");
        }
    });
    outcome.expect("nobody waits for ever");
}

// Prints:
// one: 7 ms, three: 20 ms
// one: 12 ms, three: 35 ms
// one: 17 ms, three: 50 ms
// one: 20 ms, three: 54 ms
