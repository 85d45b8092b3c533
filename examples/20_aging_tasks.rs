//! No starvation, and no inversion: a lock that is held between two `.await`s.
//!
//! Run it: `cargo run --example 20_aging_tasks`
//! Step both twins: `cargo run -- step 20`
//!
//! Predict: *low* changes what all share, for 10 ms, and does not give way in
//! between. *High* wants to change it after 4 ms, and *middle* computes for 100 ms,
//! in pieces of 1 ms. How long does high wait?
//!   a) until middle is over: low is the least urgent
//!   b) for the rest of low's 10 ms, and a piece of middle's
//! Answer: b. What nobody can interrupt nobody can get into. No class and no lock
//! is needed, only that there is no `.await` inside.
//!
//! Change: a `yield_now().await` between low's two halves. It compiles, and the
//! `RefCell` panics in high, for whom low is still in the middle of it.
//!
//! Book: chapter 16. Twin: `20_aging_threads.rs`.

use runtime::{Builder, Class, Clock, EventLoop, now, sleep, work, yield_now};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

/// Short for what is written most.
const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let clock = if real { Clock::Real } else { Clock::Virtual };
    EventLoop::new(clock).block_on(async {
        // ANCHOR: meet
        let shared = Rc::new(RefCell::new(0));
        let [for_low, for_high] = [Rc::clone(&shared), shared];
        let low = Builder::new().name("low").class(Class::Background);
        let low = low.spawn(async move {
            let mut held = for_low.borrow_mut();
            work(ms(5));
            work(ms(5));
            *held += 1;
        });
        let middle = Builder::new().name("middle").spawn(async {
            sleep(ms(6)).await;
            for _ in 0..100 {
                work(ms(1));
                yield_now().await;
            }
        });
        let high = Builder::new().name("high").class(Class::Urgent);
        let high = high.spawn(async move {
            let wanted = now() + ms(4);
            sleep(ms(4)).await;
            *for_high.borrow_mut() += 1;
            now().saturating_sub(wanted)
        });
        // ANCHOR_END: meet
        low.await.expect("low does not panic");
        middle.await.expect("middle does not panic");
        let waited = high.await.expect("high does not panic");
        println!("between two awaits: high waited {} ms", waited.as_millis());
    });
}

// Prints:
// between two awaits: high waited 6 ms
