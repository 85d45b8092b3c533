//! The programs under shuttle, which tries every interleaving, or some by chance.

use super::searched::{End, Searched};
use shuttle::scheduler::{DfsScheduler, RandomScheduler, Scheduler};
use shuttle::{Config, FailurePersistence, Runner};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

#[path = "programs.rs"]
mod programs;

/// What the programs are made of.
mod primitives {
    use shuttle::thread::JoinHandle;
    use std::sync::atomic::Ordering::SeqCst;

    pub(super) use shuttle::sync::atomic::AtomicUsize as Atomic;
    pub(super) use shuttle::sync::{Condvar, Mutex, MutexGuard};
    pub(super) use shuttle::thread::spawn;

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

/// Searches the program of this name depth-first, for so long at most.
///
/// # Errors
///
/// If there is none.
pub(crate) fn search(name: &str, limit: Duration) -> Result<Searched, String> {
    run(name, limit, DfsScheduler::new(None, false))
}

/// Tries the program of this name by chance until it fails, for so long at most.
///
/// # Errors
///
/// If there is none.
pub(crate) fn by_chance(name: &str, limit: Duration, seed: u64) -> Result<Searched, String> {
    run(
        name,
        limit,
        RandomScheduler::new_from_seed(seed, usize::MAX),
    )
}

/// Runs the program of this name under `scheduler`.
fn run(
    name: &str,
    limit: Duration,
    scheduler: impl Scheduler + 'static,
) -> Result<Searched, String> {
    let program = programs::program(name).ok_or_else(|| format!("no program `{name}`"))?;
    let executions = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&executions);
    let mut config = Config::new();
    config.failure_persistence = FailurePersistence::None;
    config.max_time = Some(limit);
    config.silence_warnings = true;
    let begun = Instant::now();
    let result = catch_unwind(AssertUnwindSafe(|| {
        Runner::new(scheduler, config).run(move || {
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
