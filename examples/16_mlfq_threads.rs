//! A policy that learns: it looks at what a thread did, and can be gamed.
//!
//! Run it: `cargo run --example 16_mlfq_threads`
//! Step both twins: `cargo run -- step 16`
//!
//! Predict: two threads want all of the processor. The *gamer* sleeps for 1 ms
//! each time that its quantum of 10 ms is nearly over. The first rule says: who
//! used up a quantum sinks, who blocked before stays. How is the time shared?
//!   a) equally: a sleep gains nothing
//!   b) the gamer gets nearly all
//! Answer: b. It never uses up a quantum, so it stays at the top, where a thread
//! goes before all that sank. The mended rule adds up what it used at a level,
//! however often it blocked in between: then it sinks like everybody.
//!
//! Change: the gamer's sleep, to 10 ms. What does the game bring now?
//!
//! Book: chapter 15. Twin: `16_mlfq_tasks.rs`.

use scheduler::policy::{Level, MultiLevelFeedback};
use scheduler::{Builder, Preemption, Scheduler, now, sleep, work};
use std::time::Duration;

/// Computes until 100 ms are over, and returns for how many ms; sleeps for 1 ms
/// after every `pieces` of 1 ms.
fn compute(pieces: u32) -> u32 {
    let mut done = 0;
    while now() < Duration::from_millis(100) {
        work(Duration::from_millis(1));
        done += 1;
        if done % pieces == 0 {
            sleep(Duration::from_millis(1));
        }
    }
    done
}

/// Lets both run under `policy`, and says what each got.
fn share(preemption: Preemption, rule: &str, policy: MultiLevelFeedback) {
    let outcome = Scheduler::new(preemption, policy).run(|| {
        // ANCHOR: game
        let [gamer, honest] = [("gamer", 8), ("honest", u32::MAX)]
            .map(|(name, pieces)| Builder::new().name(name).spawn(move || compute(pieces)));
        let gamer = gamer.join().expect("it does not panic");
        let honest = honest.join().expect("it does not panic");
        println!("{rule}: gamer {gamer} ms, honest {honest} ms");
        // ANCHOR_END: game
    });
    outcome.expect("nobody waits for ever");
}

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let preemption = if real {
        Preemption::Signal
    } else {
        Preemption::Checkpoint
    };
    // ANCHOR: levels
    let levels = || {
        let level = |milliseconds| Level {
            quantum: Duration::from_millis(milliseconds),
            allotment: 1, // quanta at this level
        };
        MultiLevelFeedback::new([level(10), level(20)])
    };
    share(preemption, "first rule", levels().blocking_renews());
    share(preemption, "mended", levels());
    // ANCHOR_END: levels
}

// Prints:
// first rule: gamer 72 ms, honest 17 ms
// mended: gamer 24 ms, honest 70 ms
