//! A supervisor: every job ends once, whatever becomes of workers.
//!
//! The task is in `README.md` beside this file. To see what works so far:
//! `cargo run -- exercise check supervisor`.

use crate::checks::Limits;
use exercises::workers::{News, Workers};

/// Has the jobs from 0 to `jobs` done, each tried as often as the limits say. Returns
/// their answers; None for what was given up.
pub(crate) fn supervise(
    workers: &mut dyn Workers,
    limits: &Limits,
    jobs: usize,
) -> Vec<Option<u64>> {
    let mut answers = vec![None; jobs];
    let _ = (limits.most, limits.tries, limits.time); // none of them is kept yet
    for (job, its) in answers.iter_mut().enumerate() {
        let worker = workers.start();
        workers.give(worker, job);
        workers.end(worker);
        while let Some(news) = workers.news(None) {
            match news {
                News::Done { answer, .. } => *its = Some(answer),
                News::Gone { .. } => break, // and if it had not answered?
            }
        }
    }
    answers
}
