//! A case as its file states it, in one form for all sources.
//!
//! Most files have `policy`, `params`, `jobs` and `expect`; textbook cases keep
//! the first three in `input`. Cases without jobs or without a policy (a
//! formula, a table of weights) are counted as of another kind.

use scheduler::policy::Level;
use scheduler::simulation::{Job, Tie};
use scheduler::time::Time;
use serde::Deserialize;
use serde_json::Value;
use std::path::Path;
use std::time::Duration;

/// A tick is a millisecond.
pub(crate) const fn ticks(ticks: u64) -> Duration {
    Duration::from_millis(ticks)
}

/// One file's cases.
pub(crate) struct File {
    /// The file's name without `.json`.
    pub(crate) name: String,
    /// Cases of jobs under a policy.
    pub(crate) cases: Vec<Case>,
    /// The other cases.
    pub(crate) other: Vec<Value>,
}

/// Jobs under a policy, and what is expected of them.
pub(crate) struct Case {
    /// The case's own name.
    pub(crate) id: String,
    /// The policy's name in its source.
    pub(crate) policy: String,
    /// The jobs.
    pub(crate) jobs: Vec<JobLine>,
    /// What goes first at one instant.
    pub(crate) tie: Tie,
    /// The other parameters.
    pub(crate) params: Params,
    /// The random numbers that a lottery draws.
    pub(crate) random: Vec<u64>,
    /// What is expected, key by key.
    pub(crate) expect: Value,
}

/// A job in a file.
#[derive(Deserialize)]
pub(crate) struct JobLine {
    /// A number or a letter.
    pub(crate) id: Value,
    /// When it comes.
    #[serde(alias = "offset")]
    pub(crate) arrival: u64,
    /// The CPU time that it needs, each time if it is periodic.
    #[serde(alias = "wcet")]
    pub(crate) length: u64,
    /// After how much CPU time it does I/O, again and again; 0: never.
    #[serde(default)]
    pub(crate) io_every: u64,
    /// Its priority.
    #[serde(default)]
    priority: i32,
    /// Its tickets, in a lottery.
    tickets: Option<u32>,
    /// How often it comes, if it is periodic.
    period: Option<u64>,
    /// How long after each coming it must be done.
    deadline: Option<u64>,
}

/// A case's parameters; which are there depends on the policy.
#[derive(Clone, Default, Deserialize)]
pub(crate) struct Params {
    /// The quantum.
    quantum: Option<u64>,
    /// How long an I/O takes.
    io_time: Option<u64>,
    /// Whether a job goes to the head when its I/O is done.
    #[serde(default)]
    pub(crate) iobump: bool,
    /// `arrival_before_expired`, or the opposite.
    tie: Option<String>,
    /// The quantum of each level, the highest first.
    #[serde(default)]
    quantum_hi_to_lo: Vec<u64>,
    /// The allotment of each level in quanta.
    #[serde(default)]
    allotment_slices_hi_to_lo: Vec<u32>,
    /// When everybody is boosted; 0: never.
    #[serde(default)]
    pub(crate) boost_every: u64,
    /// Whether I/O gives a whole allotment.
    #[serde(default)]
    pub(crate) stay: bool,
    /// When periodic tasks are no longer watched.
    pub(crate) horizon: Option<u64>,
}

