//! Inversion among tasks: a lock that is held across an `.await`.
//!
//! Run it: `cargo run --example 19_inversion_tasks`
//! Step both twins: `cargo run -- step 19`
//!
//! Predict: *low* holds a mutex for 10 ms of work, in pieces of 1 ms. After 4 ms
//! *high*, which is urgent, wants it, and after 6 ms *middle* computes for 30 ms,
//! in pieces too. When does high get it?
//!   a) after the 6 ms that low still needs
//!   b) after middle's work, and low's
//! Answer: b. Low gives way between its pieces, and a more urgent task goes first.
//! It would be worse, but for the rule that a class is passed over sixteen times
//! at most.
//!
//! Change: low's class, to `Class::Urgent`: whoever holds what the urgent wait for
//! should be as urgent. A thread's mutex can do that by itself.
//!
//! Book: chapter 16. Twin: `19_inversion_threads.rs`.

use runtime::{Builder, Class, Clock, EventLoop, now, sleep, sync::Mutex, work, yield_now};
use std::rc::Rc;
use std::time::Duration;

/// Short for what is written most.
const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// Computes in so many pieces of 1 ms, and gives way after each.
async fn pieces(count: u32) {
    for _ in 0..count {
        work(ms(1));
        yield_now().await;
    }
}

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let clock = if real { Clock::Real } else { Clock::Virtual };
    EventLoop::new(clock).block_on(async {
        // ANCHOR: meet
        let lock = Rc::new(Mutex::new(()));
        let [for_low, for_high] = [Rc::clone(&lock), lock];
        let low = Builder::new().name("low").class(Class::Background);
        let low = low.spawn(async move {
            let held = for_low.lock().await;
            pieces(10).await;
            drop(held);
        });
        let middle = Builder::new().name("middle").spawn(async {
            sleep(ms(6)).await;
            pieces(30).await; // and wants no lock
        });
        let high = Builder::new().name("high").class(Class::Urgent);
        let high = high.spawn(async move {
            sleep(ms(4)).await;
            let asked = now();
            let _held = for_high.lock().await;
            now().saturating_sub(asked)
        });
        // ANCHOR_END: meet
        low.await.expect("low does not panic");
        middle.await.expect("middle does not panic");
        let waited = high.await.expect("high does not panic");
        println!("across an await: high waited {} ms", waited.as_millis());
    });
}

// Prints:
// across an await: high waited 36 ms
