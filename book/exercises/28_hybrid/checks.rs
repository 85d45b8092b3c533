//! The checks of the hybrid: the batches, what a worker does with one, and the whole.

use exercises::check::{Check, Complaint, Part, caught};
use exercises::search::{self, Dice};
use runtime::{Clock, EventLoop, sleep, work};
use scheduler::process::{Pool, PoolError};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// A job: it is waited for, and then it computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Job {
    /// Which one it is.
    pub(crate) number: u64,
    /// It is waited for so many ms.
    pub(crate) wait: u64,
    /// It computes for so many ms.
    pub(crate) cpu: u64,
}

impl Job {
    /// Does it, as part of a task: a hundred times its number comes of it.
    pub(crate) async fn run(self) -> u64 {
        sleep(Duration::from_millis(self.wait)).await;
        work(Duration::from_millis(self.cpu));
        100 * self.number
    }
}

/// What a worker comes back with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Done {
    /// The answers, in the order of the batch.
    answers: Vec<u64>,
    /// How long it took, in ms on the loop's clock.
    ms: u64,
}

/// Runs `main` on an event loop in virtual time.
pub(crate) fn in_a_loop(main: impl Future<Output = Vec<u64>>) -> Done {
    EventLoop::new(Clock::Virtual).block_on(async {
        let answers = main.await;
        let ms = u64::try_from(runtime::now().as_millis()).expect("loads are small");
        Done { answers, ms }
    })
}

/// A pool whose processes each get batches.
type Workers = Pool<Vec<Job>, Done>;

/// What the learner writes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hybrid {
    /// What a process does with a batch.
    pub(crate) worker: fn(Vec<Job>) -> Done,
    /// Makes the batches for so many workers.
    pub(crate) divide: fn(&[Job], usize) -> Vec<Vec<Job>>,
    /// Starts so many processes that run `worker`.
    pub(crate) pool: fn(u32) -> Result<Workers, PoolError>,
}

/// The hybrid of a file of the exercise.
macro_rules! subject {
    ($($module:ident)::+) => {
        $crate::checks::Hybrid {
            worker: $($module)::+::worker,
            divide: $($module)::+::divide,
            pool: |workers| scheduler::process::Pool::new(workers, $($module)::+::worker),
        }
    };
}
pub(crate) use subject;

/// Jobs, and workers for them: no more than jobs.
#[derive(Clone, Debug)]
struct Load {
    /// The jobs.
    jobs: Vec<Job>,
    /// How many workers there are.
    workers: usize,
}

/// All checks, in the order in which they build on each other.
pub(crate) fn checks() -> Vec<Check<Hybrid>> {
    let uneven = [9, 1, 1, 9, 1, 1, 9, 1, 1, 9, 1];
    let rising = [1, 1, 2, 3, 8, 9, 9, 10];
    let mut checks = vec![
        batches(
            "every_job_is_in_one_batch",
            "every job is in exactly one batch",
            Load::of(&[5; 11], 4),
            |load, batches| {
                let mut all = batches.concat();
                all.sort_unstable();
                (all != load.jobs).then(|| "it is not so".to_owned())
            },
        ),
        batches(
            "every_worker_has_a_batch",
            "there is a batch for each worker, and a job in each",
            Load::of(&[5; 11], 4),
            |load, batches| {
                let count = batches.iter().filter(|batch| !batch.is_empty()).count();
                (count < load.workers).then(|| format!("{count} batches have a job"))
            },
        ),
        batches(
            "no_more_batches_than_workers",
            "there are no more batches than workers: each is a message",
            Load::of(&[5; 11], 4),
            |load, batches| {
                let count = batches.len();
                (count > load.workers).then(|| format!("there are {count} batches"))
            },
        ),
        Check {
            name: "waits_overlap_in_a_worker",
            rule: "in a worker the waits of its jobs overlap, and its answers are in order",
            part: Part::Rules,
            run: Box::new(waits_overlap),
            step: None,
        },
    ];
    for (name, cpu, workers) in [
        ("computing_is_shared_evenly", &uneven[..], 3),
        ("rising_jobs_are_shared_evenly", &rising[..], 2),
    ] {
        checks.push(batches(
            name,
            "no worker computes longer than another by more than the longest job takes",
            Load::of(cpu, workers),
            Load::is_uneven,
        ));
    }
    checks.push(Check {
        name: "faster_than_each_alone",
        rule: "the whole is done sooner than by tasks alone, and by processes alone",
        part: Part::Random,
        run: Box::new(|hybrid| {
            let loads = (0..200).map(Load::random);
            search::all(loads, Load::smaller, |load| load.is_faster(hybrid))
        }),
        step: None,
    });
    checks.push(Check {
        name: "real_processes",
        rule: "real processes answer the same",
        part: Part::Threads,
        run: Box::new(real),
        step: None,
    });
    checks
}

