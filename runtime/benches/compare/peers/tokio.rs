//! tokio's `current_thread` runtime, whose tasks are `Send`.

use std::time::Duration;

pub(crate) use tokio::spawn;
pub(crate) use tokio::task::yield_now;
pub(crate) use tokio::time::sleep;

/// What the table calls it.
pub(crate) const NAME: &str = "tokio";

/// Runs `future` on a new runtime.
pub(crate) fn run<F: Future>(future: F) -> F::Output {
    runtime().block_on(future)
}

/// A runtime on this thread, with everything on.
pub(super) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("the OS has file descriptors for a runtime")
}

/// Waits for a task.
pub(crate) async fn join<T>(handle: tokio::task::JoinHandle<T>) -> T {
    handle.await.expect("no task of a bench panics")
}

/// Lets a task go on alone.
pub(crate) fn detach<T>(handle: tokio::task::JoinHandle<T>) {
    drop(handle);
}

/// `future`, or `None` if it takes longer than `limit`.
pub(crate) async fn timeout<F: Future>(limit: Duration, future: F) -> Option<F::Output> {
    tokio::time::timeout(limit, future).await.ok()
}
