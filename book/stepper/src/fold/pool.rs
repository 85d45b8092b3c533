//! The arms of the fold for calls that block, on the threads of a pool.

use super::{Job, JobState, apply::Step};
use crate::trace::{EventKind, Key};

impl Step<'_> {
    /// `blocking_queued`, `blocking_started`, `blocking_finished`.
    pub(super) fn job_used(&mut self, kind: EventKind) {
        let Some(number) = self.object(Key::Job) else {
            return;
        };
        let unit = self.event.unit();
        let thread = self.event.number32(Key::Thread).unwrap_or(0);
        let was = self.driver.jobs.get(number).map(|job| job.state);
        let state = match kind {
            EventKind::BlockingQueued => JobState::Queued,
            EventKind::BlockingStarted => JobState::Running { thread },
            _ => JobState::Over,
        };
        let job = self.driver.jobs.entry(number, || Job { unit, state });
        job.state = state;
        match (state, was) {
            (JobState::Queued, Some(_)) => {
                self.complain(format_args!("Job {number} was handed over before."));
            }
            // The last two only a pool of processes says: see `workers`.
            (JobState::Running { .. }, Some(JobState::Queued))
            | (JobState::Queued, None)
            | (JobState::Sent { .. } | JobState::Begun { .. }, _) => {}
            (JobState::Running { .. }, _) => {
                self.complain(format_args!("Job {number} was not queued."));
            }
            (JobState::Over, Some(JobState::Running { thread: on })) => {
                if on != thread {
                    self.complain(format_args!(
                        "Job {number} was running on thread {on} of the pool."
                    ));
                }
            }
            (JobState::Over, _) => {
                self.complain(format_args!("Job {number} was not running."));
            }
        }
        self.touch();
    }
}
