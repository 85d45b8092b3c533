//! What the policies' unit tests share: threads, instants, and emptying a policy.

use super::{Attributes, CpuId, Policy, ThreadId};
use crate::time::Time;
use std::time::Duration;

/// An ordinary thread with this number, spawned at the start.
pub(super) fn thread(number: u32) -> Attributes {
    Attributes::new(ThreadId(number), Time::ZERO)
}

/// The same, bound to a CPU.
pub(super) fn bound(number: u32, cpu: u32) -> Attributes {
    Attributes {
        affinity: Some(CpuId(cpu)),
        ..thread(number)
    }
}

/// The same with a declared burst of so many milliseconds.
pub(super) fn bursting(number: u32, millis: u64) -> Attributes {
    Attributes {
        burst: Some(Duration::from_millis(millis)),
        ..thread(number)
    }
}

/// So many milliseconds after the start.
pub(super) const fn at(millis: u64) -> Time {
    Time::from_millis(millis)
}

/// Picks until nothing is stored: the numbers of the threads, in order.
pub(super) fn picks(policy: &mut dyn Policy) -> Vec<u32> {
    picks_at(policy, Time::ZERO)
}

/// The same at a later instant.
pub(super) fn picks_at(policy: &mut dyn Policy, now: Time) -> Vec<u32> {
    std::iter::from_fn(|| policy.pick(CpuId(0), now))
        .map(|pick| pick.thread.0)
        .collect()
}

/// An ordinary thread with this number and weight.
pub(super) fn weighty(number: u32, weight: u32) -> Attributes {
    Attributes {
        weight,
        ..thread(number)
    }
}
