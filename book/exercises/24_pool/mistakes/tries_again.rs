//! A job whose worker crashed is tried again, though nobody knows what it had done.

use exercises::workers::{News, Workers};

/// Has the jobs from 0 to `jobs` done by at most `most` workers, one at least. Returns
/// their answers, in the order of the jobs; None where a worker crashed.
pub(crate) fn map(workers: &mut dyn Workers, most: u32, jobs: usize) -> Vec<Option<u64>> {
    let mut answers = vec![None; jobs];
    let mut left = 0..jobs;
    let mut alive = 0;
    let mut tried = vec![1; jobs];
    let mut under_way = std::collections::BTreeMap::new();
    for job in left.by_ref().take(most as usize) {
        let worker = workers.start();
        workers.give(worker, job);
        under_way.insert(worker, job);
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
                under_way.remove(&worker);
                match left.next() {
                    Some(next) => {
                        workers.give(worker, next);
                        under_way.insert(worker, next);
                    }
                    None => workers.end(worker),
                }
            }
            Some(News::Gone { worker }) => {
                let again = under_way.remove(&worker).filter(|job| tried[*job] < 2);
                match again.or_else(|| left.next()) {
                    Some(next) => {
                        tried[next] += usize::from(again.is_some());
                        let worker = workers.start();
                        workers.give(worker, next);
                        under_way.insert(worker, next);
                    }
                    None => alive -= 1,
                }
            }
            None => unreachable!("without a limit there is always news"),
        }
    }
    answers
}