/// A check of the batches of one load; `judge` says what is wrong with them.
fn batches(
    name: &'static str,
    rule: &'static str,
    load: Load,
    judge: fn(&Load, &[Vec<Job>]) -> Option<String>,
) -> Check<Hybrid> {
    Check {
        name,
        rule,
        part: Part::Rules,
        run: Box::new(move |hybrid| {
            let made = caught(|| (hybrid.divide)(&load.jobs, load.workers));
            let happened = match &made {
                Ok(batches) => {
                    judge(&load, batches).map(|what| format!("{what}\n{}", told(batches)))
                }
                Err(panic) => Some(format!("your code panicked: {panic}")),
            };
            happened.map_or(Ok(()), |happened| Err(load.complaint(rule, happened)))
        }),
        step: None,
    }
}

impl Load {
    /// Jobs that compute for so long each, and are waited for 40 ms.
    fn of(cpu: &[u64], workers: usize) -> Load {
        let job = |(number, &cpu): (u64, &u64)| Job {
            number,
            wait: 40,
            cpu,
        };
        Load {
            jobs: (1..).zip(cpu).map(job).collect(),
            workers,
        }
    }

    /// The same for the same seed. All wait for long enough that it pays to overlap it, and
    /// compute for long enough that it pays to share that.
    fn random(seed: u64) -> Load {
        let mut dice = Dice(seed);
        let workers = 2 + dice.up_to(2);
        let count = 4 * workers + dice.up_to(8);
        let job = |number| Job {
            number,
            wait: 30 + dice.up_to(30),
            cpu: 5 + dice.up_to(15),
        };
        Load {
            jobs: (1..=count).map(job).collect(),
            workers: usize::try_from(workers).expect("they are few"),
        }
    }

    /// The same, with a job less.
    fn smaller(&self) -> Vec<Load> {
        if self.jobs.len() <= 4 * self.workers {
            return Vec::new();
        }
        let without = |place| {
            let mut load = self.clone();
            load.jobs.remove(place);
            load
        };
        (0..self.jobs.len()).map(without).collect()
    }

    /// How the batches' computing differs, if by more than the longest job takes.
    fn is_uneven(&self, batches: &[Vec<Job>]) -> Option<String> {
        let sum = |batch: &Vec<Job>| batch.iter().map(|job| job.cpu).sum::<u64>();
        let sums: Vec<u64> = batches.iter().map(sum).collect();
        let longest = self.jobs.iter().map(|job| job.cpu).max().unwrap_or(0);
        let difference = sums.iter().max().unwrap_or(&0) - sums.iter().min().unwrap_or(&0);
        (difference > longest).then(|| {
            format!("they compute for {sums:?} ms: {difference} apart, and a job takes {longest}")
        })
    }

