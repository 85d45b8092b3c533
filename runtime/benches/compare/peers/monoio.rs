//! monoio with its legacy driver, which is epoll, as everybody's here.

use std::time::Duration;

pub(crate) use futures_lite::future::yield_now;
pub(crate) use monoio::spawn;
pub(crate) use monoio::time::sleep;

/// What the table calls it.
pub(crate) const NAME: &str = "monoio";

/// Runs `future` on a new runtime.
pub(crate) fn run<F: Future>(future: F) -> F::Output {
    monoio::RuntimeBuilder::<monoio::LegacyDriver>::new()
        .enable_timer()
        .build()
        .expect("the OS has file descriptors for a runtime")
        .block_on(future)
}

/// Waits for a task.
pub(crate) async fn join<T>(handle: monoio::task::JoinHandle<T>) -> T {
    handle.await
}

/// Lets a task go on alone.
pub(crate) fn detach<T>(handle: monoio::task::JoinHandle<T>) {
    drop(handle);
}

/// `future`, or `None` if it takes longer than `limit`.
pub(crate) async fn timeout<F: Future>(limit: Duration, future: F) -> Option<F::Output> {
    monoio::time::timeout(limit, future).await.ok()
}
