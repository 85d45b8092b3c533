//! A hybrid: tasks in each of a pool's processes.

use crate::checks::{Done, Job, in_a_loop};
use runtime::spawn;

/// What a process does with a batch: every job is a task of its event loop.
pub(crate) fn worker(batch: Vec<Job>) -> Done {
    in_a_loop(async move {
        let tasks: Vec<_> = batch.into_iter().map(|job| spawn(job.run())).collect();
        let mut answers = Vec::new();
        for task in tasks {
            answers.push(task.await.expect("no job panics"));
        }
        answers
    })
}

/// Makes a batch for each worker: a job goes where there is the least to compute.
pub(crate) fn divide(jobs: &[Job], workers: usize) -> Vec<Vec<Job>> {
    let mut batches = vec![Vec::new(); workers];
    let mut sorted = jobs.to_vec();
    sorted.sort_by_key(|job| std::cmp::Reverse(job.cpu)); // the longest first
    for job in sorted {
        let computes = |batch: &&mut Vec<Job>| batch.iter().map(|job| job.cpu).sum::<u64>();
        let least = batches.iter_mut().min_by_key(computes);
        least.expect("there is a worker").push(job);
    }
    batches
}
