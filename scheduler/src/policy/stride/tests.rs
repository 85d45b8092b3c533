//! Stride: its rules, one by one, without a driver.

use super::super::testing::{at, picks, weighty};
use super::*;

const QUANTUM: Duration = Duration::from_millis(2);

/// Threads 1, 2, ... with these tickets run for so many whole quanta: who.
fn quanta(policy: &mut Stride, tickets: &[u32], quanta: usize) -> Vec<u32> {
    let threads: Vec<_> = (1..).zip(tickets).map(|(n, t)| weighty(n, *t)).collect();
    for thread in &threads {
        policy.ready(thread, Ready::New, at(0));
    }
    let mut quantum = || {
        let number = policy.pick(CpuId(0), at(0)).unwrap().thread.0;
        let thread = &threads[number as usize - 1];
        policy.stopped(thread, QUANTUM, StopReason::QuantumExpired, at(0));
        number
    };
    (0..quanta).map(|_| quantum()).collect()
}

#[test]
fn the_smallest_pass_runs_and_of_equals_the_lower_number() {
    let mut policy = Stride::new(QUANTUM);
    let order = quanta(&mut policy, &[100, 50, 250], 8);
    assert_eq!(order, [1, 2, 3, 3, 3, 1, 3, 3]); // OSTEP, figure 9.3
    let passes = [1, 2, 3].map(|number| policy.pass(ThreadId(number), 10_000));
    assert_eq!(passes, [200, 200, 200]);
}

#[test]
fn one_stride_ahead_the_order_is_the_papers() {
    let mut policy = Stride::new(QUANTUM).first_stride_ahead();
    let order = quanta(&mut policy, &[3, 2, 1], 6);
    assert_eq!(order, [1, 2, 1, 1, 2, 3]);
}

#[test]
fn half_a_quantum_is_half_a_stride() {
    let mut policy = Stride::new(QUANTUM);
    quanta(&mut policy, &[1, 1], 2);
    assert_eq!(picks(&mut policy), [1, 2]);
    policy.stopped(&weighty(1, 1), QUANTUM, StopReason::QuantumExpired, at(0));
    policy.stopped(&weighty(2, 1), QUANTUM / 2, StopReason::Yielded, at(0));
    assert_eq!(policy.pass(ThreadId(2), 10), 15);
    assert_eq!(picks(&mut policy), [2, 1]);
}

#[test]
fn who_was_blocked_has_no_claim_to_the_time_it_missed() {
    let mut policy = Stride::new(QUANTUM);
    policy.stopped(&weighty(2, 1), QUANTUM, StopReason::Blocked, at(0));
    quanta(&mut policy, &[1], 9); // the last pick was at pass 8
    policy.ready(&weighty(2, 1), Ready::Unblocked, at(0));
    policy.ready(&weighty(3, 1), Ready::New, at(0));
    assert_eq!(policy.pass(ThreadId(2), 1), 8);
    assert_eq!(policy.pass(ThreadId(3), 1), 8);
    assert_eq!(picks(&mut policy), [2, 3, 1]);
}
