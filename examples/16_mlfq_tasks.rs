//! A loop that believes: a task says itself how urgent it is.
//!
//! Run it: `cargo run --example 16_mlfq_tasks`
//! Step both twins: `cargo run -- step 16`
//!
//! Predict: two tasks want all of the loop's time. The *gamer* says that it is
//! urgent, which is not true. Both give way after each 1 ms. How is the time shared?
//!   a) equally: both give way as often
//!   b) the gamer gets nearly all
//! Answer: b. The loop cannot know better. What saves the honest task is the rule
//! that a class goes first once it was passed over sixteen times.
//!
//! Change: the honest task's class, to `Class::Urgent`. Once everybody is urgent
//! nobody is.
//!
//! Book: chapter 15. Twin: `16_mlfq_threads.rs`.

use runtime::{Builder, Class, Clock, EventLoop, now, work, yield_now};
use std::time::Duration;

/// Computes until 100 ms are over, and returns for how many ms.
async fn compute() -> u32 {
    let mut done = 0;
    while now() < Duration::from_millis(100) {
        work(Duration::from_millis(1));
        done += 1;
        yield_now().await;
    }
    done
}

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let clock = if real { Clock::Real } else { Clock::Virtual };
    EventLoop::new(clock).block_on(async {
        // ANCHOR: game
        let [gamer, honest] = [("gamer", Class::Urgent), ("honest", Class::Normal)]
            .map(|(name, class)| Builder::new().name(name).class(class).spawn(compute()));
        let gamer = gamer.await.expect("it does not panic");
        let honest = honest.await.expect("it does not panic");
        println!("classes: gamer {gamer} ms, honest {honest} ms");
        // ANCHOR_END: game
    });
}

// Prints:
// classes: gamer 95 ms, honest 5 ms
