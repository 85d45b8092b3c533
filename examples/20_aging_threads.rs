//! Starvation and aging: whoever waits becomes more important as time goes by.
//!
//! Run it: `cargo run --example 20_aging_threads`
//! Step both twins: `cargo run -- step 20`
//!
//! Predict: *low* holds a mutex that *high* waits for, and *middle* computes for
//! 100 ms. Nobody inherits anything, but a waiting thread's priority rises by one
//! every 5 ms. When is high served?
//!   a) never, or when middle is over: low is the least important
//!   b) after a few times 5 ms
//! Answer: b. Low rises until it is above middle. The policy knows nothing of the
//! mutex: it sees that somebody waits, and that is enough.
//!
//! Change: `.aging(ms(5))`, to `.aging(ms(20))`. The cure is as slow as you set it.
//!
//! Book: chapter 16. Twin: `20_aging_tasks.rs`.

use scheduler::policy::StaticPriority;
use scheduler::{Builder, Preemption, Scheduler, now, sleep, sync::Mutex, work};
use std::sync::Arc;
use std::time::Duration;

/// Short for what is written most.
const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// Lets the three meet under `policy`, and says how long high waited.
fn meet(preemption: Preemption, rule: &str, policy: StaticPriority) {
    let waited = Scheduler::new(preemption, policy).run(|| {
        let lock = Arc::new(Mutex::new(()));
        let [for_low, for_high] = [Arc::clone(&lock), lock];
        let low = Builder::new().name("low").priority(-3).spawn(move || {
            let held = for_low.lock();
            work(ms(10));
            drop(held);
        });
        let middle = Builder::new().name("middle").priority(-2).spawn(|| {
            sleep(ms(6));
            work(ms(100)); // and wants no lock
        });
        let high = Builder::new().name("high").priority(-1).spawn(move || {
            sleep(ms(4));
            let asked = now();
            let _held = for_high.lock();
            now().saturating_sub(asked)
        });
        low.join().expect("low does not panic");
        middle.join().expect("middle does not panic");
        high.join().expect("high does not panic")
    });
    let waited = waited.expect("nobody waits for ever");
    println!("{rule}: high waited {} ms", waited.as_millis());
}

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let preemption = if real {
        Preemption::Signal
    } else {
        Preemption::Checkpoint
    };
    // ANCHOR: rules
    meet(preemption, "fixed", StaticPriority::new());
    meet(preemption, "aging", StaticPriority::new().aging(ms(5)));
    // ANCHOR_END: rules
}

// Prints:
// fixed: high waited 109 ms
// aging: high waited 27 ms
