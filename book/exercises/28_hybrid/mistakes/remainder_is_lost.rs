//! What cannot be divided evenly is forgotten.

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

/// As many pieces of equal length as workers.
pub(crate) fn divide(jobs: &[Job], workers: usize) -> Vec<Vec<Job>> {
    let length = jobs.len() / workers;
    jobs.chunks_exact(length)
        .take(workers)
        .map(<[Job]>::to_vec)
        .collect()
}
