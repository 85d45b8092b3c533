//! A thread of its own for each look-up, and the loop's thread waits for it.

use crate::checks::{AT_ONCE, Server, library, sum_of_squares};
use runtime::sync::Semaphore;
use runtime::{spawn, yield_now};
use std::rc::Rc;
use std::thread;

/// Downloads the pages from 0 on; returns them in this order.
pub(crate) async fn fetch_all(server: Rc<Server>, pages: u64) -> Vec<u64> {
    let places = Rc::new(Semaphore::new(AT_ONCE));
    let download = |page| {
        let (server, places) = (Rc::clone(&server), Rc::clone(&places));
        spawn(async move {
            let _place = places.acquire(1).await;
            server.fetch(page).await
        })
    };
    let downloads: Vec<_> = (0..pages).map(download).collect();
    let mut fetched = Vec::new();
    for download in downloads {
        fetched.push(download.await.expect("no download panics"));
    }
    fetched
}

/// Looks every key up; returns what was found, in the order of the keys.
pub(crate) async fn look_up_all(keys: Vec<u64>) -> Vec<u64> {
    let mut found = Vec::new();
    for key in keys {
        let look_up = thread::spawn(move || library::look_up(key));
        found.push(look_up.join().expect("no look-up panics"));
        yield_now().await; // now others may run
    }
    found
}

/// The sum of the squares up to each of `numbers`, in their order.
pub(crate) fn sum_all(numbers: &[u64]) -> Vec<u64> {
    let start = |&n: &u64| scheduler::spawn(move || sum_of_squares(n));
    let threads: Vec<_> = numbers.iter().map(start).collect();
    let sums = threads.into_iter().map(scheduler::JoinHandle::join);
    sums.map(|sum| sum.expect("no thread panics")).collect()
}
