//! The row of jobs is cut into pieces, however long they compute.

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

/// As many pieces as workers.
pub(crate) fn divide(jobs: &[Job], workers: usize) -> Vec<Vec<Job>> {
    let mut rest = jobs;
    let piece = |number| {
        let (piece, others) = rest.split_at(rest.len() / (workers - number));
        rest = others;
        piece.to_vec()
    };
    (0..workers).map(piece).collect()
}
