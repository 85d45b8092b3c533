//! Which processors the virtual CPUs have, in Signal mode.
//!
//! Mirror: none: tasks have one thread.

use crate::preempt::affinity;
use std::io;

/// The processors to which threads are pinned, and those that the calling OS
/// thread may use otherwise.
#[derive(Debug, Default)]
pub(super) struct Pinned {
    /// The processor of each CPU, if there are any.
    pub(super) processors: Vec<usize>,
    /// To be restored; None where nothing is pinned.
    before: Option<affinity::Affinity>,
}

impl Pinned {
    /// Processors for `cpus` CPUs.
    ///
    /// # Errors
    ///
    /// If the system does not say which there are.
    pub(super) fn new(cpus: u32) -> io::Result<Pinned> {
        let before = affinity::Affinity::of(affinity::tid())?;
        let processors: Vec<usize> = before.processors().collect();
        if processors.len() < cpus as usize {
            log::warn!(
                target: "scheduler",
                "{cpus} virtual CPUs share {} processors: threads that run at the same time \
                 slow each other down",
                processors.len(),
            );
        }
        Ok(Pinned {
            processors,
            before: Some(before),
        })
    }
}

impl Drop for Pinned {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            // If it fails, the thread keeps to one processor: slower, not wrong.
            let _ = before.apply(affinity::tid());
        }
    }
}
