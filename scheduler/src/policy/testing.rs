//! What the policies' unit tests share: plain threads, and emptying a policy.

use super::{Attributes, CpuId, Policy, ThreadId};
use crate::time::Time;

/// An ordinary thread with this number, spawned at the start.
pub(super) fn thread(number: u32) -> Attributes {
    Attributes::new(ThreadId(number), Time::ZERO)
}

/// Picks until nothing is stored: the numbers of the threads, in order.
pub(super) fn picks(policy: &mut dyn Policy) -> Vec<u32> {
    std::iter::from_fn(|| policy.pick(CpuId(0), Time::ZERO))
        .map(|pick| pick.thread.0)
        .collect()
}
