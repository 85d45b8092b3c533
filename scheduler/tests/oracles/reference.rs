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

/// The parameters of a feedback queue.
#[derive(Debug)]
struct Levels {
    /// Quantum and allotment of each, the lowest first.
    all: Vec<(u64, u64)>,
    /// When all are boosted; 0: never.
    boost_every: u64,
    /// How long an I/O takes.
    io_time: u64,
    /// Who comes back goes to the head.
    iobump: bool,
    /// I/O gives a whole allotment.
    stay: bool,
}

impl Levels {
    /// `job` begins anew at `level`.
    fn refresh(&self, job: &mut Ticking, level: usize) {
        job.level = level;
        (job.slice, job.allotment) = self.all[level];
    }

    /// Runs `jobs` (1): the rows `[start, end, job, level]`.
    fn run(&self, jobs: &mut [Ticking]) -> Vec<Vec<Value>> {
        let top = self.all.len() - 1;
        let mut queues = vec![VecDeque::new(); self.all.len()];
        let mut returns: Vec<(u64, usize)> = Vec::new(); // in the order of issue
        let mut rows = Vec::new();
        for tick in 0_u64.. {
            if jobs.iter().all(|job| job.finish.is_some()) {
                break;
            }
            if self.boost_every > 0 && tick > 0 && tick.is_multiple_of(self.boost_every) {
                for level in 0..top {
                    let lower: Vec<usize> = queues[level].drain(..).collect();
                    queues[top].extend(lower);
                }
                for job in &mut *jobs {
                    self.refresh(job, top);
                }
            }
            for (index, job) in jobs.iter_mut().enumerate() {
                if job.arrival == tick {
                    self.refresh(job, top);
                    queues[top].push_back(index);
                }
            }
            for (_, index) in returns.extract_if(.., |(at, _)| *at == tick) {
                let queue = &mut queues[jobs[index].level];
                if self.iobump {
                    queue.push_front(index);
                } else {
                    queue.push_back(index);
                }
            }
            let Some(queue) = queues.iter_mut().rev().find(|queue| !queue.is_empty()) else {
                extend(&mut rows, tick, &[json!(-1), json!(-1)]);
                continue;
            };
            let index = queue[0];
            let job = &mut jobs[index];
            extend(&mut rows, tick, &[json!(job.id), json!(job.level)]);
            job.first.get_or_insert(tick);
            job.ran += 1;
            job.slice -= 1;
            if job.ran == job.length {
                job.finish = Some(tick + 1);
                queue.pop_front();
                continue;
            }
            let slice_ends = job.slice == 0;
            let does_io = job.io_every > 0 && job.ran.is_multiple_of(job.io_every);
            if does_io || slice_ends {
                queue.pop_front();
            }
            if does_io {
                returns.push((tick + 1 + self.io_time, index));
                if self.stay {
                    self.refresh(job, job.level);
                }
            }
            if slice_ends {
                job.allotment -= 1;
                if job.allotment == 0 {
                    self.refresh(job, job.level.saturating_sub(1));
                } else {
                    job.slice = self.all[job.level].0;
                }
                if !does_io {
                    queues[job.level].push_back(index);
                }
            }
        }
        rows
    }
}

#[test]
fn random_feedback_queues_agree_with_a_queue_that_is_stepped_tick_by_tick() {
    all_agree(|random| {
        let mut number = |least, most| u64::from(random.within(least, most));
        let levels = Levels {
            all: (0..number(1, 4))
                .map(|_| (number(1, 6), number(1, 3)))
                .collect(),
            boost_every: number(0, 1) * number(3, 20),
            io_time: number(1, 6),
            iobump: number(0, 1) == 1,
            stay: number(0, 1) == 1,
        };
        let mut jobs = jobs(random, true, false);
        let rows = levels.run(&mut jobs);
        let hi_to_lo = levels.all.iter().rev();
        let (quanta, allotments): (Vec<u64>, Vec<u64>) = hi_to_lo.copied().unzip();
        json!({
            "policy": "MLFQ",
            "params": {
                "levels": quanta.len(), "quantum_hi_to_lo": quanta,
                "allotment_slices_hi_to_lo": allotments, "boost_every": levels.boost_every,
                "io_time": levels.io_time, "iobump": levels.iobump, "stay": levels.stay,
            },
            "jobs": listed(&jobs),
            "expect": {"gantt_with_queue": rows, "per_job": per_job(&jobs)},
        })
    });
}

