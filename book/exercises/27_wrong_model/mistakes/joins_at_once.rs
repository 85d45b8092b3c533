//! Each thread is waited for before the next is started.

use crate::checks::{AT_ONCE, Server, library, sum_of_squares};
use runtime::sync::Semaphore;
use runtime::{blocking, spawn};
use std::rc::Rc;

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
    let look_up = |key| blocking::spawn(move || library::look_up(key));
    let look_ups: Vec<_> = keys.into_iter().map(look_up).collect();
    let mut found = Vec::new();
    for look_up in look_ups {
        found.push(look_up.await.expect("no look-up panics"));
    }
    found
}

/// The sum of the squares up to each of `numbers`, in their order.
pub(crate) fn sum_all(numbers: &[u64]) -> Vec<u64> {
    let sum = |&n: &u64| scheduler::spawn(move || sum_of_squares(n)).join();
    let sums = numbers.iter().map(sum);
    sums.map(|sum| sum.expect("no thread panics")).collect()
}
