//! Sleep: a future that waits for a timer.
//!
//! Its first poll arms a timer and returns `Pending`; it is ready once that
//! timer has fired. So every sleep gives way at least once, `sleep(ZERO)` too.
//!
//! Invariants: (1) the time counts from the first poll: like every future, a
//! sleep does nothing before it is awaited; (2) a sleep that is dropped early
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
pub fn sleep(duration: Duration) -> Sleep {
    Sleep(Stage::New(duration))
}

/// See [`sleep()`].
#[derive(Debug)]
#[must_use = "a sleep does nothing unless it is awaited"]
pub struct Sleep(Stage);

/// How far a sleep has come.
#[derive(Debug)]
enum Stage {
    /// Not polled yet: how long to sleep.
    New(Duration),
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
            Stage::New(duration) => {
                let state = context::expect_current("sleep()");
                let deadline = state.time.now().saturating_add(*duration); // invariant 3
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
