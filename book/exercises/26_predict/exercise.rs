//! Predictions: how long a load takes, before it is run.
//!
//! The task is in `README.md` beside this file. To see what works so far:
//! `cargo run -- exercise check predict`.

use crate::checks::Load;

/// How many ms `load` takes, with so many `workers` on so many `cores`.
pub(crate) fn time(load: &Load, workers: u64, cores: u64) -> u64 {
    let _ = (workers, cores); // what do they make shorter?
    load.jobs * (load.cpu + load.wait)
}

/// How many times faster so many `workers` on so many `cores` are than one.
pub(crate) fn speed_up(load: &Load, workers: u64, cores: u64) -> f64 {
    let _ = time(load, workers, cores);
    1.0
}

/// The smallest number of workers for which the time is the shortest.
pub(crate) fn workers_worth_having(load: &Load, cores: u64) -> u64 {
    let _ = time(load, 1, cores);
    1
}
