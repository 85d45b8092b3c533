//! Every worker is thought to write its own messages.

use crate::checks::Load;

/// How many ms `load` takes, with so many `workers` on so many `cores`.
pub(crate) fn time(load: &Load, workers: u64, cores: u64) -> u64 {
    let workers = workers.min(load.jobs);
    let share = load.jobs.div_ceil(workers) * (load.cpu + load.wait);
    let computing = load.jobs.div_ceil(workers.min(cores)) * load.cpu + load.wait;
    load.alone + load.jobs.div_ceil(workers) * load.message + share.max(computing)
}

/// How many times faster so many `workers` on so many `cores` are than one.
#[expect(clippy::cast_precision_loss, reason = "ms below 2^52")]
pub(crate) fn speed_up(load: &Load, workers: u64, cores: u64) -> f64 {
    time(load, 1, cores) as f64 / time(load, workers, cores) as f64
}

/// The smallest number of workers for which the time is the shortest.
pub(crate) fn workers_worth_having(load: &Load, cores: u64) -> u64 {
    let shortest = (1..=load.jobs).min_by_key(|&workers| time(load, workers, cores));
    shortest.expect("there is a job")
}