#[test]
fn random_round_robins_with_io_agree_with_one_that_is_stepped_tick_by_tick() {
    all_agree(|random| {
        let mut number = |least, most| u64::from(random.within(least, most));
        let (quantum, io_time, iobump) = (number(1, 8), number(1, 6), number(0, 1) == 1);
        let is_endless = number(0, 3) == 0;
        let levels = Levels {
            all: vec![(if is_endless { u64::MAX } else { quantum }, 1)],
            boost_every: 0,
            io_time,
            iobump,
            stay: false,
        };
        let mut jobs = jobs(random, true, false);
        let rows = levels.run(&mut jobs);
        let rows = rows.iter().map(|row| row[..3].to_vec());
        let rows = rows.collect::<Vec<_>>();
        let policy = if is_endless { "FIFO" } else { "RR" };
        let mut params = json!({"io_time": io_time, "iobump": iobump});
        if !is_endless {
            params["quantum"] = json!(quantum);
        }
        // Who does no I/O at all goes another way in the test.
        jobs[0].io_every = if jobs.iter().all(|job| job.io_every == 0) {
            jobs[0].length
        } else {
            jobs[0].io_every
        };
        json!({
            "policy": policy, "params": params, "jobs": listed(&jobs),
            "expect": {"gantt": rows, "per_job": per_job(&jobs)},
        })
    });
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

/// A periodic task: offset, period, work, deadline, priority.
type Task = [u64; 5];

/// Runs `tasks` up to `horizon` (3): the rows `[start, end, task, job]`, for how
/// long nobody ran, and whether a deadline up to the horizon was missed.
fn periodic(policy: &str, tasks: &[Task], horizon: u64) -> (Vec<Vec<Value>>, u64, bool) {
    /// A release: task, number, deadline, what is left.
    type Release = (usize, u64, u64, u64);
    let mut releases: Vec<Release> = Vec::new();
    let mut running: Option<(usize, u64)> = None;
    let (mut rows, mut idle, mut missed) = (Vec::new(), 0, false);
    for tick in 0..horizon {
        for (task, [offset, period, work, deadline, _]) in tasks.iter().enumerate() {
            if tick >= *offset && (tick - offset).is_multiple_of(*period) {
                let number = (tick - offset) / period + 1;
                releases.push((task, number, tick + deadline, *work));
            }
        }
        let key = |release: &Release| {
            let [_, period, _, _, priority] = tasks[release.0];
            let first = match policy {
                "EDF" => release.2,
                "RM" => period,
                _ => u64::MAX - priority,
            };
            let goes_on = running == Some((release.0, release.1));
            // A task's later releases wait for its earlier ones.
            (first, !goes_on, release.0, release.1)
        };
        let is_first = |release: &&Release| {
            let earlier = |other: &Release| other.0 == release.0 && other.1 < release.1;
            !releases.iter().any(earlier)
        };
        let Some(next) = releases.iter().filter(is_first).min_by_key(|one| key(one)) else {
            idle += 1;
            running = None;
            continue;
        };
        let (task, number, deadline, _) = *next;
        running = Some((task, number));
        extend_after_a_gap(&mut rows, tick, &[json!(task + 1), json!(number)]);
        let left = releases
            .iter_mut()
            .find(|one| (one.0, one.1) == (task, number));
        let left = &mut left.expect("it was picked").3;
        *left -= 1;
        if *left == 0 {
            missed |= deadline < tick + 1;
            releases.retain(|one| (one.0, one.1) != (task, number));
        }
    }
    missed |= releases.iter().any(|release| release.2 <= horizon);
    (rows, idle, missed)
}

/// [`extend`], but a row ends at a gap, which is no row of its own.
fn extend_after_a_gap(rows: &mut Vec<Vec<Value>>, tick: u64, who: &[Value]) {
    let gap = rows.last().is_some_and(|row| row[1] != json!(tick));
    if gap {
        rows.push(vec![json!(tick), json!(tick)]);
        rows.last_mut()
            .expect("it was pushed")
            .extend_from_slice(who);
    }
    extend(rows, tick, who);
}

#[test]
fn random_periodic_tasks_agree_with_ones_that_are_stepped_tick_by_tick() {
    for policy in ["EDF", "RM", "FP"] {
        all_agree(|random| {
            let mut periods = vec![3, 4, 5, 6, 8, 10, 12, 15];
            let (mut tasks, mut priorities): (Vec<Task>, Vec<u64>) = (Vec::new(), vec![1, 2, 3, 4]);
            for _ in 0..random.within(1, 4) {
                let mut take = |from: &mut Vec<u64>| {
                    let last = u32::try_from(from.len() - 1).expect("few");
                    from.swap_remove(random.within(0, last) as usize)
                };
                let (period, priority) = (take(&mut periods), take(&mut priorities));
                let short = u32::try_from(period).expect("small");
                let work = random.within(1, short / 2);
                let deadline = random.within(work, short);
                let offset = random.within(0, 1) * random.within(0, 6);
                let [offset, work, deadline] = [offset, work, deadline].map(u64::from);
                tasks.push([offset, period, work, deadline, priority]);
            }
            let (rows, idle, missed) = periodic(policy, &tasks, 60);
            let line = |(id, task): (u64, &Task)| {
                let [offset, period, work, deadline, priority] = task;
                json!({"id": id, "offset": offset, "period": period, "wcet": work,
                       "deadline": deadline, "priority": priority})
            };
            let listed: Vec<Value> = (1..).zip(&tasks).map(line).collect();
            json!({
                "policy": policy, "params": {"horizon": 60}, "tasks": listed,
                "expect": {"gantt": rows, "idle": idle, "any_miss": missed},
            })
        });
    }
}
