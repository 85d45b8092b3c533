//! Each download is waited for before the next begins.

use crate::checks::{Server, library, sum_of_squares};
use runtime::blocking;
use std::rc::Rc;

/// Downloads the pages from 0 on; returns them in this order.
pub(crate) async fn fetch_all(server: Rc<Server>, pages: u64) -> Vec<u64> {
    let mut fetched = Vec::new();
    for page in 0..pages {
        fetched.push(server.fetch(page).await);
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
    let start = |&n: &u64| scheduler::spawn(move || sum_of_squares(n));
    let threads: Vec<_> = numbers.iter().map(start).collect();
    let sums = threads.into_iter().map(scheduler::JoinHandle::join);
    sums.map(|sum| sum.expect("no thread panics")).collect()
}
