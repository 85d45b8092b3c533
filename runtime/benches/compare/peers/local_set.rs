//! tokio's `LocalSet`, whose tasks may hold an `Rc`, as ours.

pub(crate) use super::tokio::{detach, join, sleep, timeout, yield_now};
pub(crate) use tokio::task::spawn_local as spawn;

/// What the table calls it.
pub(crate) const NAME: &str = "LocalSet";

/// Runs `future` on a new runtime.
pub(crate) fn run<F: Future>(future: F) -> F::Output {
    tokio::task::LocalSet::new().block_on(&super::tokio::runtime(), future)
}
