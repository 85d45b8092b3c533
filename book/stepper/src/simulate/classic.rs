//! The classic workloads, by name: those of the textbooks, and one by chance.
//!
//! Book: chapter 15.

use super::workload::Workload;
use scheduler::{
    policy::SplitMix64,
    simulation::{Job, Tie},
    time::Time,
};
use std::time::Duration;

/// The names, in the order in which a course comes to them.
pub(super) const NAMES: [&str; 10] = [
    "convoy",
    "interactive",
    "silberschatz",
    "silberschatz-rr",
    "silberschatz-priority",
    "stallings",
    "ostep",
    "shares",
    "periodic",
    "random",
];

/// The workload of this name; None if there is none.
pub(super) fn by_name(name: &str, seed: u64) -> Option<Workload> {
    let workload = match name {
        "convoy" => convoy(),
        "interactive" => interactive(),
        "silberschatz" => Workload::new(name, "Silberschatz, 5.3.2: who has least left to do")
            .job("P1", plain(0, 8))
            .job("P2", plain(1, 4))
            .job("P3", plain(2, 9))
            .job("P4", plain(3, 5)),
        "silberschatz-rr" => Workload {
            quantum: ms(4),
            ..Workload::new(name, "Silberschatz, 5.3.3: a long burst and two short ones")
        }
        .job("P1", plain(0, 24))
        .job("P2", plain(0, 3))
        .job("P3", plain(0, 3)),
        "silberschatz-priority" => silberschatz_priority(name),
        "stallings" => stallings(name),
        "ostep" => Workload::new(name, "OSTEP, chapter 7: two short jobs after a long one")
            .job("A", plain(0, 100))
            .job("B", plain(10, 10))
            .job("C", plain(10, 10)),
        "shares" => Workload::new(name, "the same work with shares of 3 to 2 to 1")
            .job("three", share(3))
            .job("two", share(2))
            .job("one", share(1)),
        "periodic" => Workload::new(
            name,
            "Silberschatz, 5.6.3: 94% of a CPU, too much for rate monotonic",
        )
        .job("P1", plain(0, 25).periodic(ms(50), 8))
        .job("P2", plain(0, 35).periodic(ms(80), 5)),
        "random" => random(seed),
        _ => return None,
    };
    Some(workload)
}

/// Short for what is written most.
const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A job that comes at `arrival` and computes, in ms.
fn plain(arrival: u64, burst: u64) -> Job {
    Job::arriving(Time::from_millis(arrival)).run(ms(burst))
}

/// A job that has so many tickets.
fn share(weight: u32) -> Job {
    Job {
        weight: Some(weight),
        ..plain(0, 120)
    }
}

/// Silberschatz, section 5.3.1: all wait behind the one that computes, and then
/// at the disk, while the CPU idles.
fn convoy() -> Workload {
    let reader = || (0..4).fold(Job::new(), |job, _| job.run(ms(2)).wait(ms(10)));
    let title = "one job computes, three read: first come, first served makes them wait";
    Workload {
        quantum: ms(5),
        ..Workload::new("convoy", title)
    }
    .job("computes", Job::new().run(ms(60)))
    .job("reads 1", reader().run(ms(2)))
    .job("reads 2", reader().run(ms(2)))
    .job("reads 3", reader().run(ms(2)))
}

/// An editor that wants little, often and at once, beside two that compute.
fn interactive() -> Workload {
    let keys = (0..9).fold(Job::new(), |job, _| job.run(ms(1)).wait(ms(19)));
    let editor = Job {
        priority: 1,
        ..keys.run(ms(1))
    };
    Workload::new(
        "interactive",
        "an editor that waits for keys, beside two that compute",
    )
    .job("editor", editor)
    .job("compiler", Job::new().run(ms(100)))
    .job("backup", Job::new().run(ms(80)))
}

/// Silberschatz, section 5.3.4; there the lower number is the more important.
fn silberschatz_priority(name: &str) -> Workload {
    let jobs = [(10, 3), (1, 1), (2, 4), (1, 5), (5, 2)];
    let title = "Silberschatz, 5.3.4: priorities (6 less the book's, whose 1 is highest)";
    let job = |(workload, number), (burst, priority)| {
        let job = Job {
            priority: 6 - priority,
            ..plain(0, burst)
        };
        (
            Workload::job(workload, format!("P{number}"), job),
            number + 1,
        )
    };
    jobs.into_iter()
        .fold((Workload::new(name, title), 1), job)
        .0
}

/// Stallings, tables 9.4 and 9.5; an arrival goes before a slice's end.
fn stallings(name: &str) -> Workload {
    Workload {
        quantum: ms(1),
        tie: Tie::ArrivalFirst,
        ..Workload::new(name, "Stallings, table 9.4: five processes, a quantum of 1")
    }
    .job("A", plain(0, 3))
    .job("B", plain(2, 6))
    .job("C", plain(4, 4))
    .job("D", plain(6, 5))
    .job("E", plain(8, 2))
}

/// Eight jobs by chance: the same for the same seed.
fn random(seed: u64) -> Workload {
    let mut chance = SplitMix64::new(seed);
    let mut below = |end: u32| {
        let number = chance.next().expect("the row has no end") % u64::from(end);
        u32::try_from(number).expect("it is less than `end`")
    };
    let title = format!("eight jobs by chance, seed {seed}");
    let mut workload = Workload::new("random", &title);
    for number in 1..=8 {
        let mut job = Job::arriving(Time::from_millis(below(40).into()));
        job.priority = i32::try_from(below(4)).expect("it is less than 4");
        job.weight = Some(1 + below(4));
        for _ in 0..below(3) {
            job = job.run(ms(1 + u64::from(below(8))));
            job = job.wait(ms(1 + u64::from(below(12))));
        }
        job = job.run(ms(1 + u64::from(below(24))));
        workload = workload.job(format!("job {number}"), job);
    }
    workload
}
