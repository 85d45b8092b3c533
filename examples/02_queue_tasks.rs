//! A queue between two tasks: full, the producer waits; empty, the consumer.
//!
//! Run it: `cargo run --example 02_queue_tasks`
//! Step both twins: `cargo run -- step 02`
//!
//! Predict: the queue holds 2, and the consumer needs 2 ms for each item. How
//! many items has the producer sent when the first one is taken?
//!   a) 1
//!   b) 2
//!   c) 5
//! Answer: b. Two fit into the queue; the third `send` finds it full, and only
//! there, at its `.await`, does the producer give way.
//!
//! Change: the capacity, from 2 to 5. The producer never waits, and is finished
//! before the consumer has run at all.
//!
//! Book: chapter 3. Twin: `02_queue_threads.rs`.

use runtime::{Builder, Clock, EventLoop, sleep, sync::channel};
use std::time::Duration;

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let clock = if real { Clock::Real } else { Clock::Virtual };
    let mut event_loop = EventLoop::new(clock);
    event_loop.block_on(async {
        // ANCHOR: queue
        let (sender, receiver) = channel(2);
        let producer = Builder::new().name("producer").spawn(async move {
            for item in 1..=5 {
                sender.send(item).await.expect("the consumer is there"); // waits while full
                println!("sent {item}");
            }
        });
        let consumer = Builder::new().name("consumer").spawn(async move {
            // `recv` waits while the queue is empty, and fails when no producer is left.
            while let Ok(item) = receiver.recv().await {
                println!("took {item}");
                sleep(Duration::from_millis(2)).await; // a timer will wake it
            }
        });
        // ANCHOR_END: queue
        producer.await.expect("the producer does not panic");
        consumer.await.expect("the consumer does not panic");
    });
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
