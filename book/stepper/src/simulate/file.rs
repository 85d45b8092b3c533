//! Jobs from a file: a little TOML, and a sentence with its line for a mistake.
//!
//! ```toml
//! title = "An editor and a backup"   # all but the jobs may be left out
//! cpus = 2
//! queues = "per-cpu"                 # else "shared": all CPUs take from one queue
//! quantum = 10                       # ms; or a text with a unit: "250us"
//! switch-cost = 0.1
//! ties = "arrival-first"             # else "expired-first"
//!
//! [[job]]
//! name = "editor"
//! arrival = 5
//! bursts = [1, 19, 1, 19, 1]         # CPU, I/O, CPU, ...
//! priority = 2                       # the larger number is more important
//! tickets = 3                        # or weight: the same
//!
//! [[job]]
//! bursts = [25]
//! period = 50                        # all its bursts again, every 50 ms
//! times = 8
//! deadline = 40                      # after each release; else the period
//! cpu = 1                            # the only CPU that it may run on, from 0
//! ```
//!
//! Invariant: (1) whatever is returned can be simulated, and ends.
//!
//! Book: chapter 15.

use super::{
    RunQueues,
    length::{LONGEST, Length},
    workload::Workload,
};
use crate::failure::{Code, Failure};
use scheduler::{
    policy::{CpuId, Queues},
    simulation::{Job, Tie},
    time::Time,
};
use serde::{Deserialize, Deserializer, de};
use std::{fmt, fs::File, io::Read, path::Path, time::Duration};
use toml::Spanned;

/// The largest file that is read.
const LARGEST: u64 = 1 << 20;
/// The most jobs: more fit on no chart.
const MOST: usize = 1000;
/// How many days all jobs may take, one after the other: no clock runs longer.
const DAYS: u32 = 10_000;

/// What a file says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    /// What the workload shows.
    title: Option<Spanned<String>>,
    /// How many CPUs.
    cpus: Option<Spanned<u32>>,
    /// How many run queues.
    queues: Option<RunQueues>,
    /// The quantum.
    quantum: Option<Spanned<Length>>,
    /// What a switch costs.
    switch_cost: Option<Length>,
    /// What goes first at one instant.
    ties: Option<Ties>,
    /// The jobs.
    #[serde(default)]
    job: Vec<Spanned<Entry>>,
}

/// The orders at one instant, by the names that people write.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Ties {
    /// Our dispatcher's, and OSTEP's.
    ExpiredFirst,
    /// Silberschatz's.
    ArrivalFirst,
}

/// A job in a file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// Its name; its number where it has none.
    name: Option<Spanned<String>>,
    /// When it comes.
    #[serde(default)]
    arrival: Length,
    /// CPU, I/O, CPU, ...
    bursts: Vec<Length>,
    /// The larger number is more important.
    #[serde(default)]
    priority: i32,
    /// Its share.
    #[serde(alias = "tickets")]
    weight: Option<Spanned<u32>>,
    /// How often it is released.
    period: Option<Spanned<Length>>,
    /// How many times.
    times: Option<Spanned<u32>>,
    /// After each release.
    deadline: Option<Length>,
    /// The only CPU that it may run on.
    cpu: Option<Spanned<OnlyCpu>>,
}

/// The number of the only CPU that a job may run on.
///
/// Careful: who sees the table of jobs, with its column `CPU`, takes it for how
/// long the job computes; the sentence for a length says where that stands.
#[derive(Clone, Copy, Debug)]
struct OnlyCpu(u32);

impl<'de> Deserialize<'de> for OnlyCpu {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<OnlyCpu, D::Error> {
        deserializer.deserialize_any(WrittenCpu)
    }
}

/// Takes a number.
struct WrittenCpu;

impl de::Visitor<'_> for WrittenCpu {
    type Value = OnlyCpu;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the number of the only CPU that the job may run on; \
             how long it computes stands in `bursts`",
        )
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<OnlyCpu, E> {
        let wrong = |_| E::invalid_value(de::Unexpected::Signed(number), &self);
        u32::try_from(number).map(OnlyCpu).map_err(wrong)
    }
}

