//! smol's parts: `LocalExecutor` for the tasks, async-io for I/O and time.

use async_executor::{LocalExecutor, Task};
use async_io::Timer;
use futures_lite::future;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

pub(crate) use futures_lite::future::yield_now;

/// What the table calls it.
pub(crate) const NAME: &str = "smol";

thread_local! {
    /// The executor that runs now.
    static EXECUTOR: RefCell<Rc<LocalExecutor<'static>>> = RefCell::default();
}

/// Runs `future` on a new executor.
pub(crate) fn run<F: Future>(future: F) -> F::Output {
    let executor = Rc::new(LocalExecutor::new());
    EXECUTOR.replace(executor.clone());
    let output = async_io::block_on(executor.run(future));
    EXECUTOR.take();
    output
}

/// Starts a task.
pub(crate) fn spawn<T: 'static>(future: impl Future<Output = T> + 'static) -> Task<T> {
    EXECUTOR.with_borrow(|executor| executor.spawn(future))
}

/// Waits for a task.
pub(crate) async fn join<T>(task: Task<T>) -> T {
    task.await
}

/// Lets a task go on alone.
pub(crate) fn detach<T>(task: Task<T>) {
    task.detach();
}

/// Waits for `duration`.
pub(crate) async fn sleep(duration: Duration) {
    Timer::after(duration).await;
}

/// `future`, or `None` if it takes longer than `limit`.
pub(crate) async fn timeout<F: Future>(limit: Duration, future: F) -> Option<F::Output> {
    future::or(async { Some(future.await) }, async {
        Timer::after(limit).await;
        None
    })
    .await
}
