//! A hybrid: tasks in each of a pool's processes.
//!
//! The task is in `README.md` beside this file. To see what works so far:
//! `cargo run -- exercise check hybrid`.

use crate::checks::{Done, Job, in_a_loop};

/// What a process does with a batch: one job after the other. For now.
pub(crate) fn worker(batch: Vec<Job>) -> Done {
    in_a_loop(async move {
        let mut answers = Vec::new();
        for job in batch {
            answers.push(job.run().await);
        }
        answers
    })
}

/// Makes the batches, each of which goes to one worker.
pub(crate) fn divide(jobs: &[Job], workers: usize) -> Vec<Vec<Job>> {
    let _ = workers; // which of them gets what?
    vec![jobs.to_vec()]
}
