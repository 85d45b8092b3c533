//! Workers that have nothing to do are left alone.

use exercises::workers::{News, Workers};

/// Has the jobs from 0 to `jobs` done by at most `most` workers, one at least. Returns
/// their answers, in the order of the jobs; None where a worker crashed.
pub(crate) fn map(workers: &mut dyn Workers, most: u32, jobs: usize) -> Vec<Option<u64>> {
    let mut answers = vec![None; jobs];
    let mut left = 0..jobs;
    let mut alive = 0;
    for job in left.by_ref().take(most as usize) {
        let worker = workers.start();
        workers.give(worker, job);
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
                match left.next() {
                    Some(next) => workers.give(worker, next),
                    None => alive -= 1,
                }
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
