//! The quantum: short, and a key is answered soon; long, and few switches are paid.
//!
//! Run it: `cargo run --example 13_quantum_threads`, and with `-- --real`
//! Step both twins: `cargo run -- step 13`
//!
//! Predict: two threads compute for 100 ms each. A key is pressed after 15 ms,
//! and a third thread answers it. How long does that take with a quantum of 10?
//!   a) no time to speak of: who was asleep is next
//!   b) up to 20 ms: what is left of one quantum, and one of the other thread
//!   c) 185 ms, until both have computed
//! Answer: b. In round robin whoever awakes stands in line, and the line is as
//! long as the others' quanta.
//!
//! Change: `RoundRobin` to `StaticPriority`, with `.quantum(milliseconds(quantum))`
//! and `.priority(1)` for the key. Now who awakes is next, whatever the quantum.
//!
//! Book: chapter 14. Twin: `13_quantum_tasks.rs`.

use scheduler::{Builder, Preemption, Scheduler, now, policy::RoundRobin, sleep, work};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

/// Who computed last.
static LATEST: AtomicU32 = AtomicU32::new(0);
/// How often that was somebody else than before.
static SWITCHES: AtomicU32 = AtomicU32::new(0);

// ANCHOR: compute
/// Computes for 100 ms, of which others can take any.
fn compute(me: u32) {
    for _ in 0..100 {
        if LATEST.swap(me, Relaxed) != me {
            SWITCHES.fetch_add(1, Relaxed);
        }
        work(Duration::from_millis(1)); // here, or not, the quantum is over
    }
}

/// Waits for a key that is pressed after 15 ms, and says how late it notices.
fn answer() -> Duration {
    let pressed = now() + Duration::from_millis(15);
    sleep(Duration::from_millis(15));
    now().saturating_sub(pressed)
}
// ANCHOR_END: compute

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let preemption = if real {
        Preemption::Signal
    } else {
        Preemption::Checkpoint
    };
    // ANCHOR: quanta
    for quantum in [1, 10, 100] {
        SWITCHES.store(0, Relaxed);
        let policy = RoundRobin::new(Duration::from_millis(quantum));
        let outcome = Scheduler::new(preemption, policy).run(|| {
            let key = Builder::new().name("key").spawn(answer);
            let computing = [("left", 1), ("right", 2)]
                .map(|(name, me)| Builder::new().name(name).spawn(move || compute(me)));
            for thread in computing {
                thread.join().expect("computing does not panic");
            }
            key.join().expect("answering does not panic").as_millis()
        });
        let answered = outcome.expect("nobody waits for ever");
        let switches = SWITCHES.load(Relaxed);
        println!("quanta of {quantum} ms: answered after {answered} ms, {switches} turns");
    }
    // ANCHOR_END: quanta
}

// Prints:
// quanta of 1 ms: answered after 4 ms, 198 turns
// quanta of 10 ms: answered after 16 ms, 20 turns
// quanta of 100 ms: answered after 186 ms, 2 turns
