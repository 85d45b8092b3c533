//! A queue between two threads: full, the producer blocks; empty, the consumer.
//!
//! Run it: `cargo run --example 02_queue_threads`
//! Step both twins: `cargo run -- step 02`
//!
//! Predict: the queue holds 2, and the consumer needs 2 ms for each item. From
//! the third item on, who waits for whom?
//!   a) the producer for the consumer
//!   b) the consumer for the producer
//!   c) neither: the scheduler gives each its time slice in turn
//! Answer: a. The slower side sets the pace. The producer is blocked on the full
//! queue, and a blocked thread is not the scheduler's to choose.
//!
//! Change: the quantum, from 3 ms to 1 ms. The threads are stopped more often,
//! and the lines come in the same order: the queue decides it, not the clock.
//!
//! Book: chapter 3. Twin: `02_queue_tasks.rs`.

use scheduler::{Builder, Preemption, Scheduler, policy::RoundRobin, sleep, sync::channel};
use std::time::Duration;

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
        // ANCHOR: queue
        let (sender, receiver) = channel(2);
        let producer = Builder::new().name("producer").spawn(move || {
            for item in 1..=5 {
                sender.send(item).expect("the consumer is there"); // blocks while full
                println!("sent {item}");
            }
        });
        let consumer = Builder::new().name("consumer").spawn(move || {
            // `recv` blocks while the queue is empty, and fails when no producer is left.
            while let Ok(item) = receiver.recv() {
                println!("took {item}");
                sleep(Duration::from_millis(2)); // blocked until a tick of the clock
            }
        });
        // ANCHOR_END: queue
        producer.join().expect("the producer does not panic");
        consumer.join().expect("the consumer does not panic");
    });
    outcome.expect("nobody waits for ever");
}

// Prints:
// sent 1
// sent 2
// took 1
// sent 3
// took 2
// sent 4
// took 3
// sent 5
// took 4
// took 5
