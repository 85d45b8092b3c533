//! A pool: `map` over worker processes.
//!
//! The task is in `README.md` beside this file. To see what works so far:
//! `cargo run -- exercise check pool`.

use exercises::workers::{News, Workers};

/// Has the jobs from 0 to `jobs` done by at most `most` workers, one at least. Returns
/// their answers, in the order of the jobs; None where a worker crashed.
pub(crate) fn map(workers: &mut dyn Workers, most: u32, jobs: usize) -> Vec<Option<u64>> {
    let mut answers = vec![None; jobs];
    if jobs > 0 && most > 0 {
        let worker = workers.start();
        workers.give(worker, 0);
        if let Some(News::Done { job, answer, .. }) = workers.news(None) {
            answers[job] = Some(answer); // that was the first; who does the rest?
        }
    }
    answers
}
