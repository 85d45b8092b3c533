//! Talk: a question and its answer, from one thread to another and back.
//!
//! Run it: `cargo run --example 35_talk_threads`, and with `-- --real`
//! Step all three: `cargo run -- step 35`
//!
//! Predict: with `--real`, how long does one question with its answer take?
//!   a) about a microsecond, or less
//!   b) some microseconds
//!   c) dozens of microseconds, or hundreds
//! Answer: c. A message is a value moved into a queue of the same memory, but
//! two switches go through the dispatcher and the kernel.
//!
//! Change: the room in the channels, from 1 to 100. Nothing changes: whoever
//! asks waits for the answer before the next question.
//!
//! Book: chapter 22. Twin: `35_talk_tasks.rs`; third: `35_talk_processes.rs`.

use scheduler::{Preemption, Scheduler, now, policy::RoundRobin, spawn, sync::channel};
use std::time::Duration;

// ANCHOR: talk
/// Asks for the squares of 1 to `count`, one after the other: their sum.
fn talk(count: u64) -> u64 {
    let (ask, questions) = channel(1);
    let (answer, answers) = channel(1);
    let answerer = spawn(move || {
        while let Ok(n) = questions.recv() {
            answer.send(n * n).expect("somebody waits for it");
        }
    });
    let mut sum = 0;
    for n in 1..=count {
        ask.send(n).expect("somebody answers");
        sum += answers.recv().expect("somebody answers");
    }
    drop(ask); // no more questions
    answerer.join().expect("it does not panic");
    sum
}
// ANCHOR_END: talk

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let preemption = if real {
        Preemption::Signal
    } else {
        Preemption::Checkpoint
    };
    let scheduler = Scheduler::new(preemption, RoundRobin::new(Duration::from_millis(3)));
    let outcome = scheduler.run(move || {
        println!("the sum of the answers: {}", talk(3));
        if real {
            let began = now();
            talk(10_000);
            println!("{:?} each", now().saturating_sub(began) / 10_000);
        }
    });
    outcome.expect("nobody waits for ever");
}

// Prints:
// the sum of the answers: 14
