//! The limit is the last worker's: until then nobody looks.

use crate::checks::Limits;
use exercises::workers::{News, WorkerId, Workers};
use std::collections::{BTreeMap, VecDeque};

/// If so many workers crash in a row, the fault is not in the jobs.
const IN_A_ROW: u32 = 10;

/// A job that a worker has.
struct UnderWay {
    /// Its number.
    job: usize,
    /// Until when it may take; None if its worker was killed.
    until: Option<u64>,
}

/// Has the jobs from 0 to `jobs` done, each tried as often as the limits say. Returns
/// their answers; None for what was given up.
pub(crate) fn supervise(
    workers: &mut dyn Workers,
    limits: &Limits,
    jobs: usize,
) -> Vec<Option<u64>> {
    let mut answers = vec![None; jobs];
    let mut tried = vec![0; jobs];
    let mut queue: VecDeque<usize> = (0..jobs).collect();
    let mut under_way: BTreeMap<WorkerId, UnderWay> = BTreeMap::new();
    let (mut alive, mut crashed) = (0, 0);
    loop {
        while alive < limits.most && !queue.is_empty() {
            let worker = workers.start();
            alive += 1;
            give(workers, worker, limits, &mut queue, &mut under_way);
        }
        if alive == 0 {
            return answers;
        }
        let until = under_way.values().filter_map(|it| it.until).max();
        match workers.news(until) {
            Some(News::Done {
                worker,
                job,
                answer,
            }) => {
                answers[job] = Some(answer);
                crashed = 0;
                under_way.remove(&worker);
                give(workers, worker, limits, &mut queue, &mut under_way);
            }
            Some(News::Gone { worker }) => {
                alive -= 1;
                let Some(UnderWay { job, .. }) = under_way.remove(&worker) else {
                    continue; // it had nothing to do
                };
                tried[job] += 1;
                if tried[job] < limits.tries {
                    queue.push_back(job);
                }
                crashed += 1;
                if crashed >= IN_A_ROW {
                    queue.clear();
                }
            }
            None => {
                let now = workers.now();
                for (worker, its) in &mut under_way {
                    if its.until.is_some_and(|until| until <= now) {
                        workers.kill(*worker);
                        its.until = None; // its end is news that is to come
                    }
                }
            }
        }
    }
}

/// Gives `worker` the next job, or tells it to end.
fn give(
    workers: &mut dyn Workers,
    worker: WorkerId,
    limits: &Limits,
    queue: &mut VecDeque<usize>,
    under_way: &mut BTreeMap<WorkerId, UnderWay>,
) {
    let Some(job) = queue.pop_front() else {
        workers.end(worker);
        return;
    };
    workers.give(worker, job);
    let until = Some(workers.now() + limits.time);
    under_way.insert(worker, UnderWay { job, until });
}
