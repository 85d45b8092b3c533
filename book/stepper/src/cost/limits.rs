//! What the machine has left, and whether so many more units fit into it.
//!
//! What a smaller number took is taken times as many as there shall be. Whoever goes
//! into a limit at full speed takes others on the machine along: it is told before.
//!
//! Invariants: (1) of what others need too, threads and memory, a quarter is left to
//! them; (2) a limit that cannot be read forbids nothing.

use super::table::bytes;
use crate::words::grouped;
use rustix::process::{Resource, getrlimit, getuid};
use std::{fs, path::Path, time::Duration};
use units::{Kind, Order, Sample};

/// One limit, and what is left of it.
#[derive(Clone, Debug, PartialEq)]
struct Limit {
    /// What it is called where one can change it.
    name: &'static str,
    /// How much is left.
    left: f64,
}

/// All of them, at one moment.
#[derive(Debug)]
pub(super) struct Limits {
    /// Threads, of all processes.
    threads: Vec<Limit>,
    /// Mappings of one process.
    mappings: Limit,
    /// Descriptors of one process.
    descriptors: Limit,
    /// Bytes of memory.
    memory: Limit,
    /// How long one measurement may take.
    longest: Duration,
}

impl Limits {
    /// What is left now.
    pub(super) fn now(longest: Duration) -> Limits {
        let number = |path: &str| -> Option<f64> {
            let text = fs::read_to_string(path).ok()?;
            text.trim().parse().ok()
        };
        let all = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let all = all.split(['/', ' ']).nth(4);
        let all: f64 = all.and_then(|all| all.parse().ok()).unwrap_or(0.0);
        let limit = |name, left: Option<f64>| Limit {
            name,
            left: left.unwrap_or(f64::INFINITY), // (2)
        };
        let mut threads = vec![
            limit(
                "kernel.threads-max",
                number("/proc/sys/kernel/threads-max").map(|most| most - all),
            ),
            limit(
                "kernel.pid_max",
                number("/proc/sys/kernel/pid_max").map(|most| most - all),
            ),
            limit("pids.max of the control group", control_group()),
        ];
        if !getuid().is_root() {
            // Whose threads they are is not told: at most all are this user's.
            let most = getrlimit(Resource::Nproc).current;
            let most = most.map(|most| grown(most) - all);
            threads.push(limit("the limit of processes (ulimit -u)", most));
        }
        Limits {
            threads,
            mappings: limit("vm.max_map_count", number("/proc/sys/vm/max_map_count")),
            descriptors: limit(
                "the limit of descriptors (ulimit -Hn)",
                getrlimit(Resource::Nofile).maximum.map(grown),
            ),
            memory: limit("the memory that is available", available()),
            longest,
        }
    }

    /// Why the order does not fit, if it does not: `before` units took what `sample`
    /// says.
    pub(super) fn forbid(&self, before: u32, sample: &Sample, order: Order) -> Option<String> {
        let Order { kind, count } = order;
        let units = f64::from(count);
        let word = word(kind);
        let of = |need: f64, what: &str, limit: &Limit, share: f64| {
            let sentence = || {
                let (need, left) = (whole(need), whole(limit.left.max(0.0)));
                format!(
                    "{} {word} need about {need} {what}, and {} leaves {left}",
                    grouped(count.into()),
                    limit.name
                )
            };
            (need > share * limit.left).then(sentence)
        };
        let threads = self
            .threads
            .iter()
            .find_map(|limit| of(units * sample.threads, "threads", limit, 0.75)); // (1)
        let mappings = || {
            of(
                units * sample.mappings + 100.0,
                "mappings of memory",
                &self.mappings,
                1.0,
            )
        };
        let descriptors = || {
            of(
                units * sample.descriptors + 20.0,
                "descriptors",
                &self.descriptors,
                1.0,
            )
        };
        let memory = || {
            let need = units * sample.memory;
            let sentence = || {
                let (need, left) = (bytes(need), bytes(self.memory.left));
                format!(
                    "{} {word} need about {need} of memory, and {left} are available",
                    grouped(count.into())
                )
            };
            (need > 0.75 * self.memory.left).then(sentence) // (1)
        };
        let time = || {
            let seconds = sample.whole / 1e9 * units / f64::from(before.max(1));
            // What does not grow with the number is most of a short measurement.
            let is_long = sample.whole > 3e8 && seconds > self.longest.as_secs_f64();
            is_long.then(|| {
                let seconds = seconds.ceil();
                format!(
                    "one measurement would take about {seconds} s: --longest {seconds} allows it"
                )
            })
        };
        threads
            .or_else(mappings)
            .or_else(descriptors)
            .or_else(memory)
            .or_else(time)
    }
}

