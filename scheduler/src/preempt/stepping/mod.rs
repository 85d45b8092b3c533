//! One instruction at a time, for the [laboratory](crate::laboratory).
//!
//! Left out: processors without a trap flag, and systems other than Linux. There
//! [`walk`] says so.
//!
//! Book: chapter 13. Mirror: none: a task is interrupted at an `.await` only.

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod trap;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub(crate) use trap::{code, walk};

#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
mod elsewhere;
#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
pub(crate) use elsewhere::{code, walk};

use std::sync::atomic::AtomicBool;
use std::thread;

/// When a walk freezes its thread.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Freeze<'a> {
    /// After so many instructions.
    pub(crate) after: usize,
    /// Set just before.
    pub(crate) told: &'a AtomicBool,
}

/// How a walk through a function went. Addresses are those of this process.
#[derive(Debug)]
pub(crate) struct Walked {
    /// The first instructions, in the order in which they came.
    pub(crate) path: Vec<usize>,
    /// How many there were, until the walk ended.
    pub(crate) executed: usize,
    /// Before which one the thread was preempted; None if it was not.
    pub(crate) preempted_at: Option<usize>,
    /// Before which one the walk was given up, since signals would be blocked or
    /// a process would begin.
    pub(crate) fenced_at: Option<usize>,
    /// What became of the function.
    pub(crate) result: thread::Result<()>,
}
