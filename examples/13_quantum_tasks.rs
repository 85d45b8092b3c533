//! Pieces: short, and a key is answered soon; long, and few switches are paid.
//!
//! Run it: `cargo run --example 13_quantum_tasks`, and with `-- --real`
//! Step both twins: `cargo run -- step 13`
//!
//! Predict: two tasks compute for 100 ms each, in pieces of 10 ms. A key is
//! pressed after 15 ms, and a third task answers it. How long does that take?
//!   a) no time to speak of: who was asleep is next
//!   b) 5 ms: until the piece that is under way is over
//!   c) 25 ms: until the turn is over, and a piece of each other task after it
//! Answer: c. The loop looks at its timers when a turn is over, and then the
//! task stands in line like any other.
//!
//! Change: the key's class, by `.class(runtime::Class::Urgent)`. It is answered
//! as soon as the turn is over: after 5 ms.
//!
//! Book: chapter 14. Twin: `13_quantum_threads.rs`.

use runtime::{Builder, Clock, EventLoop, now, sleep, work, yield_now};
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

/// Who computed last.
static LATEST: AtomicU32 = AtomicU32::new(0);
/// How often that was somebody else than before.
static SWITCHES: AtomicU32 = AtomicU32::new(0);

// ANCHOR: compute
/// Computes for 100 ms, and gives way after every piece.
async fn compute(me: u32, piece: u64) {
    for _ in 0..100 / piece {
        if LATEST.swap(me, Relaxed) != me {
            SWITCHES.fetch_add(1, Relaxed);
        }
        work(Duration::from_millis(piece)); // nobody takes any of it
        yield_now().await;
    }
}

/// Waits for a key that is pressed after 15 ms, and says how late it notices.
async fn answer() -> Duration {
    let pressed = now() + Duration::from_millis(15);
    sleep(Duration::from_millis(15)).await;
    now().saturating_sub(pressed)
}
// ANCHOR_END: compute

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let clock = if real { Clock::Real } else { Clock::Virtual };
    // ANCHOR: quanta
    for piece in [1, 10, 100] {
        SWITCHES.store(0, Relaxed);
        let answered = EventLoop::new(clock).block_on(async {
            let key = Builder::new().name("key").spawn(answer());
            let computing = [("left", 1), ("right", 2)]
                .map(|(name, me)| Builder::new().name(name).spawn(compute(me, piece)));
            for task in computing {
                task.await.expect("computing does not panic");
            }
            key.await.expect("answering does not panic").as_millis()
        });
        let switches = SWITCHES.load(Relaxed);
        println!("pieces of {piece} ms: answered after {answered} ms, {switches} turns");
    }
    // ANCHOR_END: quanta
}

// Prints:
// pieces of 1 ms: answered after 3 ms, 200 turns
// pieces of 10 ms: answered after 25 ms, 20 turns
// pieces of 100 ms: answered after 185 ms, 2 turns