/// What several of a kind are called.
fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Task | Kind::PyTask | Kind::TaskConnection => "tasks",
        Kind::Thread | Kind::OsThread | Kind::PyThread | Kind::ThreadConnection => "threads",
        Kind::Process | Kind::PyProcess => "processes",
    }
}

/// A limit as a figure.
#[expect(clippy::cast_precision_loss, reason = "beyond 2^53 nobody gets")]
fn grown(limit: u64) -> f64 {
    limit as f64
}

/// A figure without its fraction, in groups of three digits.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count, at most some billions"
)]
fn whole(figure: f64) -> String {
    grouped(figure.ceil().max(0.0) as u64)
}

/// How many bytes programs can still have.
fn available() -> Option<f64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: f64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(1_024.0 * kibibytes)
}

/// How many more threads the control group of this process allows, if it says.
fn control_group() -> Option<f64> {
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    groups.lines().find_map(|line| {
        let mut parts = line.splitn(3, ':').skip(1);
        let (controllers, path) = (parts.next()?, parts.next()?.trim_start_matches('/'));
        let root = match controllers {
            "" => "/sys/fs/cgroup",
            it if it.split(',').any(|it| it == "pids") => "/sys/fs/cgroup/pids",
            _ => return None,
        };
        let read = |name: &str| -> Option<f64> {
            let text = fs::read_to_string(Path::new(root).join(path).join(name)).ok()?;
            text.trim().parse().ok()
        };
        Some(read("pids.max")? - read("pids.current")?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Limits in which nothing is tight.
    fn wide() -> Limits {
        let limit = |name| Limit { name, left: 1e6 };
        Limits {
            threads: vec![limit("threads-max"), limit("pid_max")],
            mappings: limit("max_map_count"),
            descriptors: limit("ulimit"),
            memory: Limit {
                name: "memory",
                left: 1e9,
            },
            longest: Duration::from_secs(10),
        }
    }

    /// What 100 units took, each.
    fn sample() -> Sample {
        Sample {
            memory: 10_000.0,
            threads: 1.0,
            mappings: 4.0,
            descriptors: 2.0,
            whole: 4e8,
            ..Sample::default()
        }
    }

    /// What forbids so many threads.
    fn forbidden(limits: &Limits, count: u32) -> String {
        let kind = Kind::OsThread;
        let why = limits.forbid(100, &sample(), Order { kind, count });
        why.unwrap_or_else(|| "nothing".to_owned())
    }

    #[test]
    fn what_fits_is_not_forbidden() {
        assert_eq!(forbidden(&wide(), 1_000), "nothing");
    }

    #[test]
    fn the_limit_that_would_be_reached_is_named_with_its_need() {
        let mut limits = wide();
        limits.threads[1].left = 1_300.0;
        assert_eq!(
            forbidden(&limits, 1_000),
            "1,000 threads need about 1,000 threads, and pid_max leaves 1,300"
        );
        limits.threads[1].left = 1_400.0;
        assert_eq!(
            forbidden(&limits, 1_000),
            "nothing",
            "a quarter is left over"
        );
        limits.mappings.left = 4_000.0;
        assert!(forbidden(&limits, 1_000).contains("about 4,100 mappings of memory"));
        limits = wide();
        limits.descriptors.left = 2_019.0;
        assert!(forbidden(&limits, 1_000).contains("about 2,020 descriptors, and ulimit leaves"));
        limits = wide();
        limits.memory.left = 12e6;
        assert_eq!(
            forbidden(&limits, 1_000),
            "1,000 threads need about 10.0 MB of memory, and 12.0 MB are available"
        );
    }

    #[test]
    fn what_would_take_too_long_says_how_it_is_allowed() {
        assert_eq!(
            forbidden(&wide(), 5_000),
            "one measurement would take about 20 s: --longest 20 allows it"
        );
    }

    #[test]
    fn the_limits_of_this_machine_can_be_read() {
        let limits = Limits::now(Duration::from_secs(1));
        if cfg!(target_os = "linux") {
            assert!(limits.mappings.left.is_finite() && limits.memory.left.is_finite());
            assert!(limits.threads[0].left > 0.0);
        }
        let one = Order {
            kind: Kind::Task,
            count: 1,
        };
        assert_eq!(limits.forbid(1, &Sample::default(), one), None);
    }
}
