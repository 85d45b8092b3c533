//! The programs under loom, which searches every execution up to equivalence.

use super::searched::{End, Searched};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

#[path = "programs.rs"]
mod programs;

/// What the programs are made of.
mod primitives {
    use loom::thread::JoinHandle;
    use std::sync::atomic::Ordering::SeqCst;

    pub(super) use loom::sync::atomic::AtomicUsize as Atomic;
    pub(super) use loom::sync::{Condvar, Mutex, MutexGuard};
    pub(super) use loom::thread::spawn;

    /// A variable of which every access is a step.
    pub(super) struct Variable(Atomic);

    impl Variable {
        /// Its value.
        pub(super) fn load(&self) -> usize {
            self.0.load(SeqCst)
        }

        /// Replaces it.
        pub(super) fn store(&self, value: usize) {
            self.0.store(value, SeqCst);
        }
    }

    /// A variable.
    pub(super) fn variable(value: usize) -> Variable {
        Variable(Atomic::new(value))
    }

    /// Takes `mutex`.
    pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
        mutex.lock().expect("no thread panics")
    }

    /// Waits for `condition`.
    pub(super) fn wait<'a, T>(condition: &Condvar, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        condition.wait(guard).expect("no thread panics")
    }

    /// What `thread` returned.
    pub(super) fn join<T>(thread: JoinHandle<T>) -> T {
        thread.join().expect("no thread panics")
    }
}

/// After so many executions each it looks at the clock.
const LOOK: usize = 50;

/// Searches the program of this name for so long at most.
///
/// # Errors
///
/// If there is none.
pub(crate) fn search(name: &str, limit: Duration) -> Result<Searched, String> {
    let program = programs::program(name).ok_or_else(|| format!("no program `{name}`"))?;
    let executions = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&executions);
    let mut model = loom::model::Builder::new();
    model.max_branches = 100_000;
    model.max_duration = Some(limit);
    model.checkpoint_interval = LOOK;
    let begun = Instant::now();
    let result = catch_unwind(AssertUnwindSafe(|| {
        model.check(move || {
            count.fetch_add(1, Ordering::Relaxed);
            program();
        });
    }));
    let took = begun.elapsed();
    Ok(Searched {
        nanoseconds: took.as_secs_f64() * 1e9,
        executions: executions.load(Ordering::Relaxed),
        end: End::of(result, took >= limit),
    })
}
