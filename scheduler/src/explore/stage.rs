//! One execution of a program under a conductor.
//!
//! The calling OS thread is the program's first thread; the others are the crew's.
//!
//! Invariants: (1) when it returns every thread is over, or left behind for ever;
//! (2) in a search nothing is traced, and no panic printed.
//!
//! Mirror: `Scheduler::run`.

use super::Conductor;
use crate::builder::panicked;
use crate::control::{Control, Unwound, is_scheduled};
use crate::local;
use crate::place::Place;
use crate::policy::{Attributes, ThreadId};
use crate::preempt::current::enter;
use crate::preempt::{affinity, panics};
use crate::run::Run;
use crate::scheduler::{Preemption, next_number};
use crate::supervision::Supervision;
use crate::time::Time;
use crate::trace::Outlet;
use crate::unannounced::Unannounced;
use crate::watchdog::Watch;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// How much time a step takes in the trace, unless told otherwise.
pub(super) const TICK: Duration = Duration::from_millis(1);

/// Runs `main`, from line `at`. What it returned; None if its run could not go on.
pub(crate) fn perform<T>(
    conductor: &Arc<Conductor>,
    (trace, number, tick): (Outlet, u32, Duration),
    at: Place,
    main: impl FnOnce() -> T,
) -> Option<thread::Result<T>> {
    assert!(
        !is_scheduled(),
        "a search cannot run inside a scheduler: it was called by a thread that is \
         scheduled already"
    );
    panics::install();
    let run = Run::new(
        number,
        tick,
        Supervision::default(),
        trace,
        Unannounced::Off,
        Arc::new(Watch::new(None, Preemption::Checkpoint, 1)),
    );
    let run = Arc::new(run.led_by(Arc::clone(conductor)));
    let attributes = Attributes::new(ThreadId(0), Time::ZERO);
    let first = Arc::new(Control::new(attributes, "main".to_owned(), None, at, run));
    conductor.begin(&first);
    let entered = enter(Arc::clone(&first));
    let quiet = panics::keep_quiet(conductor.is_quiet());
    conductor.start();
    let result = catch_unwind(AssertUnwindSafe(|| {
        first.unwind_if_doomed();
        main()
    }));
    let result = local::drop_values(result);
    let panicked = result.as_ref().err().map(|payload| panicked(&**payload));
    first.finish(panicked); // which waits for all others
    panics::keep_quiet(quiet);
    drop(entered);
    match result {
        Err(payload) if payload.is::<Unwound>() => None,
        result => Some(result),
    }
}

/// The same, of a search (2).
pub(super) fn search<T>(
    conductor: &Arc<Conductor>,
    at: Place,
    main: impl FnOnce() -> T,
) -> Option<thread::Result<T>> {
    let number = next_number();
    perform(conductor, (Outlet::silent(number), number, TICK), at, main)
}

/// While it lives, the calling OS thread keeps to one processor, and so do the threads
/// that it starts: they hand it to each other, and a hand-over to another processor
/// takes far longer.
#[derive(Debug)]
pub(super) struct OneProcessor {
    /// To be restored; None where the system does not say.
    before: Option<affinity::Affinity>,
}

impl OneProcessor {
    /// Binds the calling thread. If that fails, it only takes longer.
    pub(super) fn new() -> OneProcessor {
        let before = affinity::Affinity::of(0).ok();
        if let Some(before) = &before {
            let all: Vec<usize> = before.processors().collect();
            // Searches beside each other spread.
            let turn = next_number() as usize;
            if let Some(&one) = all.get(turn % all.len().max(1)) {
                let _ = affinity::pin(affinity::tid(), one);
            }
        }
        OneProcessor { before }
    }
}

impl Drop for OneProcessor {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            let _ = before.apply(affinity::tid());
        }
    }
}
