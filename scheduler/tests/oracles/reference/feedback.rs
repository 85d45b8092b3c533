//! OSTEP's feedback queue, and its round robin and FCFS with I/O: a queue with one
//! level.

use super::{Ticking, all_agree, extend, jobs, listed, per_job};
use serde_json::{Value, json};
use std::collections::VecDeque;

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