/// What the reader of TOML says in words of Rust, and how we say it.
const PLAINLY: [(&str, &str); 5] = [
    (
        "invalid type: map, expected a sequence",
        "a job begins with [[job]], in two pairs of brackets",
    ),
    ("expected a sequence", "expected a list, like [3, 20, 3]"),
    (
        "missing field `bursts`",
        "missing field `bursts`: how long the job computes, waits, computes, like [3, 20, 3]",
    ),
    ("expected u32", "expected a whole number, 0 or more"),
    ("expected i32", "expected a whole number"),
];

/// What is wrong with a text that is no list of jobs, in plain words.
fn plainly(message: &str) -> String {
    let line = message.trim().replace('\n', " ");
    PLAINLY
        .iter()
        .fold(line, |line, (rust, plain)| line.replace(rust, plain))
}

/// Reads a file of jobs.
///
/// # Errors
/// It is not there (66), or holds something else (65).
pub(super) fn read(path: &Path) -> Result<Workload, Failure> {
    let name = path.display().to_string();
    let unreadable = |error: std::io::Error| {
        Failure::new(Code::NoInput, format!("{name} cannot be read: {error}"))
    };
    if path.is_dir() {
        let sentence = format!("{name} is a folder: name a file in it");
        return Err(Failure::new(Code::NoInput, sentence));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST {
        let sentence = format!("{name} is larger than 1 MiB: it can hardly be a list of jobs");
        return Err(Failure::new(Code::NoTrace, sentence));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let line = line_of(error.as_bytes(), error.utf8_error().valid_up_to());
        Failure::new(
            Code::NoTrace,
            format!("{name}, line {line}: this is no text"),
        )
    })?;
    parse(&name, &text).map_err(|wrong| {
        let sentence = match wrong.at {
            Some(at) => format!(
                "{name}, line {}: {}",
                line_of(text.as_bytes(), at),
                wrong.why
            ),
            None => format!("{name}: {}", wrong.why),
        };
        Failure::new(Code::NoTrace, sentence)
    })
}

/// Something in a file that cannot be.
struct Wrong {
    /// The byte at which it stands, if it stands anywhere.
    at: Option<usize>,
    /// What is wrong, and what to do.
    why: String,
}

/// The number of the line in which a byte stands.
fn line_of(text: &[u8], at: usize) -> usize {
    let before = &text[..at.min(text.len())];
    before.split(|byte| *byte == b'\n').count()
}

/// The same as an error.
fn wrong<T>(at: usize, why: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong {
        at: Some(at),
        why: why.into(),
    })
}

