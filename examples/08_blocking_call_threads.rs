//! A call that blocks: announced, or not, or found out all the same.
//!
//! Run it: `cargo run --example 08_blocking_call_threads`, and with `-- --real`
//! Step both twins: `cargo run -- step 08`
//!
//! Predict: a thread calls a library that waits up to 50 ms for an answer. The
//! answer comes from another thread, as soon as that runs again. What is heard
//! with `--real`, where the threads run on the real clock, that is not heard without?
//!   a) nothing else
//!   b) the answer to the first call
//! Answer: b. Where Linux hands a thread's system calls to us, a call that waits
//! gives its CPU up at once; elsewhere it is found out a little later, or a signal
//! ends the slice. At checkpoints control moves only where the program calls us.
//!
//! Change: the quantum, from 3 ms to 200 ms. With `--real` the answer is still
//! heard at once. Then let the scheduler not look, with
//! `.unannounced(scheduler::Unannounced::Off)`: patience ends before the slice.
//!
//! Book: chapter 8. Twin: `08_blocking_call_tasks.rs`.

use scheduler::{Builder, Preemption, Scheduler, blocking, policy::RoundRobin, yield_now};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

// ANCHOR: library
/// A library that knows nothing of schedulers: it keeps its thread while it waits.
fn ask(answers: &Receiver<&'static str>) -> Result<&'static str, RecvTimeoutError> {
    answers.recv_timeout(Duration::from_millis(50))
}
// ANCHOR_END: library

/// Starts a thread that answers, once it has let the others run.
fn answer(answers: Sender<&'static str>) {
    let answering = move || {
        yield_now(); // a new thread may run at once: the question comes first
        answers.send("42")
    };
    drop(Builder::new().name("answer").spawn(answering)); // detached
}

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let preemption = if real {
        Preemption::Signal
    } else {
        Preemption::Checkpoint
    };
    let scheduler = Scheduler::new(preemption, RoundRobin::new(Duration::from_millis(3)));
    let outcome = scheduler.run(|| {
        // ANCHOR: calls
        let (sender, answers) = channel();
        answer(sender);
        println!("called as it is: {:?}", ask(&answers));

        let (sender, answers) = channel();
        answer(sender);
        let heard = blocking(|| ask(&answers)); // gives the CPU up for as long as it lasts
        println!("announced: {heard:?}");
        // ANCHOR_END: calls
    });
    outcome.expect("nobody waits for ever");
}

// Prints:
// called as it is: Err(Timeout)
// announced: Ok("42")
