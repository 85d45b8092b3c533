//! The programs under `explore`.

use super::searched::{End, Searched};
use scheduler::{Explore, Found};
use std::time::{Duration, Instant};

#[path = "programs.rs"]
pub(crate) mod programs;

/// What the programs are made of.
mod primitives {
    use scheduler::{JoinHandle, Shared};

    pub(super) use scheduler::spawn;
    pub(super) use scheduler::sync::atomic::AtomicUsize as Atomic;
    pub(super) use scheduler::sync::{Condvar, Mutex, MutexGuard};

    /// A variable of which every access is a step.
    pub(super) type Variable = Shared<usize>;

    /// A variable.
    pub(super) fn variable(value: usize) -> Variable {
        Shared::new("variable", value)
    }

    /// Takes `mutex`.
    pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
        mutex.lock()
    }

    /// Waits for `condition`.
    pub(super) fn wait<'a, T>(condition: &Condvar, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        condition.wait(guard)
    }

    /// What `thread` returned.
    pub(super) fn join<T>(thread: JoinHandle<T>) -> T {
        thread.join().expect("no thread panics")
    }
}

/// Searches the program of this name.
///
/// # Errors
///
/// If there is none.
pub(crate) fn found(name: &str, how: Explore) -> Result<Found, String> {
    let program = programs::program(name).ok_or_else(|| format!("no program `{name}`"))?;
    Ok(how.run(program))
}

/// The same, for so long at most: what became of it.
///
/// # Errors
///
/// If there is none.
pub(crate) fn search(name: &str, limit: Duration) -> Result<Searched, String> {
    let begun = Instant::now();
    let found = found(name, Explore::new().time_limit(limit))?;
    let end = match found.failures().first() {
        Some(failure) => End::Alarm(failure.trouble.to_string()),
        None if found.exhausted() => End::Exhausted,
        None => End::CutOff,
    };
    Ok(Searched {
        nanoseconds: begun.elapsed().as_secs_f64() * 1e9,
        executions: found.explored(),
        end,
    })
}
