//! Priority inversion: the most important thread waits for the least important.
//!
//! Run it: `cargo run --example 19_inversion_threads`
//! Step both twins: `cargo run -- step 19`
//!
//! Predict: *low* holds a mutex for 10 ms of work. After 4 ms *high* wants it, and
//! after 6 ms *middle* computes for 30 ms; it wants no mutex. When does high get it?
//!   a) after the 6 ms that low still needs
//!   b) after about 36 ms: middle's work goes before low's
//!   c) at once: it is the most important
//! Answer: b, with a plain mutex. Low cannot go on since middle is more important,
//! so high waits for middle, which it has nothing to do with. With inheritance low
//! has high's priority for as long as high waits for it: a.
//!
//! Change: middle's work, to 300 ms. Only the first line of the output changes.
//!
//! Book: chapter 16. Twin: `19_inversion_tasks.rs`.

use scheduler::policy::StaticPriority;
use scheduler::{Builder, Preemption, Scheduler, now, sleep, sync::Mutex, work};
use std::sync::Arc;
use std::time::Duration;

/// Short for what is written most.
const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// Lets the three meet at `lock`, and says how long high waited for it.
fn meet(preemption: Preemption, kind: &str, lock: Mutex<()>) {
    let lock = Arc::new(lock);
    let waited = Scheduler::new(preemption, StaticPriority::new()).run(|| {
        // ANCHOR: meet
        let [for_low, for_high] = [Arc::clone(&lock), lock];
        let low = Builder::new().name("low").priority(-3).spawn(move || {
            let held = for_low.lock();
            work(ms(10));
            drop(held);
        });
        let middle = Builder::new().name("middle").priority(-2).spawn(|| {
            sleep(ms(6));
            work(ms(30)); // and wants no lock
        });
        let high = Builder::new().name("high").priority(-1).spawn(move || {
            sleep(ms(4));
            let asked = now();
            let _held = for_high.lock();
            now().saturating_sub(asked)
        });
        // ANCHOR_END: meet
        low.join().expect("low does not panic");
        middle.join().expect("middle does not panic");
        high.join().expect("high does not panic")
    });
    let waited = waited.expect("nobody waits for ever");
    println!("{kind}: high waited {} ms", waited.as_millis());
}

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let preemption = if real {
        Preemption::Signal
    } else {
        Preemption::Checkpoint
    };
    // ANCHOR: kinds
    meet(preemption, "plain", Mutex::new(()));
    meet(preemption, "inheriting", Mutex::inheriting(()));
    // ANCHOR_END: kinds
}

// Prints:
// plain: high waited 39 ms
// inheriting: high waited 9 ms
