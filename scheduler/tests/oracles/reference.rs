//! Random cases, held against references that step tick by tick.
//!
//! The files hold what others computed, but only so many cases. Here the files'
//! `semantics` are written down once more, as plainly as can be and without
//! anything of ours: a reference looks at every tick who runs. It makes cases in
//! the files' own form, with other quanta, counts, ties and orders of ids, and the
//! test judges them like all others.
//!
//! 1. `feedback`: OSTEP's feedback queue, its round robin and FCFS with I/O.
//! 2. `plain`: jobs that come and compute, under the textbooks' policies.
//! 3. `periodic`: tasks up to a horizon.

#[path = "reference/feedback.rs"]
mod feedback;
#[path = "reference/periodic.rs"]
mod periodic;

use crate::report::{Verdict, quietly};
use crate::theorems::Random;
use serde_json::{Value, json};
use std::collections::VecDeque;

/// How many random cases of each kind.
const CASES: u64 = 400;

/// Judges the cases that `make` makes; fails with the first one that misses.
fn all_agree(make: impl Fn(&mut Random) -> Value) {
    for seed in 1..=CASES {
        let case = make(&mut Random::new(seed));
        match quietly(|| super::judge(&Value::Null, &case)) {
            Ok(Verdict::Agrees) => {}
            Ok(Verdict::Misses(lines)) => panic!("{case}\n  {}", lines.join("\n  ")),
            Ok(Verdict::Unclaimed(why)) => panic!("{case} is not claimed: {why}"),
            Err(message) => panic!("{case}: {message}"),
        }
    }
}

/// Adds a tick of `who` to `[start, end, who..]` rows; `who` is what follows.
fn extend(rows: &mut Vec<Vec<Value>>, tick: u64, who: &[Value]) {
    match rows.last_mut() {
        Some(row) if row[2..] == *who => row[1] = json!(tick + 1),
        _ => {
            let mut row = vec![json!(tick), json!(tick + 1)];
            row.extend_from_slice(who);
            rows.push(row);
        }
    }
}

/// A job of the references.
#[derive(Clone, Debug, Default)]
struct Ticking {
    /// Its id, which is not its place.
    id: u64,
    /// When it comes.
    arrival: u64,
    /// What it needs.
    length: u64,
    /// After how much it does I/O; 0: never.
    io_every: u64,
    /// The lower number runs first.
    priority: u64,
    /// What it has had.
    ran: u64,
    /// When it first ran.
    first: Option<u64>,
    /// When it was done.
    finish: Option<u64>,
    /// Its level; 0 is the lowest, as in the files.
    level: usize,
    /// Ticks that are left of its slice.
    slice: u64,
    /// Slices that are left at its level.
    allotment: u64,
}

/// Two to six jobs. Their ids are not in the order of the list, and not in that
/// of their coming, unless `in_order`.
fn jobs(random: &mut Random, does_io: bool, in_order: bool) -> Vec<Ticking> {
    let mut number = |least, most| u64::from(random.within(least, most));
    let mut jobs = Vec::new();
    for id in 0..number(2, 6) {
        jobs.push(Ticking {
            id,
            arrival: number(0, 12),
            length: number(1, 15),
            io_every: if does_io { number(0, 5) } else { 0 },
            priority: number(1, 4),
            ..Ticking::default()
        });
    }
    if in_order {
        jobs.sort_by_key(|job| job.arrival);
        (0..).zip(&mut jobs).for_each(|(id, job)| job.id = id);
    }
    jobs
}

/// The jobs in a file's form, the last id first.
fn listed(jobs: &[Ticking]) -> Value {
    let line = |job: &Ticking| {
        json!({"id": job.id, "arrival": job.arrival, "length": job.length,
               "io_every": job.io_every, "priority": job.priority})
    };
    jobs.iter().rev().map(line).collect()
}

/// What is expected of each job.
fn per_job(jobs: &[Ticking]) -> Value {
    let line = |job: &Ticking| {
        let (first, finish) = (job.first.expect("it ran"), job.finish.expect("it is done"));
        json!({"id": job.id, "response": first - job.arrival, "finish": finish,
               "turnaround": finish - job.arrival})
    };
    jobs.iter().map(line).collect()
}

/// Runs `jobs` under a textbook's policy (2): the rows `[start, end, job]`.
fn plain(policy: &str, quantum: u64, arrival_first: bool, jobs: &mut [Ticking]) -> Vec<Vec<Value>> {
    let mut waiting: VecDeque<usize> = VecDeque::new();
    let mut running: Option<(usize, u64)> = None; // who, and for how long
    let mut rows = Vec::new();
    for tick in 0.. {
        let expired = running.take_if(|(index, ran)| {
            policy == "RR" && *ran == quantum && jobs[*index].finish.is_none()
        });
        running.take_if(|(index, _)| jobs[*index].finish.is_some());
        let comes = |index: &usize| jobs[*index].arrival == tick;
        let arrivals: Vec<usize> = (0..jobs.len()).filter(comes).collect();
        let expired = expired.map(|(index, _)| index);
        if arrival_first {
            waiting.extend(arrivals);
            waiting.extend(expired);
        } else {
            waiting.extend(expired);
            waiting.extend(arrivals);
        }
        if jobs.iter().all(|job| job.finish.is_some()) {
            break;
        }
        let key = |index: usize| {
            let job = &jobs[index];
            let first = match policy {
                "SRTF" => job.length - job.ran,
                "SJF" => job.length,
                "PRIO_P" | "PRIO_NP" => job.priority,
                _ => 0,
            };
            (first, job.arrival, job.id)
        };
        let best = if policy == "RR" {
            waiting.front().copied()
        } else {
            waiting.iter().copied().min_by_key(|index| key(*index))
        };
        let takes_over = |best: usize| match running {
            None => true,
            Some((index, _)) => ["SRTF", "PRIO_P"].contains(&policy) && key(best).0 < key(index).0,
        };
        if let Some(best) = best.filter(|best| takes_over(*best)) {
            waiting.retain(|index| *index != best);
            waiting.extend(running.map(|(index, _)| index));
            running = Some((best, 0));
        }
        let Some((index, ran)) = &mut running else {
            extend(&mut rows, tick, &[json!(-1)]);
            continue;
        };
        let job = &mut jobs[*index];
        extend(&mut rows, tick, &[json!(job.id)]);
        job.first.get_or_insert(tick);
        job.ran += 1;
        *ran += 1;
        if job.ran == job.length {
            job.finish = Some(tick + 1);
        }
    }
    rows
}

#[test]
fn random_jobs_agree_with_textbook_policies_that_are_stepped_tick_by_tick() {
    for policy in ["FIFO", "RR", "SJF", "SRTF", "PRIO_P", "PRIO_NP"] {
        for arrival_first in [false, true] {
            all_agree(|random| {
                let quantum = u64::from(random.within(1, 7));
                let mut jobs = jobs(random, false, false);
                let rows = plain(policy, quantum, arrival_first, &mut jobs);
                let tie = if arrival_first {
                    "arrival_before_expired"
                } else {
                    "expired_before_arrival"
                };
                json!({
                    "policy": policy, "params": {"quantum": quantum, "tie": tie},
                    "jobs": listed(&jobs),
                    "expect": {"gantt": rows, "per_job": per_job(&jobs)},
                })
            });
        }
    }
}