impl Case {
    /// The case in `value`; None if it is of another kind.
    fn read(value: &Value) -> Option<Case> {
        let textbook = value.get("input");
        let input = textbook.unwrap_or(value);
        let params = textbook.or(value.get("params"));
        let params: Params = params
            .map(|params| Params::deserialize(params).expect("known parameters"))
            .unwrap_or_default();
        let tie = match params.tie.as_deref() {
            Some("arrival_before_expired") => Tie::ArrivalFirst,
            Some("expired_before_arrival") => Tie::ExpiredFirst,
            Some(other) => panic!("unknown tie {other}"),
            None if textbook.is_some() => Tie::ArrivalFirst,
            None => Tie::ExpiredFirst,
        };
        Some(Case {
            id: value.get("id")?.as_str()?.to_owned(),
            policy: input.get("policy")?.as_str()?.to_owned(),
            jobs: Vec::deserialize(input.get("jobs").or(input.get("tasks"))?).ok()?,
            tie,
            params,
            random: value
                .get("random")
                .map(|numbers| Vec::deserialize(numbers).expect("random numbers are numbers"))
                .unwrap_or_default(),
            expect: value.get("expect")?.clone(),
        })
    }

    /// The quantum, of a case that must have one.
    pub(crate) fn quantum(&self) -> Duration {
        ticks(self.params.quantum.expect("round robin has a quantum"))
    }

    /// Whether a job does I/O.
    pub(crate) fn does_io(&self) -> bool {
        self.jobs.iter().any(|job| job.io_every > 0)
    }

    /// The levels of a feedback queue, the highest first. Where the case names
    /// none it is one level, with an endless quantum if it names no quantum.
    pub(crate) fn levels(&self) -> Vec<Level> {
        if self.params.quantum_hi_to_lo.is_empty() {
            return vec![Level {
                quantum: self.params.quantum.map_or(Duration::MAX, ticks),
                allotment: 1,
            }];
        }
        let quanta = self.params.quantum_hi_to_lo.iter();
        let levels = quanta.zip(&self.params.allotment_slices_hi_to_lo);
        let level = |(&quantum, &allotment)| Level {
            quantum: ticks(quantum),
            allotment,
        };
        levels.map(level).collect()
    }

    /// The jobs for the simulation.
    pub(crate) fn jobs(&self) -> Vec<Job> {
        self.jobs.iter().map(|line| self.job(line)).collect()
    }

    /// One job: runs of `io_every` with an I/O between them; none at the end.
    fn job(&self, line: &JobLine) -> Job {
        // The textbooks' higher priority has the lower number; SimSo's has not.
        let sign = if self.policy == "FP" { 1 } else { -1 };
        let mut job = Job {
            arrival: Time::ZERO + ticks(line.arrival),
            priority: sign * line.priority,
            weight: line.tickets,
            deadline: line.deadline.map(ticks),
            declares_bursts: true,
            ..Job::new()
        };
        let mut left = line.length;
        while line.io_every > 0 && left > line.io_every {
            let io = ticks(self.params.io_time.expect("I/O takes a time"));
            job = job.run(ticks(line.io_every)).wait(io);
            left -= line.io_every;
        }
        job = job.run(ticks(left));
        let Some(period) = line.period else {
            return job;
        };
        let horizon = self.params.horizon.expect("what is periodic is cut off");
        let times = (horizon - line.arrival).div_ceil(period);
        let times = u32::try_from(times).expect("cases are short");
        job.periodic(ticks(period), times)
    }
}

/// Every file of cases in `folder`, in the order of their names.
pub(crate) fn read_folder(folder: &Path) -> Vec<File> {
    let entries = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", folder.display()));
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("a folder can be listed").path())
        .collect();
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "json")
    });
    paths.sort();
    paths.iter().map(|path| read_file(path)).collect()
}

/// One file's cases.
fn read_file(path: &Path) -> File {
    let text = std::fs::read_to_string(path).expect("a listed file can be read");
    let file: Value = serde_json::from_str(&text)
        .unwrap_or_else(|error| panic!("{} is not JSON: {error}", path.display()));
    let all = file["cases"].as_array().map_or(&[][..], Vec::as_slice);
    let (mut cases, mut other) = (Vec::new(), Vec::new());
    for value in all {
        match Case::read(value) {
            Some(case) => cases.push(case),
            None => other.push(value.clone()),
        }
    }
    File {
        name: path
            .with_extension("")
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
        cases,
        other,
    }
}
