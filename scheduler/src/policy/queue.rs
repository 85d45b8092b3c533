//! A policy's queues, laid open for whoever wants to look.
//!
//! A policy that is asked ([`Policy::queues`](super::Policy::queues)) says whom
//! it stores, in which queue, and by what it sorts them. The simulation's screen
//! shows that at every decision. Nothing is kept for it, so it costs nothing
//! while nobody asks.
//!
//! Book: chapter 15.

use super::ThreadId;
use std::time::Duration;

/// One of a policy's queues at an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// What the policy calls it: `level 1`. Empty where there is only one.
    pub name: String,
    /// The threads in it, and what each is sorted by (`pass 300`): the first is
    /// who would be picked first, where the order says so.
    pub threads: Vec<(ThreadId, String)>,
}

impl Queue {
    /// The only queue of a policy.
    pub fn only(threads: impl IntoIterator<Item = (ThreadId, String)>) -> Queue {
        Queue::named(String::new(), threads)
    }

    /// A queue among several.
    pub fn named(
        name: impl Into<String>,
        threads: impl IntoIterator<Item = (ThreadId, String)>,
    ) -> Queue {
        Queue {
            name: name.into(),
            threads: threads.into_iter().collect(),
        }
    }
}

/// A duration as people read it in a queue: `2.5 ms`; `?` for one that nobody
/// declared, which counts as the longest there is.
pub(super) fn ms(duration: Duration) -> String {
    if duration == Duration::MAX {
        return "?".to_owned();
    }
    format!("{} ms", duration.as_secs_f64() * 1e3)
}
