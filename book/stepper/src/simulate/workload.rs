//! A workload: jobs with names, and how they are to be run unless asked otherwise.
//!
//! Found by name among the classic ones, or read from a file.
//!
//! Book: chapter 15.

use super::{classic, file};
use crate::{
    failure::{Code, Failure},
    nearest::nearest,
};
use scheduler::{
    policy::Queues,
    simulation::{Job, Tie},
};
use std::{path::Path, time::Duration};

/// Jobs, and what else belongs to an experiment with them.
#[derive(Clone, Debug)]
pub(crate) struct Workload {
    /// What it is called: a classic one's name, or the file's.
    pub(super) name: String,
    /// What it shows, in a line.
    pub(super) title: String,
    /// The jobs' names, as many as jobs.
    pub(super) names: Vec<String>,
    /// The jobs; the first is thread 1.
    pub(super) jobs: Vec<Job>,
    /// How many CPUs it is meant for.
    pub(super) cpus: u32,
    /// Whether the CPUs share one run queue.
    pub(super) queues: Queues,
    /// The quantum that it is meant for.
    pub(super) quantum: Duration,
    /// How long a switch takes.
    pub(super) switch_cost: Duration,
    /// What goes first at one instant.
    pub(super) tie: Tie,
}

impl Workload {
    /// No jobs yet, one CPU, quanta of 10 ms, switches for nothing.
    pub(super) fn new(name: &str, title: &str) -> Workload {
        Workload {
            name: name.to_owned(),
            title: title.to_owned(),
            names: Vec::new(),
            jobs: Vec::new(),
            cpus: 1,
            queues: Queues::Shared,
            quantum: Duration::from_millis(10),
            switch_cost: Duration::ZERO,
            tie: Tie::default(),
        }
    }

    /// One more job. What it needs is known: half of the classic policies ask.
    #[must_use]
    pub(super) fn job(mut self, name: impl Into<String>, job: Job) -> Workload {
        self.names.push(name.into());
        self.jobs.push(Job {
            declares_bursts: true,
            ..job
        });
        self
    }

    /// The workload that `asked` means: a file, if it looks like one, or a
    /// classic one; the random one depends on `seed`.
    ///
    /// # Errors
    /// There is none, or the file does not hold one.
    pub(super) fn find(asked: &str, seed: u64) -> Result<Workload, Failure> {
        let path = Path::new(asked);
        let is_file = path.extension().is_some_and(|kind| kind == "toml");
        if is_file || asked.contains(std::path::MAIN_SEPARATOR) {
            return file::read(path);
        }
        classic::by_name(asked, seed).ok_or_else(|| {
            let known = classic::NAMES.iter().copied();
            let meant = nearest(asked, known).map(|name| format!(" (did you mean `{name}`?)"));
            let sentence = format!(
                "there is no workload `{}`{}: name a file that ends in .toml, or one of {}",
                asked.escape_default(),
                meant.unwrap_or_default(),
                classic::NAMES.join(", ")
            );
            Failure::new(Code::NoInput, sentence)
        })
    }

    /// The sign of the job at `index` in charts: a letter or digit, as far as
    /// there are any.
    pub(super) fn sign(index: usize) -> char {
        let signs = ('A'..='Z').chain('a'..='z').chain('0'..='9');
        signs.clone().nth(index).unwrap_or('#')
    }

    /// Whether the policy called `policy` has something to decide by: priorities
    /// that differ, shares that differ, deadlines, periods. The others suit all.
    pub(super) fn suits(&self, policy: &str) -> bool {
        let differ =
            |of: fn(&Job) -> i64| self.jobs.windows(2).any(|two| of(&two[0]) != of(&two[1]));
        match policy {
            "priority" => differ(|job| job.priority.into()),
            "lottery" | "stride" => differ(|job| job.weight.unwrap_or(1).into()),
            "edf" => self
                .jobs
                .iter()
                .any(|job| job.deadline.or(job.period).is_some()),
            "rm" => self.jobs.iter().any(|job| job.period.is_some()),
            _ => true,
        }
    }
}
