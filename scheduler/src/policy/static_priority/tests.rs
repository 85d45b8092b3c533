//! Static priority: its rules, one by one, without a driver.

use super::super::testing::{at, picks, picks_at, thread};
use super::*;

fn important(number: u32, priority: i32) -> Attributes {
    Attributes {
        priority,
        ..thread(number)
    }
}

#[test]
fn the_larger_number_runs_first_and_equals_in_the_order_of_their_coming() {
    let mut policy = StaticPriority::new();
    for (number, priority) in [(1, -3), (2, 5), (4, 0), (3, 0)] {
        policy.ready(&important(number, priority), Ready::New, at(0));
    }
    assert_eq!(picks(&mut policy), [2, 4, 3, 1]);
}

#[test]
fn preempted_thread_is_before_its_equals_and_expired_thread_behind_them() {
    let mut policy = StaticPriority::new().quantum(Duration::from_millis(2));
    policy.ready(&important(1, 1), Ready::New, at(0));
    policy.ready(&important(2, 1), Ready::New, at(0));
    let ran = Duration::from_millis(1);
    policy.stopped(&important(5, 1), ran, StopReason::Preempted, at(1));
    policy.stopped(&important(4, 1), ran, StopReason::QuantumExpired, at(1));
    policy.stopped(&important(3, 1), ran, StopReason::Yielded, at(1));
    assert_eq!(picks(&mut policy), [5, 1, 2, 4, 3]);
}

#[test]
fn only_a_strictly_higher_thread_preempts_and_only_where_it_may() {
    let policy = StaticPriority::new();
    assert!(policy.preempts(&important(2, 6), &important(1, 5), at(0)));
    assert!(!policy.preempts(&important(2, 5), &important(1, 5), at(0)));
    let policy = policy.non_preemptive();
    assert!(!policy.preempts(&important(2, 6), &important(1, 5), at(0)));
}

#[test]
fn a_thread_that_waits_three_intervals_passes_newcomers_two_above_it() {
    let mut policy = StaticPriority::new().aging(Duration::from_millis(10));
    policy.ready(&important(1, 0), Ready::New, at(5));
    assert_eq!(policy.next_timer(at(5)), Some(at(10)));
    assert_eq!(policy.next_timer(at(10)), Some(at(20)));
    policy.ready(&important(2, 2), Ready::New, at(30)); // thread 1 is at 3 now
    policy.ready(&important(3, 4), Ready::New, at(30));
    assert_eq!(picks_at(&mut policy, at(30)), [3, 1, 2]);
}

#[test]
fn a_thread_that_ran_has_its_own_priority_again() {
    let mut policy = StaticPriority::new().aging(Duration::from_millis(10));
    policy.ready(&important(1, 0), Ready::New, at(0));
    assert_eq!(picks_at(&mut policy, at(50)), [1]);
    policy.ready(&important(2, 1), Ready::New, at(51));
    policy.stopped(
        &important(1, 0),
        Duration::from_millis(9),
        StopReason::Preempted,
        at(59),
    );
    assert_eq!(picks_at(&mut policy, at(59)), [2, 1]);
}

#[test]
fn without_aging_or_with_nobody_waiting_no_timer_runs() {
    let mut policy = StaticPriority::new();
    policy.ready(&thread(1), Ready::New, at(0));
    assert_eq!(policy.next_timer(at(0)), None);
    let policy = StaticPriority::new().aging(Duration::from_millis(10));
    assert_eq!(policy.next_timer(at(0)), None);
    let mut policy = StaticPriority::new().aging(Duration::ZERO);
    policy.ready(&thread(1), Ready::New, at(0));
    assert_eq!(policy.next_timer(at(0)), None);
}

#[test]
fn a_waiting_thread_that_is_lent_a_priority_moves() {
    let mut policy = StaticPriority::new();
    policy.ready(&important(1, 0), Ready::New, at(0));
    policy.ready(&important(2, 1), Ready::New, at(0));
    policy.changed(&important(1, 7), at(0));
    policy.changed(&important(3, 9), at(0)); // it is not stored
    assert_eq!(picks(&mut policy), [1, 2]);
}
