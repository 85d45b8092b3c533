//! A case as its file states it, in one form for all sources.
//!
//! Most files have `policy`, `params`, `jobs` and `expect`; textbook cases keep
//! the first three in `input`. Cases without jobs or without a policy (a
//! formula, a table of weights) are of another kind.
//!
//! Invariant: (1) a field that is not known here is an error: it might change
//! what the case means.

use scheduler::policy::Level;
use scheduler::simulation::{Job, Tie};
use scheduler::time::Time;
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;

/// A tick is a millisecond.
pub(crate) const fn ticks(ticks: u64) -> Duration {
    Duration::from_millis(ticks)
}

/// Jobs under a policy, and what is expected of them.
pub(crate) struct Case {
    /// The policy's name in its source.
    pub(crate) policy: String,
    /// The jobs by their ids: of two that are equal in all else the one with the
    /// lower id is first, wherever it is listed.
    pub(crate) jobs: Vec<JobLine>,
    /// For each place in the case's list, the place in `jobs`.
    listed: Vec<usize>,
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
#[serde(deny_unknown_fields)]
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
#[serde(deny_unknown_fields)]
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
    /// How many levels there are; said once more by the lists.
    levels: Option<usize>,
    /// When everybody is boosted; 0: never.
    #[serde(default)]
    pub(crate) boost_every: u64,
    /// Whether I/O gives a whole allotment.
    #[serde(default)]
    pub(crate) stay: bool,
    /// When periodic tasks are no longer watched.
    pub(crate) horizon: Option<u64>,
    /// When all tasks begin together again; the horizon follows from it.
    #[serde(rename = "hyperperiod")]
    _hyperperiod: Option<u64>,
}

/// What a case may say beside what is read: remarks.
const REMARKS: [&str; 11] = [
    "agreed_by",
    "citation",
    "cmd",
    "expect",
    "id",
    "note",
    "provenance",
    "random",
    "tag",
    "topic",
    "utilisation",
];

impl Case {
    /// The case in `value`; None if it is of another kind. Panics if it is of
    /// this kind and wrong.
    pub(crate) fn read(value: &Value) -> Option<Case> {
        let textbook = value.get("input");
        let input = textbook.unwrap_or(value);
        let policy = input.get("policy")?.as_str()?.to_owned();
        let jobs = input.get("jobs").or(input.get("tasks"))?;
        let jobs = Vec::deserialize(jobs);
        let mut jobs: Vec<JobLine> =
            jobs.unwrap_or_else(|error| panic!("its jobs cannot be read: {error}"));
        let ids: Vec<Value> = jobs.iter().map(|job| job.id.clone()).collect();
        jobs.sort_by_key(|job| (job.id.as_u64(), job.id.to_string()));
        let listed = ids
            .iter()
            .map(|id| jobs.iter().position(|job| job.id == *id));
        let mut params = textbook
            .or(value.get("params"))
            .cloned()
            .unwrap_or(json!({}));
        let known = ["policy", "jobs", "tasks", "params", "input"];
        if let (Some(_), Some(fields)) = (textbook, params.as_object_mut()) {
            for field in known {
                fields.remove(field);
            }
        }
        let params = Params::deserialize(params);
        let params = params.unwrap_or_else(|error| panic!("its parameters: {error}"));
        for field in value.as_object().expect("a case has fields").keys() {
            let is_known = REMARKS.iter().chain(&known).any(|one| *one == field);
            assert!(is_known, "its field `{field}` is not known"); // invariant 1
        }
        let tie = match params.tie.as_deref() {
            Some("arrival_before_expired") => Tie::ArrivalFirst,
            Some("expired_before_arrival") => Tie::ExpiredFirst,
            Some(other) => panic!("no tie is called `{other}`"),
            None if textbook.is_some() => Tie::ArrivalFirst,
            None => Tie::ExpiredFirst,
        };
        Some(Case {
            policy,
            listed: listed.map(|place| place.expect("it is there")).collect(),
            jobs,
            tie,
            params,
            random: value
                .get("random")
                .map(|numbers| Vec::deserialize(numbers).expect("random numbers are numbers"))
                .unwrap_or_default(),
            expect: value.get("expect").expect("a case has `expect`").clone(),
        })
    }

    /// The place in `jobs` of what is listed at `place`.
    pub(crate) fn listed(&self, place: usize) -> usize {
        self.listed[place]
    }

    /// The place in `jobs` of the job called `id`.
    pub(crate) fn index_of(&self, id: &Value) -> Option<usize> {
        self.jobs.iter().position(|job| job.id == *id)
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
        let count = self.params.quantum_hi_to_lo.len();
        assert_eq!(
            (
                self.params.levels.unwrap_or(count),
                self.params.allotment_slices_hi_to_lo.len()
            ),
            (count, count),
            "each level has a quantum and an allotment"
        );
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
