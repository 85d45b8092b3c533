//! Every worker is given its share of the jobs at once.

use exercises::workers::{News, Workers};

/// Has the jobs from 0 to `jobs` done by at most `most` workers, one at least. Returns
/// their answers, in the order of the jobs; None where a worker crashed.
pub(crate) fn map(workers: &mut dyn Workers, most: u32, jobs: usize) -> Vec<Option<u64>> {
    let mut answers = vec![None; jobs];
    let mut left = 0..0;
    let mut alive = 0;
    let count = jobs.min(most as usize);
    let started: Vec<_> = (0..count).map(|_| workers.start()).collect();
    for job in 0..jobs {
        workers.give(started[job % count], job);
    }
    for worker in started {
        workers.end(worker);
        alive += 1;
    }
    while alive > 0 {
        match workers.news(None) {
            Some(News::Done {
                worker,
                job,
                answer,
            }) => {
                answers[job] = Some(answer);
                let _ = worker;
            }
            Some(News::Gone { .. }) => match left.next() {
                Some(next) => {
                    let worker = workers.start();
                    workers.give(worker, next);
                }
                None => alive -= 1,
            },
            None => unreachable!("without a limit there is always news"),
        }
    }
    answers
}
