//! A job on its way: its state, its account, and what the policy sees of it.
//!
//! The states, and what changes them:
//!
//! ```text
//!             wake              pick                stop
//!  Blocked ──────────► Runnable ─────► Running ─────────────► Finished
//!     ▲                    ▲              │
//!     │        stop        └── stop ──────┤ expired, preempted, yielded
//!     └───────────────────────────────────┘ blocked
//! ```
//!
//! Invariants: (1) `attributes` is what the policy sees, and never lags behind
//! the account; (2) the burst that has begun is not among `steps` any more.
//!
//! Book: chapter 2. Mirror: `thread`, of which this is the paper form.

use super::job::{Job, Step};
use super::outcome::Release;
use crate::policy::{Attributes, Ready, StopReason, ThreadId, Told};
use crate::time::Time;
use std::time::Duration;

/// What a job is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Not there yet, or waiting; the heap of wakes knows until when.
    Blocked,
    /// Stored by the policy.
    Runnable,
    /// On a CPU.
    Running,
    /// Over.
    Finished,
}

/// A job on its way.
#[derive(Debug)]
pub(super) struct Unit<'a> {
    /// What the policy sees.
    pub(super) attributes: Attributes,
    /// What it does now.
    pub(super) state: State,
    /// What it does at each release.
    job: &'a Job,
    /// The steps of the present release that it has not begun.
    pub(super) steps: &'a [Step],
    /// The present release: its number, from 1, and when it was due.
    release: (u32, Time),
    /// What is left of the burst of CPU time that it has begun.
    pub(super) burst: Duration,
    /// When it last became runnable.
    pub(super) since: Time,
    /// How the policy was told that it is runnable.
    pub(super) told: Told,
    /// When it ran for the first time.
    pub(super) first_run: Option<Time>,
    /// The CPU that it ran on last.
    pub(super) last_cpu: Option<usize>,
    /// How long it has been runnable without running.
    pub(super) waiting: Duration,
    /// When it was finished.
    pub(super) finish: Time,
}

impl<'a> Unit<'a> {
    /// A job before its arrival.
    pub(super) fn new(thread: ThreadId, job: &'a Job) -> Unit<'a> {
        let mut attributes = Attributes::new(thread, job.arrival);
        attributes.priority = job.priority;
        attributes.weight = job.weight.unwrap_or(attributes.weight);
        attributes.affinity = job.affinity;
        attributes.period = job.period;
        attributes.deadline = job.deadline_after(job.arrival);
        Unit {
            attributes,
            state: State::Blocked,
            job,
            steps: &job.steps,
            release: (1, job.arrival),
            burst: Duration::ZERO,
            since: job.arrival,
            told: Told::Ready(Ready::New),
            first_run: None,
            last_cpu: None,
            waiting: Duration::ZERO,
            finish: Time::ZERO,
        }
    }

    /// Blocked → Runnable: it arrives, or what it waited for came.
    pub(super) fn wake(&mut self, now: Time) -> Ready {
        let why = if self.first_run.is_none() {
            Ready::New
        } else {
            Ready::Unblocked
        };
        self.state = State::Runnable;
        self.since = now;
        self.told = Told::Ready(why);
        self.begin_burst();
        why
    }

    /// Running → Runnable: it was stopped, but can go on.
    pub(super) fn give_way(&mut self, reason: StopReason, now: Time) {
        self.state = State::Runnable;
        self.since = now;
        self.told = Told::Stopped(reason);
        if reason == StopReason::Yielded {
            self.begin_burst();
        }
    }

    /// Begins the burst of CPU time that comes next: none, if the next step is
    /// another one.
    fn begin_burst(&mut self) {
        while let [Step::Run(burst), rest @ ..] = self.steps {
            self.burst += *burst;
            self.steps = rest;
        }
        self.declare();
    }

    /// The present release with its deadline, if it has one, done at `now`.
    pub(super) fn done(&self, now: Time) -> Option<Release> {
        let (number, release) = self.release;
        self.attributes.deadline.map(|deadline| Release {
            thread: self.attributes.id,
            number,
            release,
            deadline,
            finish: now,
        })
    }

    /// All steps are done: goes on to the next release, if there is one, and says
    /// when that is or was due.
    pub(super) fn next_release(&mut self) -> Option<Time> {
        let (number, release) = self.release;
        let period = self.job.period.filter(|_| number <= self.job.repeats)?;
        self.release = (number + 1, release + period);
        self.steps = &self.job.steps;
        self.attributes.deadline = self.job.deadline_after(self.release.1);
        Some(self.release.1)
    }

    /// Tells the policy what is left of the burst, if it may know.
    fn declare(&mut self) {
        self.attributes.burst = self.job.declares_bursts.then_some(self.burst);
    }

    /// Notes that it ran for `ran` more.
    pub(super) fn charge(&mut self, ran: Duration) {
        self.attributes.cpu_time += ran;
        self.burst -= ran;
        if self.job.declares_bursts {
            self.declare();
        }
    }
}
