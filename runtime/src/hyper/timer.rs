//! Time for hyper: its deadlines are timers of our loop.
//!
//! hyper counts in `Instant`s, the loop in the time since it was made. A
//! [`Timer`] remembers one moment in both, and converts.
//!
//! Invariants: (1) a [`Sleep`] can be sent to another thread, as hyper demands,
//! and so holds nothing of the loop but numbers; it finds the loop that it is
//! polled or dropped in; (2) dropped outside of its loop it leaves its timer
//! behind, which then wakes a task once for nothing.
//!
//! Book: chapter 10. Mirror: none; [`sleep()`](crate::sleep()) is for everybody else.

use crate::context;
use crate::state::LoopState;
use crate::timer;
use crate::trace::{Reference, here};
use std::panic::Location;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// Tells hyper the time, and lets it wait. In virtual time its time is virtual, too.
#[derive(Clone, Copy, Debug)]
pub struct Timer {
    /// A moment, as hyper has it.
    moment: Instant,
    /// The same moment on the loop's clock.
    time: Duration,
}

impl Timer {
    /// A timer of the running loop.
    ///
    /// # Panics
    ///
    /// If it is called outside of an event loop.
    #[track_caller]
    #[expect(clippy::new_without_default, reason = "it panics outside of a loop")]
    pub fn new() -> Self {
        let state = context::expect_current("hyper::Timer::new()");
        Timer {
            moment: Instant::now(),
            time: state.time.now(),
        }
    }
}

impl hyper::rt::Timer for Timer {
    /// # Panics
    ///
    /// If it is called outside of an event loop.
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn hyper::rt::Sleep>> {
        let state = context::expect_current("hyper::Timer::sleep()");
        Box::pin(Sleep {
            deadline: state.time.now().saturating_add(duration),
            armed: None,
        })
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn hyper::rt::Sleep>> {
        let ahead = deadline.saturating_duration_since(self.moment);
        Box::pin(Sleep {
            deadline: self.time.saturating_add(ahead),
            armed: None,
        })
    }

    /// # Panics
    ///
    /// If it is called outside of an event loop.
    fn now(&self) -> Instant {
        let state = context::expect_current("hyper::Timer::now()");
        self.moment + state.time.now().saturating_sub(self.time)
    }
}

/// See [`Timer`].
#[derive(Debug)]
#[must_use = "a sleep does nothing unless it is awaited"]
pub struct Sleep {
    /// When it ends, on the loop's clock.
    deadline: Duration,
    /// The timer, if it was polled, and the number of the loop that has it.
    armed: Option<(u64, timer::Timer)>,
}

impl hyper::rt::Sleep for Sleep {}

impl Future for Sleep {
    type Output = ();

    /// # Panics
    ///
    /// If it is polled outside of an event loop, or in another than before.
    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let place = Location::caller();
        let state = context::expect_current("hyper's sleep");
        let timer = match self.armed {
            None => state.arm(self.deadline, context.waker(), place),
            Some((number, timer)) => {
                assert_eq!(
                    number, state.number,
                    "hyper's sleep is polled in another loop"
                );
                if !state.rearm(timer, context.waker()) {
                    return Poll::Ready(());
                }
                timer
            }
        };
        state.wait_on(Reference::Timer(timer.number), here!(), place);
        self.armed = Some((state.number, timer));
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        let own = |(number, timer)| {
            let state: Rc<LoopState> = context::current()?;
            (state.number == number).then_some((state, timer))
        };
        if let Some((state, timer)) = self.armed.and_then(own) {
            state.disarm(timer);
        }
    }
}
