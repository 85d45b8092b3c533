//! The limits of the pool: how many threads, for how long.
//!
//! The loop's end is settled here, too: a call that is queued is dropped, and one
//! that runs is waited for, up to [`Limits::shutdown`]. Of both the log tells.

use crate::EventLoop;
use std::time::Duration;

/// What a loop's pool for blocking calls may use.
///
/// ```
/// use runtime::{Clock, EventLoop, blocking::Limits};
///
/// let mut event_loop = EventLoop::new(Clock::Real);
/// event_loop.set_blocking_limits(Limits { threads: 4, ..Limits::default() });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many threads there may be at once: 64, unless set. Further calls are
    /// queued; the first to come is the first to begin.
    pub threads: usize,
    /// For how long a thread waits for another call before it ends: 10 s, unless set.
    pub idle: Duration,
    /// The size of a thread's stack in bytes. `None`: what the standard library takes.
    pub stack: Option<usize>,
    /// For how long the loop's drop waits for calls that run: 10 s, unless set.
    /// After that it leaves them, and says so in the log. Calls that are queued
    /// it drops at once, and says so, too. It does not wait for a read of the
    /// standard input or the look-up of a name.
    pub shutdown: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            threads: 64,
            idle: Duration::from_secs(10),
            stack: None,
            shutdown: Duration::from_secs(10),
        }
    }
}

impl EventLoop {
    /// Sets what the pool for blocking calls may use. Threads that were started
    /// already stay as they are.
    ///
    /// # Panics
    ///
    /// If `limits` allows no thread.
    #[track_caller]
    pub fn set_blocking_limits(&mut self, limits: Limits) {
        assert!(
            limits.threads > 0,
            "the pool for blocking calls needs at least one thread"
        );
        self.state.blocking.set_limits(limits);
    }
}
