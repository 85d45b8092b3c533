//! Sleep: a future that waits for a timer.
//!
//! Its first poll arms a timer and returns `Pending`; it is ready once that
//! timer has fired. So every sleep gives way at least once, `sleep(ZERO)` too.
//!
//! Invariants: (1) a [`sleep()`]'s time counts from the first poll: like every
//! future, it does nothing before it is awaited; (2) a sleep that is dropped early
//! gives its timer up; (3) a deadline too far away to be computed is never due.
//!
//! Book: chapter 6. Mirror: `scheduler::sleep`.

use crate::context;
use crate::state::LoopState;
use crate::timer::Timer;
use crate::trace::{Reference, here};
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

/// Waits for `duration`, counted from the first poll.
///
/// It gives way at least once: `sleep(Duration::ZERO)` lets every task run that
/// is ready. `Duration::MAX` is for ever.
///
/// # Panics
///
/// When it is polled: outside of an event loop.
pub fn sleep(duration: Duration) -> Sleep {
    Sleep(Stage::For(duration))
}

/// Waits until `instant` of the loop's clock, as [`now`](crate::now()) tells it.
///
/// It gives way at least once, also if the instant has passed: then its timer
/// fires at once, and is as late as it is. `Duration::MAX` is never.
///
/// # Panics
///
/// When it is polled: outside of an event loop.
pub fn sleep_until(instant: Duration) -> Sleep {
    Sleep(Stage::Until(instant))
}

/// See [`sleep()`] and [`sleep_until()`].
#[derive(Debug)]
#[must_use = "a sleep does nothing unless it is awaited"]
pub struct Sleep(Stage);

/// How far a sleep has come.
#[derive(Debug)]
enum Stage {
    /// Not polled yet: how long to sleep.
    For(Duration),
    /// Not polled yet: until when to sleep.
    Until(Duration),
    /// The timer was armed in this loop.
    Armed(Rc<LoopState>, Timer),
    /// The timer has fired.
    Over,
}

impl Future for Sleep {
    type Output = ();

    /// # Panics
    ///
    /// If it is polled outside of an event loop.
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let place = Location::caller();
        let (state, timer) = match &self.0 {
            new @ (Stage::For(span) | Stage::Until(span)) => {
                let state = context::expect_current("sleep()");
                let deadline = match new {
                    Stage::For(_) => state.time.now().saturating_add(*span), // invariant 3
                    _ => *span,
                };
                let timer = state.arm(deadline, context.waker(), place);
                (state, timer)
            }
            Stage::Armed(state, timer) if state.rearm(*timer, context.waker()) => {
                (state.clone(), *timer)
            }
            Stage::Armed(..) | Stage::Over => {
                self.0 = Stage::Over;
                return Poll::Ready(());
            }
        };
        state.wait_on(Reference::Timer(timer.number), here!(), place);
        self.0 = Stage::Armed(state, timer);
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Stage::Armed(state, timer) = &self.0 {
            state.disarm(*timer); // invariant 2
        }
    }
}
