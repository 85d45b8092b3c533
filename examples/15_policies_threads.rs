//! Policies: who is next decides who is done first.
//!
//! Run it: `cargo run --example 15_policies_threads`, and with `-- --policy rr`
//! Step both twins: `cargo run -- step 15`
//!
//! Predict: three jobs come at once, and compute for 8, 4 and 2 ms. The policy is
//! first come, first served. When is the short one done?
//!   a) first
//!   b) last, when both others are
//!   c) in the middle
//! Answer: b. Who came first runs until it stops by itself. The short job waits
//! for six times its own length.
//!
//! Change: nothing in the code: `-- --policy stcf` serves whoever has least left
//! to do, and `-- --policy rr` takes turns. `-- --help` names all policies. With
//! `-- --real` the jobs come some microseconds apart: who is first varies.
//!
//! Book: chapter 15. Twin: `15_policies_tasks.rs`.

use scheduler::policy::{SHIPPED, Settings, by_name};
use scheduler::{Builder, Preemption, Scheduler, now, sleep, work};
use std::time::Duration;

/// When the jobs come.
const START: Duration = Duration::from_millis(20);

fn main() {
    env_logger::init();
    let chosen = sidestep::policy("fcfs", SHIPPED.map(|policy| policy.name));
    let preemption = if chosen.real {
        Preemption::Signal
    } else {
        Preemption::Checkpoint
    };
    let settings = Settings {
        quantum: Duration::from_millis(2),
        ..Settings::default()
    };
    let policy = by_name(&chosen.name, &settings).expect("the command line takes no other");
    let outcome = Scheduler::new(preemption, policy).run(|| {
        // ANCHOR: jobs
        let jobs = [("long", 8), ("middle", 4), ("short", 2)].map(|(name, milliseconds)| {
            let length = Duration::from_millis(milliseconds);
            Builder::new().name(name).burst(length).spawn(move || {
                sleep(START.saturating_sub(now())); // all three come at the same instant
                work(length); // the policy may stop it anywhere in here
                println!(
                    "{name} is done after {} ms",
                    now().saturating_sub(START).as_millis()
                );
            })
        });
        // ANCHOR_END: jobs
        for job in jobs {
            job.join().expect("no job panics");
        }
    });
    outcome.expect("nobody waits for ever");
}

// Prints:
// long is done after 9 ms
// middle is done after 13 ms
// short is done after 15 ms
