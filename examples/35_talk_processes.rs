//! Talk: a question and its answer, from one process to another and back.
//!
//! Run it: `cargo run --example 35_talk_processes`, and with `-- --real`
//! Step all three: `cargo run -- step 35`
//!
//! Predict: with `--real`, how long does one question with its answer take?
//!   a) about a microsecond, or less
//!   b) dozens of microseconds, or hundreds
//!   c) some milliseconds
//! Answer: b. The value is written down as bytes, the kernel copies them twice,
//! the other process reads them, and all of it once more for the answer.
//!
//! Change: a question to a `Vec<u64>` of 8,000 numbers (and `spawn`'s function
//! with it). Each of them is written, copied and read: the time grows with the
//! size of what is said, which it does for no thread.
//!
//! Book: chapter 22. Twin: `35_talk_threads.rs`; third: `35_talk_tasks.rs`.

use scheduler::process::{self, Receiver, Sender, channel, spawn};
use std::error::Error;
use std::time::Instant;

// ANCHOR: talk
/// Answers each question with its square, until there are no more.
fn answer((questions, answers): (Receiver<u64>, Sender<u64>)) {
    for n in questions {
        answers.send(&(n * n)).expect("somebody waits for it");
    }
}

/// Asks for the squares of 1 to `count`, one after the other: their sum.
fn talk(count: u64) -> Result<u64, Box<dyn Error>> {
    let (ask, questions) = channel()?;
    let (answers_in, mut answers) = channel()?;
    let answerer = spawn(answer, (questions, answers_in))?; // the ends move over
    let mut sum = 0;
    for n in 1..=count {
        ask.send(&n)?;
        sum += answers.recv()?;
    }
    drop(ask); // no more questions
    answerer.join()?;
    Ok(sum)
}
// ANCHOR_END: talk

fn main() -> Result<(), Box<dyn Error>> {
    env_logger::init();
    process::init!(answer); // a worker process gets no further
    let real = sidestep::real();
    println!("the sum of the answers: {}", talk(3)?);
    if real {
        let began = Instant::now();
        talk(10_000)?;
        println!(
            "{:?} each, the start of the process included",
            began.elapsed() / 10_000
        );
    }
    Ok(())
}

// Prints:
// the sum of the answers: 14