    /// Whether the hybrid is done sooner than tasks alone, and than processes alone.
    fn is_faster(&self, hybrid: &Hybrid) -> Result<(), Complaint> {
        let cpu: u64 = self.jobs.iter().map(|job| job.cpu).sum();
        let shortest = self.jobs.iter().map(|job| job.wait).min().unwrap_or(0);
        // On one processor, of which the first job lets nobody have any for a while.
        let tasks = shortest + cpu;
        // Each to the process that is free first.
        let mut free = vec![0; self.workers];
        for job in &self.jobs {
            let first = free.iter_mut().min().expect("there is a worker");
            *first += job.wait + job.cpu;
        }
        let processes = free.into_iter().max().unwrap_or(0);
        let ms = caught(|| {
            let batches = (hybrid.divide)(&self.jobs, self.workers);
            let times = batches.into_iter().map(|batch| (hybrid.worker)(batch).ms);
            times.max().unwrap_or(0)
        });
        let expected =
            format!("less than {tasks} ms (tasks alone), and than {processes} (processes)");
        match ms {
            Ok(ms) if ms < tasks && ms < processes => Ok(()),
            Ok(ms) => Err(self.complaint(&expected, format!("{ms} ms"))),
            Err(panic) => Err(self.complaint(&expected, format!("your code panicked: {panic}"))),
        }
    }

    /// What is to be said when `happened` did.
    fn complaint(&self, expected: &str, happened: String) -> Complaint {
        Complaint {
            tried: self.to_string(),
            expected: expected.to_owned(),
            happened,
            ..Complaint::default()
        }
    }
}

impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} workers; jobs", self.workers)?;
        for Job { number, wait, cpu } in &self.jobs {
            write!(f, " {number}:{wait}+{cpu}")?;
        }
        f.write_str(" (number: waits + computes, in ms)")
    }
}

/// Batches, by the numbers of their jobs.
fn told(batches: &[Vec<Job>]) -> String {
    let numbers = |batch: &Vec<Job>| -> Vec<u64> { batch.iter().map(|job| job.number).collect() };
    let lines = batches
        .iter()
        .map(|batch| format!("  a batch {:?}", numbers(batch)));
    lines.collect::<Vec<_>>().join("\n")
}

/// Whether a worker lets waits overlap, computing stays, and its answers are in order.
fn waits_overlap(hybrid: &Hybrid) -> Result<(), Complaint> {
    let load = Load::of(&[5; 8], 1);
    let mut jobs = load.jobs.clone();
    jobs[0].wait = 80; // the first comes last
    let expected = Done {
        answers: (1..=8).map(|number| 100 * number).collect(),
        ms: 85,
    };
    let happened = caught(|| (hybrid.worker)(jobs.clone()));
    if happened.as_ref() == Ok(&expected) {
        return Ok(());
    }
    let load = Load { jobs, ..load };
    let told = |done: &Done| format!("{:?}, in {} ms", done.answers, done.ms);
    Err(load.complaint(
        &told(&expected),
        happened.map_or_else(
            |panic| format!("your code panicked: {panic}"),
            |it| told(&it),
        ),
    ))
}

/// Real processes.
fn real(hybrid: &Hybrid) -> Result<(), Complaint> {
    let load = Load::of(&[9, 1, 1, 9, 1, 1, 9, 1], 2);
    let batches = (hybrid.divide)(&load.jobs, load.workers);
    let numbers: Vec<u64> = batches
        .concat()
        .iter()
        .map(|job| 100 * job.number)
        .collect();
    let pool = (hybrid.pool)(2).expect("the system refused a process");
    let done: Result<Vec<Done>, _> = pool.map(batches).collect();
    let happened = match done {
        Ok(done) => {
            let answers: Vec<u64> = done.into_iter().flat_map(|done| done.answers).collect();
            if answers == numbers {
                return Ok(());
            }
            format!("{answers:?}")
        }
        Err(error) => error.to_string(),
    };
    Err(load.complaint(&format!("{numbers:?}"), happened))
}
