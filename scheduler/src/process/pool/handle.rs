//! One job that was handed in, and how to get its result.
//!
//! Mirror: `runtime::JoinHandle`, [`JoinHandle`](crate::JoinHandle).

use super::Shared;
use super::chunk::{Chunk, Piece, What};
use super::map::{fill, read};
use crate::place::Place;
use crate::process::failure::JobError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

/// A job that was handed in by [`Pool::submit`](super::Pool::submit).
///
/// Dropping it detaches: the job goes on, and nobody will know its result.
#[must_use = "its `join` has the result, or why there is none"]
pub struct JobHandle<B> {
    /// The pool.
    shared: Arc<Shared>,
    /// Under which number its result comes.
    order: u64,
    /// The job's number.
    job: u64,
    /// Why it was not even handed in.
    failed: Option<JobError>,
    /// What comes out.
    result: PhantomData<fn() -> B>,
}

impl<B> fmt::Debug for JobHandle<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JobHandle({})", self.job)
    }
}

impl<B> JobHandle<B> {
    /// Hands a job in, when there is room.
    pub(super) fn submit<A: Serialize>(shared: &Arc<Shared>, given: &A, at: Place) -> JobHandle<B> {
        let mut chunk = Chunk::new(0, at);
        let filled = fill(&mut chunk, given, shared.settings.message_limit);
        crate::blocking(|| {
            let mut state = shared.lock();
            while state.queued >= shared.settings.queue && state.broken.is_none() {
                state = shared.wait(state);
            }
            let order = state.open_order();
            chunk.order = order;
            let (job, failed) = match filled {
                Ok(()) => (state.admit(chunk, &shared.trace), None),
                Err(failure) => {
                    let job = state.number(1);
                    shared.trace.job_queued(job, 0, at);
                    shared.trace.job_failed(job, None, &failure);
                    state.failed += 1;
                    let worker = None;
                    let error = JobError {
                        job,
                        worker,
                        failure,
                    };
                    (job, Some(error))
                }
            };
            shared.feed(&mut state);
            JobHandle {
                shared: Arc::clone(shared),
                order,
                job,
                failed,
                result: PhantomData,
            }
        })
    }

    /// The job's number in its pool, from 1.
    pub fn job(&self) -> u64 {
        self.job
    }
}

impl<B: DeserializeOwned> JobHandle<B> {
    /// Waits for the result.
    ///
    /// # Errors
    ///
    /// If there is none: see [`Failure`](crate::process::Failure).
    pub fn join(mut self) -> Result<B, JobError> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let piece = crate::blocking(|| self.shared.next_piece(self.order));
        match piece.what {
            What::Failed(error) => Err(error),
            What::Done {
                records,
                worker,
                descriptors,
            } => {
                let record = records.get(4..).unwrap_or_default();
                read(record, descriptors, piece.first, worker)
            }
        }
    }
}

impl<B> Drop for JobHandle<B> {
    fn drop(&mut self) {
        self.shared.lock().detach_order(self.order);
    }
}

impl Shared {
    /// Sends jobs to workers that have room, and wakes the keeper if it is needed:
    /// not all could be sent, or a time limit has begun.
    pub(super) fn feed(&self, state: &mut super::State) {
        if state.broken.is_none() {
            state.feed(&self.settings, &self.trace);
        }
        let more = state
            .workers
            .iter()
            .any(super::desk::Desk::has_more_to_send);
        if more || self.settings.time_limit.is_some() {
            self.ring(state);
        }
    }

    /// Waits for what comes next for an order.
    pub(super) fn next_piece(&self, order: u64) -> Piece {
        let mut state = self.lock();
        loop {
            if let Some(piece) = state.take(order) {
                return piece;
            }
            state = self.wait(state);
        }
    }
}
