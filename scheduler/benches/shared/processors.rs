//! Keeping threads to some processors: for what stands beside ours.

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// The processors that this process may use.
pub(crate) fn all() -> Vec<usize> {
    let set = sched_getaffinity(None).unwrap_or_else(|_| CpuSet::new());
    (0..CpuSet::MAX_CPU)
        .filter(|&cpu| set.is_set(cpu))
        .collect()
}

/// Keeps this thread, and those that it starts, to the first `count` of the
/// processors that it may use, until the guard is dropped.
pub(crate) fn keep_to(count: usize) -> Kept {
    let before = sched_getaffinity(None).ok();
    let mut some = CpuSet::new();
    for processor in all().into_iter().take(count) {
        some.set(processor);
    }
    let _ = sched_setaffinity(None, &some); // where it is refused, the OS chooses
    Kept { before }
}

/// A thread that keeps to some processors while this lives.
#[derive(Debug)]
pub(crate) struct Kept {
    /// Where it could be before.
    before: Option<CpuSet>,
}

impl Drop for Kept {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            let _ = sched_setaffinity(None, before); // as above
        }
    }
}
