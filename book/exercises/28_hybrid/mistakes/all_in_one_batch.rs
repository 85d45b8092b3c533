//! Everything is given to one worker.

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

/// All in one batch.
pub(crate) fn divide(jobs: &[Job], workers: usize) -> Vec<Vec<Job>> {
    let mut batches = vec![Vec::new(); workers];
    batches[0] = jobs.to_vec();
    batches
}
