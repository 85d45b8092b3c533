//! A million jobs: their time, and their memory.
//!
//! Each is measured in a process of its own, whose peak of memory the kernel
//! knows. Beside a million stand half as many, which should need half of it: what
//! the process needs before the first job is taken off.

use crate::figure;
use crate::shared::rounds::in_turns;
use crate::shared::{Effort, Group, Row, Target, Unit};
use scheduler::policy::RoundRobin;
use scheduler::simulation::{Job, Simulation};
use scheduler::time::Time;
use std::env;
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

/// How many jobs.
const MANY: u32 = 1_000_000;
/// More than twice is more than linear; but a table that grows by doubling may be
/// half empty.
const LINEAR: f64 = 2.2;

/// The group of this file.
pub(crate) fn groups() -> Vec<Group> {
    vec![Group::new("1,000,000 jobs", measure)]
}

/// Its rows.
fn measure(effort: Effort) -> Result<Vec<Row>, String> {
    let rounds = effort.choose(5, 2);
    let of = |task: &'static str, jobs: u32| move || in_a_child(task, jobs);
    let (times, halves) = in_turns(rounds, of("time", MANY), of("time", MANY / 2))?;
    let time = Row::new(
        "1,000,000 jobs, time",
        Unit::Nanoseconds,
        times,
        Target::AtMost(10e9),
    );
    let (bytes, half) = in_turns(rounds, of("memory", MANY), of("memory", MANY / 2))?;
    let memory = Row::new(
        "1,000,000 jobs, peak of memory",
        Unit::Bytes,
        bytes,
        Target::TimesAtMost(LINEAR),
    );
    Ok(vec![
        time.beside("500,000 jobs", halves),
        memory.beside("500,000 jobs", half),
    ])
}

/// Has a child of this process do `task` with so many jobs.
fn in_a_child(task: &str, jobs: u32) -> Result<f64, String> {
    let program = env::current_exe().map_err(|error| error.to_string())?;
    figure(Command::new(program).args(["--child", &format!("{task} {jobs}")]))
}

/// In the child: a figure for `task`. `None`: there is no such task.
pub(crate) fn child(task: &str) -> Option<f64> {
    let (what, jobs) = task.split_once(' ')?;
    let jobs = jobs.parse().ok()?;
    let before = peak()?;
    let begin = Instant::now();
    simulate(jobs);
    let elapsed = begin.elapsed();
    match what {
        "time" => Some(elapsed.as_nanos() as f64),
        "memory" => Some(peak()? - before),
        _ => None,
    }
}

/// Jobs that arrive one after another, a little faster than they are done, and
/// wait once each.
fn simulate(jobs: u32) {
    let ms = Duration::from_millis;
    let jobs = (0..jobs).map(|number| {
        let arrival = Time::ZERO + ms(3) * number;
        Job::arriving(arrival).run(ms(2)).wait(ms(5)).run(ms(2))
    });
    let simulation = Simulation::new(jobs).without_chart();
    let outcome = simulation.run(&mut RoundRobin::new(ms(1)));
    let outcome = outcome.expect("round robin keeps the rules");
    assert!(outcome.end() > Time::ZERO, "everything took its time");
}

/// The most memory that this process has had so far, in bytes.
fn peak() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024.0)
}
