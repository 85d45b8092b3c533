//! A parked thread: it waits until another thread, which knows it, unparks it.
//!
//! Run it: `cargo run --example 04_waker_threads`
//! Step both twins: `cargo run -- step 04`
//!
//! Predict: the sleeper looks at the bell only after it has left its handle
//! there. What if it looked first, and was stopped before it left the handle?
//!   a) the ringer would find no handle, and the sleeper could park for ever
//!   b) nothing: the ringer would wait for the handle
//! Answer: a. That is a lost wake-up. A task cannot lose one like this: nobody
//! runs between the lines of one poll.
//!
//! Change: delete the line that leaves the handle. The bell rings, nobody is
//! unparked, and the scheduler reports a deadlock.
//!
//! Book: chapter 5. Twin: `04_waker_tasks.rs`.

use scheduler::{Builder, Preemption, Scheduler, Thread, policy::RoundRobin, yield_now};
use scheduler::{current, park, sync::Mutex};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

// ANCHOR: bell
/// A bell for one who waits.
#[derive(Default)]
struct Bell {
    /// Whether it was rung.
    rung: AtomicBool,
    /// Who waits.
    sleeper: Mutex<Option<Thread>>,
}

impl Bell {
    /// Waits until the bell has been rung.
    fn wait(&self) {
        *self.sleeper.lock() = Some(current()); // first, then look: see Predict
        while !self.rung.load(SeqCst) {
            println!("sleeper: not yet");
            park(); // off its CPU until it is unparked
        }
        println!("sleeper: it rings");
    }

    /// Rings, and unparks the one who waits.
    fn ring(&self) {
        self.rung.store(true, SeqCst);
        if let Some(sleeper) = self.sleeper.lock().take() {
            sleeper.unpark(); // runnable again; the policy says when it runs
        }
    }
}
// ANCHOR_END: bell

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let preemption = if real {
        Preemption::Signal
    } else {
        Preemption::Checkpoint
    };
    let scheduler = Scheduler::new(preemption, RoundRobin::new(Duration::from_millis(8)));
    let outcome = scheduler.run(|| {
        let bell = Arc::new(Bell::default());
        let heard = bell.clone();
        let sleeper = Builder::new().name("sleeper").spawn(move || heard.wait());
        let ringer = Builder::new().name("ringer").spawn(move || {
            for n in 1..=3 {
                println!("ringer: {n}");
                yield_now();
            }
            bell.ring();
            println!("ringer: rung");
        });
        sleeper.join().expect("the sleeper does not panic");
        ringer.join().expect("the ringer does not panic");
    });
    outcome.expect("nobody waits for ever");
}

// Prints:
// sleeper: not yet
// ringer: 1
// ringer: 2
// ringer: 3
// ringer: rung
// sleeper: it rings
