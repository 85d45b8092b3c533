//! One execution of a program in a loop of its own, which is led.
//!
//! Invariants: (1) when it returns, everything that the program made is dropped, inside
//! of its loop; (2) nothing is traced, and no panic printed.
//!
//! Book: chapter 20. Mirror: `scheduler::explore::stage`.

use super::execution::Execution;
use super::guide::Guide;
use super::panics::Quiet;
use super::said;
use crate::clock::Clock;
use crate::context;
use crate::event_loop::EventLoop;
use crate::foreign::discard;
use crate::polling::MainRoutine;
use crate::state::LoopState;
use crate::trace::Place;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;

/// Runs `program`, from line `at`, in at most `limit` steps. What was done, and what it
/// is known by, if it came to its end.
///
/// # Panics
///
/// If the OS refuses an event loop.
pub(super) fn perform<F>(
    guide: &mut dyn Guide,
    limit: usize,
    at: Place,
    program: impl FnOnce() -> F,
) -> (Execution, Option<String>)
where
    F: Future<Output: fmt::Debug>,
{
    let state = match LoopState::new(Clock::Virtual) {
        Ok(state) => state,
        Err(error) => panic!("the OS refuses an event loop: {error}"),
    };
    state.led.be_searched();
    let event_loop = EventLoop { state };
    let _quiet = Quiet::new();
    let mut done = None;
    // A destructor of what the program left may panic.
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let state = &event_loop.state;
        let _entered = context::enter(state);
        let mut output = None;
        // The program is called by its own task, as everything that it does.
        let future = pin!(Some(async move { program().await }));
        let routine = pin!(MainRoutine::new(future, &mut output));
        let mut main = state.spawn_main(routine, at);
        done = Some(state.lead(&mut main, guide, limit));
        drop(main);
        output.map(|output| said(&output))
    }));
    discard(event_loop); // invariant 1
    let execution = done.expect("a loop that is led catches what its tasks panic with");
    match outcome {
        Ok(outcome) => (execution, outcome),
        Err(panic) => {
            discard(panic);
            (execution, None)
        }
    }
}
