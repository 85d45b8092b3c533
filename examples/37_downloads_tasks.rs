//! Downloads: 24 of them, and each is nothing but waiting. As tasks.
//!
//! Run it: `cargo run --example 37_downloads_tasks`, and with `-- --real`
//! Step both twins: `cargo run -- step 37`
//!
//! Predict: each takes 50 ms, and four are under way at a time. How many are done
//! in a second?
//!   a) 20: one every 50 ms
//!   b) 80
//!   c) all 24, and then there are no more
//! Answer: b. Four wait at a time, and each waits a twentieth of a second. How many
//! are under way is how many are done in a second, times how long each takes.
//!
//! Change: 50 ms to 100. Half as many are done in a second, unless twice as many
//! are under way.
//!
//! Book: chapter 23. Twin: `37_downloads_threads.rs`.

use runtime::{Clock, EventLoop, now, sleep, spawn, sync::Semaphore};
use std::{rc::Rc, time::Duration};

/// How many downloads there are.
const DOWNLOADS: u32 = 24;

// ANCHOR: download
/// Waits for a server far away. The latency stands for it.
async fn download() {
    sleep(Duration::from_millis(50)).await;
}

/// How long all of them take, of which so many may be under way at a time.
async fn all(at_a_time: usize) -> Duration {
    let (began, places) = (now(), Rc::new(Semaphore::new(at_a_time)));
    let start = |places: Rc<Semaphore>| {
        spawn(async move {
            let _place = places.acquire(1).await;
            download().await;
        })
    };
    let downloads: Vec<_> = (0..DOWNLOADS).map(|_| start(places.clone())).collect();
    for download in downloads {
        download.await.expect("no task panics");
    }
    now().saturating_sub(began)
}
// ANCHOR_END: download

fn main() {
    env_logger::init();
    let real = sidestep::real();
    let clock = if real { Clock::Real } else { Clock::Virtual };
    EventLoop::new(clock).block_on(async {
        for at_a_time in [1, 4, 24] {
            let took = all(at_a_time).await;
            let rate = f64::from(DOWNLOADS) / took.as_secs_f64();
            let bar = sidestep::bar(took);
            println!("{at_a_time:>2} at a time: {rate:>3.0} a second {bar}");
        }
    });
}

// Prints:
//  1 at a time:  20 a second  1200 ms ############################################################
//  4 at a time:  80 a second   300 ms ###############
// 24 at a time: 480 a second    50 ms ##
