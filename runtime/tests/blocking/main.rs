//! Blocking calls: the pool's threads, its queue, panics, and the loop's end.

#[path = "../support/mod.rs"]
mod support;

mod calls;
mod end;

use runtime::blocking::Limits;
use runtime::{Clock, EventLoop};
use std::cell::Cell;
use std::sync::mpsc;
use std::time::Duration;

/// For ever, as far as a test is concerned.
pub(crate) const LONG: Duration = Duration::MAX;

/// Runs `main` in virtual time.
pub(crate) fn block_on<T>(main: impl Future<Output = T>) -> T {
    EventLoop::new(Clock::Virtual).block_on(main)
}

/// A loop in virtual time whose pool has at most `threads`.
pub(crate) fn with_threads(threads: usize) -> EventLoop {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    event_loop.set_blocking_limits(Limits {
        threads,
        ..Limits::default()
    });
    event_loop
}

/// A call that is over when the sender is dropped.
pub(crate) fn until_told() -> (mpsc::Sender<()>, impl FnOnce() + Send + 'static) {
    let (sender, receiver) = mpsc::channel();
    (sender, move || assert!(receiver.recv().is_err()))
}

/// Sends a note when the thread that made this its own ends.
struct LastWords(mpsc::Sender<()>);

impl Drop for LastWords {
    fn drop(&mut self) {
        self.0.send(()).expect("the test listens");
    }
}

thread_local! {
    /// Of a thread of the pool.
    static LAST_WORDS: Cell<Option<LastWords>> = const { Cell::new(None) };
}

/// A call after which its thread tells of its end; and who hears of it.
pub(crate) fn tell_of_end() -> (mpsc::Receiver<()>, impl FnOnce() + Send + 'static) {
    let (sender, receiver) = mpsc::channel();
    (receiver, || LAST_WORDS.set(Some(LastWords(sender))))
}