/// Reads the text of a file.
fn parse(name: &str, text: &str) -> Result<Workload, Wrong> {
    let written: Written = toml::from_str(text).map_err(|error| Wrong {
        at: error.span().map(|span| span.start),
        why: plainly(error.message()),
    })?;
    let mut workload = Workload::new(name, "");
    if let Some(title) = &written.title {
        workload.title = clean(title)?;
    }
    if let Some(cpus) = written.cpus {
        let at = cpus.span().start;
        workload.cpus = super::cpus(cpus.into_inner()).or_else(|why| wrong(at, why))?;
    }
    workload.queues = written.queues.map_or(Queues::Shared, Queues::from);
    if let Some(quantum) = written.quantum {
        let at = quantum.span().start;
        workload.quantum = super::quantum(quantum.into_inner()).or_else(|why| wrong(at, why))?;
    }
    workload.switch_cost = written.switch_cost.unwrap_or_default().0;
    workload.tie = match written.ties {
        None | Some(Ties::ExpiredFirst) => Tie::ExpiredFirst,
        Some(Ties::ArrivalFirst) => Tie::ArrivalFirst,
    };
    if written.job.is_empty() {
        return Err(Wrong {
            at: None,
            why: "there are no jobs: begin each with a line [[job]]".to_owned(),
        });
    }
    if written.job.len() > MOST {
        let why = format!(
            "there are {} jobs: more than {MOST} fit on no chart",
            written.job.len()
        );
        return wrong(written.job[MOST].span().start, why);
    }
    let mut whole = Duration::ZERO;
    for (number, entry) in (1..).zip(written.job) {
        let at = entry.span().start;
        let cpu = entry.get_ref().cpu.clone();
        let (name, job) = job(entry.into_inner(), at, number)?;
        if let Some(cpu) = cpu
            && cpu.get_ref().0 >= workload.cpus
        {
            let last = workload.cpus - 1;
            let why = format!(
                "there is no CPU {}: they are numbered from 0 to {last}",
                cpu.get_ref().0
            );
            return wrong(cpu.span().start, why);
        }
        whole = whole.saturating_add(longest(&job));
        if whole > LONGEST * DAYS {
            let why =
                format!("the jobs up to here take more than {DAYS} days: no clock runs so long");
            return wrong(at, why);
        }
        workload = workload.job(name, job);
    }
    Ok(workload)
}

/// A text for one line: without control codes, which a terminal would obey.
fn clean(text: &Spanned<String>) -> Result<String, Wrong> {
    if text.get_ref().contains(char::is_control) {
        return wrong(text.span().start, "a name or title holds no control codes");
    }
    Ok(text.get_ref().clone())
}

/// The job of an entry that stands at byte `at`, and its name.
fn job(entry: Entry, at: usize, number: usize) -> Result<(String, Job), Wrong> {
    let name = match &entry.name {
        Some(name) => clean(name)?,
        None => format!("job {number}"),
    };
    if entry.bursts.is_empty() {
        return wrong(at, format!("{name} has no bursts: give it at least one"));
    }
    let mut job = Job::arriving(Time::ZERO + entry.arrival.0);
    for (index, burst) in entry.bursts.iter().enumerate() {
        job = if index % 2 == 0 {
            job.run(burst.0)
        } else {
            job.wait(burst.0)
        };
    }
    job.priority = entry.priority;
    job.weight = entry.weight.as_ref().map(|weight| *weight.get_ref());
    job.affinity = entry.cpu.map(|cpu| CpuId(cpu.into_inner().0));
    job.deadline = entry.deadline.map(|deadline| deadline.0);
    if let Some(weight) = entry.weight
        && !(1..=1_000_000).contains(weight.get_ref())
    {
        return wrong(
            weight.span().start,
            "a weight, or a number of tickets, is 1 to 1000000",
        );
    }
    match (entry.period, entry.times) {
        (None, None) => {}
        (None, Some(times)) => {
            return wrong(
                times.span().start,
                format!("{name} has no period to do this so many times"),
            );
        }
        (Some(period), None) => {
            let why = format!("{name} would never end: say how many `times` its period comes");
            return wrong(period.span().start, why);
        }
        (Some(period), Some(times)) => {
            if period.get_ref().0.is_zero() {
                return wrong(period.span().start, "a period is longer than 0");
            }
            if *times.get_ref() == 0 {
                return wrong(times.span().start, "a job is done at least 1 time");
            }
            job = job.periodic(period.get_ref().0, times.into_inner());
        }
    }
    Ok((name, job))
}

/// How long a job takes at most, if it has a CPU to itself.
fn longest(job: &Job) -> Duration {
    let steps = job.steps.iter().map(|step| match step {
        scheduler::simulation::Step::Run(burst) | scheduler::simulation::Step::Wait(burst) => {
            *burst
        }
        scheduler::simulation::Step::Yield => Duration::ZERO,
    });
    let once = steps
        .fold(job.period.unwrap_or_default(), Duration::saturating_add)
        .saturating_mul(job.repeats.saturating_add(1));
    once.saturating_add(job.arrival - Time::ZERO)
}
