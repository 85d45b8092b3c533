//! Rule by rule.

use super::super::testing::{at, picks, thread};
use super::*;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// Three levels with quanta of 2, 4 and 8 ms, and two quanta at each.
fn policy() -> MultiLevelFeedback {
    MultiLevelFeedback::new([2, 4, 8].map(|quantum| Level {
        quantum: ms(quantum),
        allotment: 2,
    }))
}

/// Makes thread `number` ready, lets it run for `ran` milliseconds, and stops it.
fn run(policy: &mut MultiLevelFeedback, number: u32, ran: u64, why: StopReason) {
    policy.ready(&thread(number), Ready::New, at(0));
    assert_eq!(picks(policy), [number]);
    policy.stopped(&thread(number), ms(ran), why, at(0));
}

/// What `pick` grants next.
fn granted(policy: &mut MultiLevelFeedback) -> (u32, Option<Duration>) {
    let pick = policy.pick(CpuId(0), at(0)).unwrap();
    (pick.thread.0, pick.quantum)
}

#[test]
fn a_higher_level_runs_first_and_preempts() {
    let mut policy = policy();
    run(&mut policy, 1, 2, StopReason::QuantumExpired);
    assert_eq!(granted(&mut policy), (1, Some(ms(2))));
    policy.stopped(&thread(1), ms(2), StopReason::QuantumExpired, at(4));
    assert_eq!(policy.level(ThreadId(1)), 1);
    policy.ready(&thread(2), Ready::New, at(4));
    assert!(policy.preempts(&thread(2), &thread(1), at(4))); // rule 1
    assert!(!policy.preempts(&thread(1), &thread(2), at(4)));
    assert_eq!(picks(&mut policy), [2, 1]);
}

#[test]
fn threads_of_one_level_take_turns() {
    let mut policy = policy();
    policy.ready(&thread(1), Ready::New, at(0));
    policy.ready(&thread(2), Ready::New, at(0));
    assert!(!policy.preempts(&thread(2), &thread(1), at(0)));
    assert_eq!(granted(&mut policy), (1, Some(ms(2))));
    policy.stopped(&thread(1), ms(2), StopReason::QuantumExpired, at(2));
    assert_eq!(picks(&mut policy), [2, 1]); // rule 2
}

#[test]
fn blocking_in_between_does_not_save_the_allotment() {
    let mut policy = policy();
    for _ in 0..3 {
        run(&mut policy, 1, 1, StopReason::Blocked);
        assert_eq!(policy.level(ThreadId(1)), 0);
    }
    run(&mut policy, 1, 1, StopReason::Blocked); // 4 ms in all: two quanta
    assert_eq!(policy.level(ThreadId(1)), 1); // rule 4
}

#[test]
fn where_blocking_renews_a_thread_that_blocks_in_time_never_sinks() {
    let mut policy = policy().blocking_renews();
    for _ in 0..9 {
        run(&mut policy, 1, 1, StopReason::Blocked);
    }
    policy.ready(&thread(1), Ready::Unblocked, at(0));
    assert_eq!(granted(&mut policy), (1, Some(ms(2)))); // rule 8
    policy.stopped(&thread(1), ms(2), StopReason::Blocked, at(0)); // counted nevertheless
    policy.ready(&thread(1), Ready::Unblocked, at(0));
    assert_eq!(granted(&mut policy), (1, Some(ms(2))));
    policy.stopped(&thread(1), ms(2), StopReason::QuantumExpired, at(0));
    assert_eq!(policy.level(ThreadId(1)), 1);
}

#[test]
fn a_boost_brings_all_to_the_top_the_lowest_last_level_first() {
    let mut policy = policy().boost_every(ms(100));
    assert_eq!(policy.next_timer(at(99)), Some(at(100)));
    assert_eq!(policy.next_timer(at(100)), Some(at(200)));
    // Threads 1 and 2 sink to level 2 and 1, thread 4 blocks at level 1.
    for (number, rans) in [(1, vec![2, 2, 4, 4]), (2, vec![2, 2]), (4, vec![2, 2])] {
        for ran in rans {
            run(&mut policy, number, ran, StopReason::Blocked);
        }
    }
    assert_eq!([1, 2, 4].map(|n| policy.level(ThreadId(n))), [2, 1, 1]);
    policy.ready(&thread(2), Ready::Unblocked, at(99));
    policy.ready(&thread(1), Ready::Unblocked, at(99));
    policy.ready(&thread(3), Ready::New, at(99));
    policy.timer(at(100));
    assert_eq!([1, 2, 4].map(|n| policy.level(ThreadId(n))), [0, 0, 0]); // rule 5
    assert_eq!(picks(&mut policy), [3, 1, 2]);
}

#[test]
fn preempted_thread_goes_on_at_the_head_with_the_rest_of_its_quantum() {
    let mut policy = policy();
    policy.ready(&thread(1), Ready::New, at(0));
    policy.ready(&thread(2), Ready::New, at(0));
    assert_eq!(granted(&mut policy), (1, Some(ms(2))));
    policy.stopped(&thread(1), ms(1), StopReason::Preempted, at(1));
    assert_eq!(granted(&mut policy), (1, Some(ms(1)))); // rule 6
}

#[test]
fn unblocked_thread_goes_to_the_head_and_preempts_its_equal_where_that_is_the_rule() {
    let mut policy = policy().unblocked_to_head();
    policy.ready(&thread(1), Ready::New, at(0));
    policy.ready(&thread(2), Ready::New, at(0));
    assert_eq!(granted(&mut policy), (1, Some(ms(2))));
    policy.ready(&thread(3), Ready::Unblocked, at(1));
    assert!(policy.preempts(&thread(3), &thread(1), at(1))); // rule 7
    policy.stopped(&thread(1), ms(1), StopReason::Preempted, at(1));
    assert_eq!(picks(&mut policy), [3, 1, 2]);
}

#[test]
fn finished_thread_leaves_no_account() {
    let mut policy = policy();
    run(&mut policy, 1, 1, StopReason::Finished);
    assert_eq!(policy.accounts.count(), 0);
}

#[test]
#[should_panic(expected = "every level a quantum and an allotment")]
fn a_level_without_a_quantum_is_refused() {
    let _ = MultiLevelFeedback::new([Level {
        quantum: Duration::ZERO,
        allotment: 1,
    }]);
}
