//! Talk: a question and its answer, from one task to another and back.
//!
//! Run it: `cargo run --example 35_talk_tasks`, and with `-- --real`
//! Step all three: `cargo run -- step 35`
//!
//! Predict: with `--real`, how long does one question with its answer take?
//!   a) about a microsecond, or less
//!   b) some microseconds
//!   c) dozens of microseconds, or hundreds
//! Answer: a, when built with `--release`. A message is a value moved into a
//! queue of the same memory, and a switch is a return and a call.
//!
//! Change: the room in the channels, from 1 to 100. Nothing changes: whoever
//! asks waits for the answer before the next question.
//!
//! Book: chapter 22. Twin: `35_talk_threads.rs`; third: `35_talk_processes.rs`.

use runtime::{Clock, EventLoop, now, spawn, sync::channel};

// ANCHOR: talk
/// Asks for the squares of 1 to `count`, one after the other: their sum.
async fn talk(count: u64) -> u64 {
    let (ask, questions) = channel(1);
    let (answer, answers) = channel(1);
    let answerer = spawn(async move {
        while let Ok(n) = questions.recv().await {
            answer.send(n * n).await.expect("somebody waits for it");
        }
    });
    let mut sum = 0;
    for n in 1..=count {
        ask.send(n).await.expect("somebody answers");
        sum += answers.recv().await.expect("somebody answers");
    }
    drop(ask); // no more questions
    answerer.await.expect("it does not panic");
    sum
}
// ANCHOR_END: talk

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let clock = if real { Clock::Real } else { Clock::Virtual };
    EventLoop::new(clock).block_on(async {
        println!("the sum of the answers: {}", talk(3).await);
        if real {
            let began = now();
            talk(10_000).await;
            println!("{:?} each", now().saturating_sub(began) / 10_000);
        }
    });
}

// Prints:
// the sum of the answers: 14
