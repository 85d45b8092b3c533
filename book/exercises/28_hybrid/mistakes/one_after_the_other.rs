//! A worker waits for one job at a time.

use crate::checks::{Done, Job, in_a_loop};

/// What a process does with a batch: one job after the other.
pub(crate) fn worker(batch: Vec<Job>) -> Done {
    in_a_loop(async move {
        let mut answers = Vec::new();
        for job in batch {
            answers.push(job.run().await);
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
