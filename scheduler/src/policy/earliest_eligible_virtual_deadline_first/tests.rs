//! Earliest eligible virtual deadline first: its rules, one by one, without a driver.

use super::super::testing::{at, weighty};
use super::*;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// A policy with a quantum of 1 ms, and who runs for so many quanta.
fn run(policy: &mut EarliestEligibleVirtualDeadlineFirst, threads: &[Attributes]) -> Vec<u32> {
    let mut quantum = || {
        let number = policy.pick(CpuId(0), at(0)).unwrap().thread.0;
        let thread = &threads[number as usize - 1];
        policy.stopped(thread, ms(1), StopReason::QuantumExpired, at(0));
        number
    };
    (0..6).map(|_| quantum()).collect()
}

fn ready(threads: &[Attributes]) -> EarliestEligibleVirtualDeadlineFirst {
    let mut policy = EarliestEligibleVirtualDeadlineFirst::new(ms(1));
    for thread in threads {
        policy.ready(thread, Ready::New, at(0));
    }
    policy
}

#[test]
fn shares_are_as_weights_and_nobody_gets_ahead_by_a_whole_quantum() {
    let threads = [weighty(1, 3), weighty(2, 2), weighty(3, 1)];
    assert_eq!(run(&mut ready(&threads), &threads), [1, 2, 1, 2, 1, 3]);
}

#[test]
fn who_asks_for_little_is_served_sooner_at_the_same_share() {
    let asks = |number, millis| Attributes {
        burst: Some(ms(millis)),
        ..weighty(number, 1)
    };
    let threads = [asks(1, 3), asks(2, 1)];
    assert_eq!(run(&mut ready(&threads), &threads), [2, 1, 2, 1, 1, 2]);
}

#[test]
fn who_was_blocked_starts_at_virtual_time() {
    let threads = [weighty(1, 1), weighty(2, 1)];
    let mut policy = ready(&threads[..1]);
    run(&mut policy, &threads);
    assert_eq!(policy.virtual_time(), ms(6));
    policy.ready(&threads[1], Ready::Unblocked, at(6));
    assert_eq!(policy.virtual_time(), ms(6));
    assert_eq!(policy.deadline(ThreadId(2)), Some(ms(7)));
}

#[test]
fn who_blocks_takes_its_lead_or_its_claim_with_it() {
    let threads = [weighty(1, 1), weighty(2, 1)];
    let mut policy = ready(&threads);
    let pick = policy.pick(CpuId(0), at(0)).unwrap();
    assert_eq!((pick.thread, pick.quantum), (ThreadId(1), Some(ms(1))));
    policy.stopped(&threads[0], ms(1), StopReason::Blocked, at(1));
    assert_eq!(policy.virtual_time(), ms(0));
    assert_eq!(policy.deadline(ThreadId(1)), None);
    assert_eq!(policy.pick(CpuId(0), at(1)).unwrap().thread, ThreadId(2));
    assert_eq!(policy.pick(CpuId(1), at(1)), None);
}
