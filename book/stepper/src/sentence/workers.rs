//! Sentences about a pool of worker processes and its jobs.

use super::{
    Speech,
    words::{capital, count},
};
use crate::{
    fold::JobState,
    trace::{EventKind, Key, Target},
};

impl Speech<'_> {
    /// What a pool says; none if the event is another half's.
    pub(super) fn of_workers(&self, kind: EventKind) -> Option<String> {
        use EventKind as E;
        if self.side.target != Target::Process {
            return None;
        }
        Some(match kind {
            E::Started => self.pool_started(),
            E::Ended => self.pool_ended(),
            E::Spawned => {
                let worker = self.unit_name(self.event.unit());
                let pid = self.value(Key::Pid);
                format!(
                    "A process was started, number {pid} for the system: {worker}. It is this \
                     program again, from its beginning, with memory of its own."
                )
            }
            E::Ready => format!("{} is ready for jobs.", self.subject()),
            E::Exited => self.exited(),
            E::Replaced => {
                let by = self.unit_name(self.event.by_unit());
                format!(
                    "{} takes the place of {}.",
                    capital(&by),
                    self.unit_name(self.event.unit())
                )
            }
            E::JobQueued => self.job_queued(),
            E::JobSent => self.job_sent(),
            E::JobBegun => format!("{} begins job {}.", self.subject(), self.value(Key::Job)),
            E::JobDone => format!(
                "The result of job {} is here: {} from worker {}.",
                self.value(Key::Job),
                self.bytes(),
                self.value(Key::Worker)
            ),
            E::JobFailed => {
                let at = match self.event.number32(Key::Worker) {
                    Some(worker) => format!(" at worker {worker}"),
                    None => String::new(),
                };
                let (job, why) = (self.value(Key::Job), self.value(Key::Why));
                format!("Job {job}{at} has no result: {why}. The other jobs go on.")
            }
            E::JobReturned => self.job_returned(),
            _ => return None,
        })
    }

    /// How many bytes the event tells of.
    fn bytes(&self) -> String {
        count(self.event.number(Key::Bytes).unwrap_or(0), "byte")
    }

    /// `started`.
    fn pool_started(&self) -> String {
        let workers = count(self.event.number(Key::Workers).unwrap_or(0), "worker");
        let work = self.value(Key::Work);
        format!("A pool starts: {workers}, each a process, for `{work}`.")
    }

    /// `ended`.
    fn pool_ended(&self) -> String {
        let number = |key| self.event.number(key).unwrap_or(0);
        let done = count(number(Key::Done), "job");
        match number(Key::Failed) {
            0 => format!("The pool is over. Done: {done}."),
            failed => format!("The pool is over. Done: {done}; without a result: {failed}."),
        }
    }

    /// `exited`.
    fn exited(&self) -> String {
        let worker = self.subject();
        let status = self.value(Key::Status);
        match status.split_once(':') {
            Some(("exit", "0")) => format!("{worker} has ended: there was no more to do."),
            Some(("exit", code)) => {
                format!("{worker} has ended with exit code {code}. {}", self.loss())
            }
            Some(("signal", signal)) => {
                format!("{worker} was ended by signal {signal}. {}", self.loss())
            }
            _ => format!("{worker} has ended; nobody knows how."),
        }
    }

    /// What the end of a worker means to the others. One without a job may be
    /// one that the pool itself ended, so nothing is said of who did it.
    fn loss(&self) -> &'static str {
        let worker = self.event.number32(Key::Worker);
        let has_job = self.before.driver().is_some_and(|driver| {
            driver.jobs.values().any(|job| match job.state {
                JobState::Sent { worker: at } | JobState::Begun { worker: at } => {
                    Some(at) == worker
                }
                JobState::Queued | JobState::Running { .. } | JobState::Over => false,
            })
        });
        if has_job {
            "The other workers go on: they share nothing with it."
        } else {
            "It had no job, so none is lost."
        }
    }

    /// `job_queued`.
    fn job_queued(&self) -> String {
        let waiting = self.before.driver().map_or(0, |driver| {
            let jobs = driver.jobs.values();
            jobs.filter(|job| job.state == JobState::Queued).count()
        });
        let behind = match waiting {
            0 => String::new(),
            waiting => format!(", behind {}", count(waiting as u64, "other")),
        };
        let (job, bytes) = (self.value(Key::Job), self.bytes());
        format!("Job {job}, {bytes} when written down, waits for a worker{behind}.")
    }

    /// `job_sent`.
    fn job_sent(&self) -> String {
        let (job, worker) = (self.value(Key::Job), self.event.number32(Key::Worker));
        let at_hand = self.before.driver().map_or(0, |driver| {
            let jobs = driver.jobs.values();
            let is_there = |state| match state {
                JobState::Sent { worker: at } | JobState::Begun { worker: at } => {
                    Some(at) == worker
                }
                _ => false,
            };
            jobs.filter(|job| is_there(job.state)).count()
        });
        let there = match at_hand {
            0 => "which has nothing else to do".to_owned(),
            at_hand => format!("and waits there behind {}", count(at_hand as u64, "other")),
        };
        let to = self.unit_name(self.event.unit());
        format!(
            "Job {job} goes to {to} as a message of {}, {there}.",
            self.bytes()
        )
    }

    /// `job_returned`.
    fn job_returned(&self) -> String {
        let (job, worker) = (self.value(Key::Job), self.value(Key::Worker));
        match &*self.value(Key::Why) {
            "retry" => format!(
                "Job {job} may have begun at worker {worker}, which is over. It was asked for: it \
                 is tried once more."
            ),
            _ => format!(
                "Job {job} had not begun at worker {worker}, which is over: it waits again, before \
                 the others."
            ),
        }
    }
}
