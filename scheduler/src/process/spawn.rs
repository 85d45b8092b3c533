//! One process for one call: the smallest thing that shares nothing.
//!
//! Underneath it is a pool of one worker that ends after one job.
//!
//! Book: chapter 22. Mirror: [`crate::spawn`], `runtime::spawn`.

use super::failure::{JobError, PoolError};
use super::pool::{JobHandle, Pool};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;

/// Starts a process that calls `work` with `given`, and ends. `work` must have been
/// named in [`init!`](super::init!).
///
/// ```no_run
/// # fn square(n: u64) -> u64 { n * n }
/// use scheduler::process;
///
/// process::init!(square);
/// let process = process::spawn(square, 7)?;
/// assert_eq!(process.join()?, 49);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// If `init!` was not called before, or not with `work`; if the system allows no
/// more processes.
#[track_caller]
pub fn spawn<A, B, F>(work: F, given: A) -> Result<Process<B>, PoolError>
where
    F: Fn(A) -> B + 'static,
    A: Serialize + DeserializeOwned,
    B: Serialize + DeserializeOwned,
{
    let pool = Pool::new(1, work)?;
    let id = pool.processes().first().map_or(0, |(_, id)| *id);
    let handle = pool.submit(given);
    Ok(Process {
        handle,
        pool: pool.last_call(),
        id,
    })
}

/// A process that [`spawn`] started. Dropping it ends the process.
#[must_use = "the process ends when this is dropped"]
pub struct Process<B> {
    /// Its one job.
    handle: JobHandle<B>,
    /// The pool around it.
    pool: Pool<(), ()>,
    /// Its number.
    id: u32,
}

impl<B> fmt::Debug for Process<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Process({})", self.id)
    }
}

impl<B> Process<B> {
    /// The number by which the system knows it.
    pub fn id(&self) -> u32 {
        self.id
    }
}

impl<B: DeserializeOwned> Process<B> {
    /// Waits for what the call returns.
    ///
    /// # Errors
    ///
    /// If it returns nothing: the process panicked, exited, or was killed.
    pub fn join(self) -> Result<B, JobError> {
        let result = self.handle.join();
        self.pool.finish();
        result
    }
}
