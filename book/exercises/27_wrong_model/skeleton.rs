//! A program whose three kinds of work are each done in the wrong model.
//!
//! The task is in `README.md` beside this file. To see what works so far:
//! `cargo run -- exercise check wrong_model`.

use crate::checks::{Server, library, sum_of_squares};
use runtime::yield_now;
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
    let mut found = Vec::new();
    for key in keys {
        found.push(library::look_up(key));
        yield_now().await; // now others may run
    }
    found
}

/// The sum of the squares up to each of `numbers`, in their order.
pub(crate) fn sum_all(numbers: &[u64]) -> Vec<u64> {
    numbers.iter().map(|&n| sum_of_squares(n)).collect()
}
