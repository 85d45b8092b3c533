//! Jobs without a result: their worker is over, or their pool.
//!
//! Steps 3 and 4 of a job's way, as the [state](super) draws it.
//!
//! Invariant: what a worker had done before it was killed is not lost: its journal
//! tells.

use super::State;
use crate::process::failure::{Failure, Status};
use crate::process::journal;
use crate::process::pool::Shared;
use crate::process::pool::chunk::{Chunk, Piece, records};
use crate::process::trace::Recorder;
use rustix::process::Signal;
use std::os::unix::process::ExitStatusExt;
use std::time::Duration;

/// Whoever lives no longer than this, and has begun no job to die of, was hasty.
const SOON: Duration = Duration::from_millis(100);
/// How many workers in a row may end before they are ready.
const MOST_STILLBORN: u32 = 3;

impl State {
    /// A job may have begun and has no result: it is tried again, or has failed (3.).
    pub(super) fn lose(
        &mut self,
        mut one: Chunk,
        worker: u32,
        failure: Failure,
        retries: u32,
        trace: &Recorder,
    ) {
        if one.tries < retries && !one.carries {
            one.tries += 1;
            trace.job_returned(one.first, worker, "retry");
            self.queued += 1;
            self.queue.push_front(one);
        } else {
            trace.job_failed(one.first, Some(worker), &failure);
            self.deliver(one.order, Piece::failed(one.first, Some(worker), failure));
        }
    }

    /// A worker is over, or must be: what it did is kept, its first job is lost,
    /// the others wait again (4.).
    pub(in crate::process::pool) fn bury(&mut self, index: usize, shared: &Shared) {
        let (settings, trace) = (&shared.settings, &shared.trace);
        let status = self.workers[index].end();
        let worker = self.workers[index].number;
        trace.exited(worker, status);
        if self.workers[index].is_ready {
            self.read_journal(index, trace);
        }
        let mut desk = self.workers.swap_remove(index);
        let has_begun = desk.is_ready && !desk.assigned.is_empty();
        if !has_begun && desk.born.elapsed() < SOON {
            self.hasty += 1;
        }
        let cut = desk.inbox.left();
        let failure = match desk.verdict.take() {
            Some(verdict) => verdict,
            None if cut > 0 && status.is_some_and(|status| status.code().is_some()) => {
                let status = Status(status);
                Failure::Nonsense(format!("its message was cut after {cut} bytes ({status})"))
            }
            None => Failure::Ended(status),
        };
        let mut lost = None;
        if desk.is_ready && !desk.leaves {
            lost = desk.assigned.front_mut().map(Chunk::split_first);
        }
        for chunk in desk
            .assigned
            .into_iter()
            .rev()
            .filter(|chunk| chunk.count > 0)
        {
            if chunk.carries {
                // What it carried went to a process that was never ready.
                trace.job_failed(chunk.first, Some(worker), &failure);
                let failed = Piece::failed(chunk.first, Some(worker), failure.clone());
                self.deliver(chunk.order, failed);
                continue;
            }
            if trace.listens() {
                for job in chunk.first..chunk.first + u64::from(chunk.count) {
                    trace.job_returned(job, worker, "not_begun");
                }
            }
            self.queued += chunk.count as usize;
            self.queue.push_front(chunk);
        }
        if let Some(one) = lost {
            self.lose(one, worker, failure.clone(), settings.retries, trace);
        }
        self.vacant.push_back(worker);
        // Whoever was killed from outside says nothing about the program.
        let is_killed = status.and_then(|status| status.signal()) == Some(Signal::KILL.as_raw());
        let is_outside = is_killed && matches!(failure, Failure::Ended(_));
        if !desk.is_ready && !is_outside {
            self.stillborn += 1;
            if self.stillborn >= MOST_STILLBORN && self.broken.is_none() {
                self.broken = Some(stillborn(&failure).into());
            }
        }
    }

    /// Takes what a dead worker had done and not sent.
    fn read_journal(&mut self, index: usize, trace: &Recorder) {
        let desk = &self.workers[index];
        let (Ok(unsent), Some(chunk)) = (journal::read(&desk.journal), desk.assigned.front())
        else {
            return;
        };
        let is_right = unsent.first == chunk.first
            && (1..=chunk.count).contains(&unsent.count)
            && records(&unsent.bytes).count() == unsent.count as usize;
        if is_right {
            self.accept(index, unsent.count, unsent.bytes, Vec::new(), trace);
        }
    }

    /// Ends every job without a result.
    pub(in crate::process::pool) fn fail_all(&mut self, failure: &Failure, trace: &Recorder) {
        let queue = std::mem::take(&mut self.queue);
        let waiting = queue.into_iter().map(|chunk| (None, chunk));
        let mut all: Vec<_> = waiting.collect();
        for desk in &mut self.workers {
            let worker = Some(desk.number);
            all.extend(desk.assigned.drain(..).map(|chunk| (worker, chunk)));
        }
        self.queued = 0;
        for (worker, chunk) in all {
            for job in chunk.first..chunk.first + u64::from(chunk.count) {
                trace.job_failed(job, worker, failure);
                self.deliver(chunk.order, Piece::failed(job, worker, failure.clone()));
            }
        }
        self.has_news = true;
    }
}

/// Why no more workers are started.
fn stillborn(failure: &Failure) -> String {
    format!(
        "{MOST_STILLBORN} in a row were over before they were ready, the last one like this: \
         {failure}. Is `process::init!` the first thing that `main` does?"
    )
}
