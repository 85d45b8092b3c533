//! What fair shares promise, whoever writes them: shares as the kernel's table
//! says, and clocks that never drift apart.
//!
//! Sources: Linux, `kernel/sched/core.c`, the comment on `sched_prio_to_weight`: a
//! step of one in niceness is about a tenth of the CPU, 55 : 45, when two compete;
//! OSTEP, section 9.7, *Weighting (Niceness)*.

use super::{job, scenario};
use exercises::check::{Check, Complaint, Part};
use exercises::scenario::{NewPolicy, ms};
use exercises::search::Dice;
use scheduler::policy::{ThreadId, WEIGHT_OF_NICE_0, weight_of_nice};
use scheduler::simulation::{Chart, Outcome, Tie};
use scheduler::time::Time;
use std::time::Duration;

/// Nice values of two threads that compete: one step, the book's example, the
/// same distance further down, and further still.
const PAIRS: [[i32; 2]; 4] = [[0, 1], [-5, 0], [0, 5], [5, 10]];

/// How long each job of a pair runs, in ms.
const LONG: u64 = 2_000;

/// How many random sets of three nice values are tried.
const SETS: u64 = 300;

/// The quantum of both checks, in ms; the latency is eight of them.
const QUANTUM: u64 = 3;

/// The check of the table.
pub(super) fn of_the_kernels_table() -> Check<NewPolicy> {
    Check {
        name: "shares_are_those_of_the_table",
        rule: "two threads that compute share the CPU as their weights in the kernel's table",
        part: Part::Textbook,
        run: Box::new(|subject| PAIRS.iter().try_for_each(|pair| shares(*subject, *pair))),
        step: None,
    }
}

/// Whether two such threads have their shares as long as both run, but for a turn.
fn shares(new: NewPolicy, nice: [i32; 2]) -> Result<(), Complaint> {
    let weights = nice.map(weight_of_nice);
    let (outcome, all_run_until) = compute(new, &nice, LONG)?;
    let all = weights[0] + weights[1];
    let expected = weights.map(|weight| f64::from(weight) / f64::from(all));
    let found = [1, 2].map(|thread| {
        let had = cpu_time(&outcome.chart, thread, all_run_until);
        had.as_secs_f64() / (all_run_until - Time::ZERO).as_secs_f64()
    });
    // Either may be a turn ahead; none is longer than the latency.
    let turn = ms(8 * QUANTUM).as_secs_f64() / (all_run_until - Time::ZERO).as_secs_f64();
    if (found[0] - expected[0]).abs() <= turn {
        return Ok(());
    }
    let says = |shares: [f64; 2]| {
        let [first, second] = shares.map(|share| share * 100.0);
        format!("thread 1 has {first:.1} % of the CPU, thread 2 {second:.1} %")
    };
    Err(Complaint {
        tried: told(&nice, LONG),
        expected: says(expected),
        happened: says(found),
        ..Complaint::default()
    })
}

/// The check of the clocks.
pub(super) fn clocks_keep_together() -> Check<NewPolicy> {
    Check {
        name: "clocks_keep_together",
        rule: "the clocks of threads that compute are never further apart than a turn puts on",
        part: Part::Textbook,
        run: Box::new(|subject| {
            (0..SETS).try_for_each(|set| {
                let mut dice = Dice(set);
                let mut nice = || i32::try_from(dice.up_to(20)).unwrap_or(0) - 10;
                keep_together(*subject, [nice(), nice(), nice()])
            })
        }),
        step: None,
    }
}

/// Whether three such threads do, whenever one stops while all still run.
fn keep_together(new: NewPolicy, nice: [i32; 3]) -> Result<(), Complaint> {
    let weights = nice.map(weight_of_nice);
    let all: u32 = weights.iter().sum();
    let length = 200;
    let (outcome, all_run_until) = compute(new, &nice, length)?;
    // Who is picked is the furthest behind, and one turn puts its clock on.
    let turn = |weight: &u32| {
        let share = 8.0 * f64::from(*weight) / f64::from(all);
        ms(QUANTUM).as_secs_f64() * share.max(1.0) * f64::from(WEIGHT_OF_NICE_0)
            / f64::from(*weight)
    };
    let allowed = weights.iter().map(turn).fold(0.0, f64::max) + 1e-6; // whole ns
    let ends = outcome.chart.segments.iter().map(|stay| stay.end);
    for now in ends.take_while(|end| *end <= all_run_until) {
        let clocks = [0, 1, 2].map(|index| {
            let had = cpu_time(&outcome.chart, thread_at(index), now).as_secs_f64();
            had * f64::from(WEIGHT_OF_NICE_0) / f64::from(weights[index])
        });
        let first = clocks.iter().copied().fold(f64::INFINITY, f64::min);
        let last = clocks.iter().copied().fold(0.0, f64::max);
        if last - first > allowed {
            let show = |seconds: f64| format!("{:.1} ms", seconds * 1e3);
            let clocks = clocks.map(show).join(", ");
            return Err(Complaint {
                tried: told(&nice, length),
                expected: format!("clocks at most {} apart", show(allowed)),
                happened: format!(
                    "at {now} they are {} apart: they show {clocks}",
                    show(last - first)
                ),
                ..Complaint::default()
            });
        }
    }
    Ok(())
}

/// The number of the thread of job `index`.
fn thread_at(index: usize) -> u32 {
    u32::try_from(index + 1).unwrap_or(0)
}

/// What comes of threads that compute for so many ms, and until when all do.
fn compute(new: NewPolicy, nice: &[i32], millis: u64) -> Result<(Outcome, Time), Complaint> {
    let jobs = nice.iter().map(|nice| job(*nice, millis));
    let scenario = scenario(jobs).quantum(ms(QUANTUM));
    let outcome = scenario.run(new, Tie::default());
    let outcome = outcome.map_err(|(_, fault)| Complaint {
        tried: told(nice, millis),
        expected: "every thread comes to its end".to_owned(),
        happened: fault,
        ..Complaint::default()
    })?;
    let first_end = outcome.jobs.iter().map(|job| job.finish).min();
    let first_end = first_end.unwrap_or(Time::ZERO);
    Ok((outcome, first_end))
}

/// What is tried, in words.
fn told(nice: &[i32], millis: u64) -> String {
    let weights: Vec<u32> = nice.iter().map(|nice| weight_of_nice(*nice)).collect();
    format!(
        "threads of nice {nice:?} (weights {weights:?}) that compute for {millis} ms each, \
         a quantum of {QUANTUM} ms"
    )
}

/// The CPU time that a thread has had by `now`.
fn cpu_time(chart: &Chart, thread: u32, now: Time) -> Duration {
    let own = chart.segments.iter();
    let own = own.filter(|stay| stay.thread == ThreadId(thread) && stay.start < now);
    own.map(|stay| stay.end.min(now) - stay.start).sum()
}
