//! A library that blocks: it waits, and the whole loop waits with it.
//!
//! Run it: `cargo run --example 08_blocking_call_tasks`, and with `-- --real`
//! Step both twins: `cargo run -- step 08`
//!
//! Predict: a task calls a library that waits up to 50 ms for an answer. The
//! answer comes from another task, which needs no time for it. What is heard?
//!   a) the answer, at once
//!   b) the answer, after 50 ms
//!   c) nothing
//! Answer: c. The library keeps the only thread there is, and so the task that
//! would answer cannot run. Called on the pool it hears the answer.
//!
//! Change: the library's patience, from 50 ms to ten seconds. It hears nothing
//! for longer.
//!
//! Book: chapter 8. Twin: `08_blocking_call_threads.rs`.

use runtime::{Builder, Clock, EventLoop, blocking};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

// ANCHOR: library
/// A library that knows nothing of event loops: it keeps its thread while it waits.
fn ask(answers: &Receiver<&'static str>) -> Result<&'static str, RecvTimeoutError> {
    answers.recv_timeout(Duration::from_millis(50))
}
// ANCHOR_END: library

/// Starts a task that answers as soon as it can run.
fn answer(answers: Sender<&'static str>) {
    let answering = async move { answers.send("42") };
    drop(Builder::new().name("answer").spawn(answering)); // detached
}

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let clock = if real { Clock::Real } else { Clock::Virtual };
    let mut event_loop = EventLoop::new(clock);
    event_loop.block_on(async {
        // ANCHOR: calls
        let (sender, answers) = channel();
        answer(sender);
        println!("called in the task: {:?}", ask(&answers));

        let (sender, answers) = channel();
        answer(sender);
        let heard = blocking::spawn(move || ask(&answers)).await; // on another OS thread
        println!("called on the pool: {:?}", heard.expect("no panic"));
        // ANCHOR_END: calls
    });
}

// Prints:
// called in the task: Err(Timeout)
// called on the pool: Ok("42")
