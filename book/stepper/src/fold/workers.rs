//! The arms of the fold for a pool of worker processes and its jobs.
//!
//! A worker runs while it has begun a job that is not over. Results of small jobs
//! arrive together, so a worker may have begun a job while the result of the one
//! before is still on its way: it runs until the last one begun is over.

use super::{End, Job, JobState, UnitState, apply::Step};
use crate::trace::Key;

impl Step<'_> {
    /// `ready`: the process waits for jobs.
    pub(super) fn worker_ready(&mut self) {
        let Some(number) = self.unit_number() else {
            return;
        };
        match self.unit(number).state {
            UnitState::New => self.set_state(number, UnitState::Waiting),
            // careful: the pool writes `ready` and the worker `job_begun`, so a worker
            // may have begun a job that it was sent early before the pool hears of it.
            UnitState::Running { .. } => self.touch(),
            _ => self.complain(format_args!("Worker {number} has said so before.")),
        }
    }

    /// `exited`: the process is over, by itself or not.
    pub(super) fn worker_exited(&mut self) {
        let Some(number) = self.unit_number() else {
            return;
        };
        if self.unit(number).is_over() {
            self.complain(format_args!(
                "It is said twice that worker {number} is over."
            ));
        }
        self.leave(number);
        let end = match &*self.word(Key::Status) {
            "exit:0" => End::Done,
            "exit:101" => End::Panicked,
            _ => End::Cancelled,
        };
        self.set_state(number, UnitState::Over(end));
    }

    /// `job_queued`: a new job waits for a worker.
    pub(super) fn job_queued(&mut self) {
        let Some(number) = self.object(Key::Job) else {
            return;
        };
        if self.driver.jobs.get(number).is_some() {
            self.complain(format_args!("There is a job {number} already."));
        }
        let (unit, state) = (None, JobState::Queued);
        self.driver.jobs.insert(number, Job { unit, state });
    }

    /// `job_sent`: it went to a worker.
    pub(super) fn job_sent(&mut self) {
        let (Some(number), Some(worker)) = (self.object(Key::Job), self.unit_number()) else {
            return;
        };
        if self.unit(worker).is_over() {
            self.complain(format_args!("Worker {worker} is over."));
        }
        self.job_moves(number, JobState::Queued, JobState::Sent { worker });
    }

    /// `job_begun`: the worker says that it begins.
    pub(super) fn job_begun(&mut self) {
        let (Some(number), Some(worker)) = (self.object(Key::Job), self.unit_number()) else {
            return;
        };
        self.job_moves(
            number,
            JobState::Sent { worker },
            JobState::Begun { worker },
        );
        self.unit(worker).at_work = Some(number);
        if !self.unit(worker).is_running() {
            // Each process may have a processor of its own.
            self.enter(worker, worker.saturating_sub(1));
        }
    }

    /// `job_done`, `job_failed`: it is over.
    pub(super) fn job_over(&mut self) {
        let Some(number) = self.object(Key::Job) else {
            return;
        };
        match self.driver.jobs.get(number).map(|job| job.state) {
            None => self.complain(format_args!("There is no job {number}.")),
            Some(JobState::Over) => self.complain(format_args!("Job {number} was over before.")),
            Some(_) => {}
        }
        self.set_job(number, JobState::Over);
        self.lay_down(number);
    }

    /// `job_returned`: its worker is over, and it waits again.
    pub(super) fn job_returned(&mut self) {
        let Some(number) = self.object(Key::Job) else {
            return;
        };
        match self.driver.jobs.get(number).map(|job| job.state) {
            Some(JobState::Sent { .. } | JobState::Begun { .. }) => {}
            _ => self.complain(format_args!("Job {number} was at no worker.")),
        }
        self.set_job(number, JobState::Queued);
        self.lay_down(number);
    }

    /// A job goes from one state to the next; complains if it was in another.
    fn job_moves(&mut self, number: u32, from: JobState, to: JobState) {
        match self.driver.jobs.get(number).map(|job| job.state) {
            None => self.complain(format_args!("There is no job {number}.")),
            Some(was) if was != from => {
                self.complain(format_args!("That is not where job {number} was."));
            }
            Some(_) => {}
        }
        self.set_job(number, to);
    }

    /// Changes where a job is.
    fn set_job(&mut self, number: u32, state: JobState) {
        let unit = None;
        self.driver.jobs.entry(number, || Job { unit, state }).state = state;
    }

    /// The event's worker, if it names one, has this job at hand no more.
    fn lay_down(&mut self, job: u32) {
        let Some(worker) = self.event.number32(Key::Worker) else {
            return;
        };
        if self.unit(worker).at_work != Some(job) {
            return;
        }
        self.unit(worker).at_work = None;
        self.leave(worker);
        if !self.unit(worker).is_over() {
            self.set_state(worker, UnitState::Waiting);
        }
    }
}
