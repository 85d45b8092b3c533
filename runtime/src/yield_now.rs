//! Yield: a future that gives way once, to every ready task of its class.
//!
//! Its first poll wakes its own task, which so comes to the tail of its
//! class's queue, and returns `Pending`; its second is ready.
//!
//! Book: chapter 2. Mirror: `scheduler::yield_now`.

use crate::context;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Gives way: the running task is polled again after every task of its class
/// that is ready now.
pub fn yield_now() -> YieldNow {
    YieldNow { gave_way: false }
}

/// See [`yield_now()`].
#[derive(Debug)]
#[must_use = "a task gives way only when this is awaited"]
pub struct YieldNow {
    /// Whether it returned `Pending` already.
    gave_way: bool,
}

// ANCHOR: poll
impl Future for YieldNow {
    type Output = ();

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.gave_way {
            return Poll::Ready(());
        }
        self.gave_way = true;
        if let Some(state) = context::current() {
            state.place.set(Some(Location::caller()));
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}
// ANCHOR_END: poll
