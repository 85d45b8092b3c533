//! What a pool can be asked for.

use super::Pool;
use crate::place::Place;
use crate::process::failure::PoolError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::ffi::OsString;
use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

/// The settings of a pool.
#[derive(Clone, Debug)]
pub(in crate::process) struct Settings {
    /// How many workers.
    pub(super) workers: u32,
    /// How many times a job is begun again when its worker ended.
    pub(super) retries: u32,
    /// How long a job may take.
    pub(super) time_limit: Option<Duration>,
    /// How many jobs go to a worker at a time; none: as many as seem good.
    pub(super) chunk: Option<usize>,
    /// How many jobs may wait for a worker before `submit` waits.
    pub(super) queue: usize,
    /// How many bytes a message may have.
    pub(super) message_limit: usize,
    /// What to start in place of this program.
    pub(super) command: Option<(OsString, Vec<OsString>)>,
}

/// The most workers of a pool.
const MOST_WORKERS: u32 = 1_000;
/// The largest limit of a message: what a frame's header can say.
const MOST_BYTES: usize = u32::MAX as usize - 1024;

impl Settings {
    /// Whether all of it makes sense.
    pub(super) fn check(&self) -> Result<(), PoolError> {
        let wrong = [
            (self.workers == 0, "a pool needs a worker, at least one"),
            (
                self.workers > MOST_WORKERS,
                "a pool has at most 1,000 workers",
            ),
            (self.chunk == Some(0), "a chunk has one job, at least"),
            (
                self.queue == 0,
                "the queue must have room for one job, at least",
            ),
            (
                self.message_limit < 1024,
                "a message must be allowed 1,024 bytes, at least",
            ),
            (
                self.message_limit > MOST_BYTES,
                "a message has less than 4 GiB",
            ),
            (
                self.time_limit == Some(Duration::ZERO),
                "a job needs some time: the limit is 0",
            ),
        ];
        match wrong.into_iter().find(|(is_wrong, _)| *is_wrong) {
            Some((_, sentence)) => Err(PoolError::Setting(sentence)),
            None => Ok(()),
        }
    }
}

/// Settings of a [`Pool`] that is still to be made.
///
/// ```no_run
/// # fn square(n: u64) -> u64 { n * n }
/// use scheduler::process::Pool;
/// use std::time::Duration;
///
/// let pool = Pool::builder()
///     .workers(2)
///     .retries(1)
///     .time_limit(Duration::from_secs(5))
///     .start(square)?;
/// # Ok::<(), scheduler::process::PoolError>(())
/// ```
pub struct Builder<A, B> {
    /// What was set.
    settings: Settings,
    /// What the pool's function takes and returns.
    types: PhantomData<fn(A) -> B>,
}

impl<A, B> fmt::Debug for Builder<A, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.settings.fmt(f)
    }
}

impl<A, B> Pool<A, B> {
    /// The usual settings: a worker for each processor, no retries, no time limit,
    /// messages of at most 64 MiB, and a queue of 1,024 jobs.
    pub fn builder() -> Builder<A, B> {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Builder {
            settings: Settings {
                workers: u32::try_from(processors).unwrap_or(1).min(MOST_WORKERS),
                retries: 0,
                time_limit: None,
                chunk: None,
                queue: 1_024,
                message_limit: 64 << 20,
                command: None,
            },
            types: PhantomData,
        }
    }
}

impl<A, B> Builder<A, B> {
    /// How many workers: 1 to 1,000.
    #[must_use]
    pub fn workers(mut self, workers: u32) -> Self {
        self.settings.workers = workers;
        self
    }

    /// How many times a job may be begun again when it failed with its worker:
    /// when that panicked, exited, was killed, took too long, or talked nonsense.
    #[must_use]
    pub fn retries(mut self, retries: u32) -> Self {
        self.settings.retries = retries;
        self
    }

    /// How long a job may take. Its worker is killed then, and replaced. Only if
    /// jobs go to a worker one by one is it known when each began: so they do.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.settings.time_limit = Some(limit);
        self
    }

    /// How many jobs of a `map` go to a worker at a time. The larger, the less of
    /// the time goes into messages, and the later is the last worker done.
    /// Otherwise there are four chunks for each worker, if the number of items is
    /// known, and one job at a time if not.
    #[must_use]
    pub fn chunk(mut self, jobs: usize) -> Self {
        self.settings.chunk = Some(jobs);
        self
    }

    /// How many jobs may wait for a worker. [`submit`](Pool::submit) waits while
    /// there are more.
    #[must_use]
    pub fn queue(mut self, jobs: usize) -> Self {
        self.settings.queue = jobs;
        self
    }

    /// How many bytes a message may have: what goes to a worker, or comes back.
    #[must_use]
    pub fn message_limit(mut self, bytes: usize) -> Self {
        self.settings.message_limit = bytes;
        self
    }

    /// Starts another program in place of this one as workers. It must call
    /// [`init!`](crate::process::init!) with the same function, of the same name.
    #[must_use]
    pub fn command<T: Into<OsString>>(
        mut self,
        program: impl Into<OsString>,
        arguments: impl IntoIterator<Item = T>,
    ) -> Self {
        let arguments = arguments.into_iter().map(Into::into).collect();
        self.settings.command = Some((program.into(), arguments));
        self
    }

    /// Starts the workers, which run `work`.
    ///
    /// # Errors
    ///
    /// If [`init!`](crate::process::init!) was not called before, or not with `work`;
    /// if a setting makes no sense; if the system does not allow as many processes.
    #[track_caller]
    pub fn start<F: Fn(A) -> B + 'static>(self, work: F) -> Result<Pool<A, B>, PoolError>
    where
        A: Serialize + DeserializeOwned,
        B: Serialize + DeserializeOwned,
    {
        drop(work); // its name says all
        Pool::start::<F>(self.settings, Place::caller())
    }
}
