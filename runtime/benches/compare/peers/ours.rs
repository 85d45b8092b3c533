//! Our loop, in real time; and in virtual time, as `ours_virtual`.

use runtime::{Clock, EventLoop};
use std::time::Duration;

pub(crate) use runtime::{sleep, spawn, yield_now};

/// What the table calls it.
pub(crate) const NAME: &str = "ours";

/// Runs `future` on a new loop.
pub(crate) fn run<F: Future>(future: F) -> F::Output {
    EventLoop::new(Clock::Real).block_on(future)
}

/// Waits for a task.
pub(crate) async fn join<T: 'static>(handle: runtime::JoinHandle<T>) -> T {
    handle.await.expect("no task of a bench panics")
}

/// Lets a task go on alone.
pub(crate) fn detach<T>(handle: runtime::JoinHandle<T>) {
    drop(handle);
}

/// `future`, or `None` if it takes longer than `limit`.
pub(crate) async fn timeout<F: Future>(limit: Duration, future: F) -> Option<F::Output> {
    runtime::timeout(limit, future).await.ok()
}

/// The same in virtual time.
pub(crate) mod in_virtual_time {
    use runtime::{Clock, EventLoop};

    pub(crate) use super::{join, spawn, yield_now};

    /// What the table calls it.
    pub(crate) const NAME: &str = "ours, virtual time";

    /// Runs `future` on a new loop.
    pub(crate) fn run<F: Future>(future: F) -> F::Output {
        EventLoop::new(Clock::Virtual).block_on(future)
    }
}
