//! Fair turns: every task gets as many, and makes of each what it likes.
//!
//! Run it: `cargo run --example 17_fair_tasks`
//! Step both twins: `cargo run -- step 17`
//!
//! Predict: two tasks compute, and are asked every 20 ms how much they have done.
//! One gives way after each 1 ms, the other after each 3 ms. What do they say?
//!   a) both the same: the loop takes turns
//!   b) the second has done three times as much
//! Answer: b. The loop takes turns, and counts turns, not time. A turn of the
//! second is three times as long.
//!
//! Change: the 3, to 30. Everybody else waits for as long: the meter is late.
//!
//! Book: chapter 15. Twin: `17_fair_threads.rs`.

use runtime::{Builder, Clock, EventLoop, now, sleep, work, yield_now};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// What each has done so far, in ms.
static DONE: [AtomicU32; 2] = [const { AtomicU32::new(0) }; 2];
/// How long they compute.
const END: Duration = Duration::from_millis(80);

/// Computes until the time is over, so many ms in each turn.
async fn compute(who: usize, turn: u32) {
    while now() < END {
        work(Duration::from_millis(1) * turn);
        DONE[who].fetch_add(turn, Ordering::Relaxed);
        yield_now().await;
    }
}

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let clock = if real { Clock::Real } else { Clock::Virtual };
    EventLoop::new(clock).block_on(async {
        // ANCHOR: fair
        let units = [("one", 0, 1), ("three", 1, 3)]
            .map(|(name, who, turn)| Builder::new().name(name).spawn(compute(who, turn)));
        for _ in 0..4 {
            sleep(END / 4).await;
            let [one, three] = [0, 1].map(|who: usize| DONE[who].load(Ordering::Relaxed));
            println!("one: {one} ms, three: {three} ms");
        }
        // ANCHOR_END: fair
        for unit in units {
            unit.await.expect("no task panics");
        }
    });
}

// Prints:
// one: 6 ms, three: 18 ms
// one: 12 ms, three: 36 ms
// one: 18 ms, three: 54 ms
// one: 20 ms, three: 60 ms
