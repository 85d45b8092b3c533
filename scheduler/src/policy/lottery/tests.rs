//! Lottery: its rules, one by one, without a driver.

use super::super::ThreadId;
use super::super::testing::{at, picks, weighty};
use super::*;

const QUANTUM: Duration = Duration::from_millis(3);

fn lottery<const N: usize>(numbers: [u64; N]) -> Lottery {
    let mut policy = Lottery::with_numbers(QUANTUM, numbers.into_iter());
    // Out of order: tickets 0 to 2 are thread 1's, 3 and 4 thread 2's, 5 thread 3's.
    for (number, tickets) in [(3, 1), (1, 3), (2, 2)] {
        policy.ready(&weighty(number, tickets), Ready::New, at(0));
    }
    policy
}

#[test]
fn the_holder_of_the_drawn_ticket_runs_for_one_quantum() {
    for (number, winner) in [(0, 1), (2, 1), (3, 2), (4, 2), (5, 3), (6, 1), (11, 3)] {
        let mut policy = lottery([number]);
        let pick = policy.pick(CpuId(0), at(0)).unwrap();
        assert_eq!(pick.thread, ThreadId(winner), "number {number}");
        assert_eq!(pick.quantum, Some(QUANTUM));
    }
}

#[test]
fn tickets_of_those_who_run_or_block_take_no_part() {
    let mut policy = lottery([5, 3, 4]);
    assert_eq!(picks(&mut policy), [3, 2, 1]); // of 6, 5 and 3 tickets
    let last = Draw {
        ticket: 1,
        tickets: 3,
    };
    assert_eq!(policy.last_draw(), Some(last));
    policy.stopped(&weighty(1, 3), QUANTUM, StopReason::QuantumExpired, at(3));
    policy.stopped(&weighty(2, 2), QUANTUM, StopReason::Blocked, at(3));
    assert_eq!(picks(&mut policy), [1]);
}

#[test]
fn threads_without_tickets_run_when_nobody_has_any() {
    let mut policy = Lottery::new(QUANTUM, 1);
    policy.ready(&weighty(1, 0), Ready::New, at(0));
    policy.ready(&weighty(2, 1), Ready::New, at(0));
    assert_eq!(picks(&mut policy), [2, 1]);
}

#[test]
fn one_seed_gives_one_order() {
    let order = |seed| {
        let mut policy = Lottery::new(QUANTUM, seed);
        for number in 1..=8 {
            policy.ready(&weighty(number, 1), Ready::New, at(0));
        }
        picks(&mut policy)
    };
    assert_eq!(order(7), order(7));
    assert_ne!(order(7), order(8));
}

#[test]
fn given_tickets_count_at_the_next_draw() {
    let mut policy = lottery([3]);
    policy.changed(&weighty(1, 4), at(0));
    policy.changed(&weighty(9, 4), at(0)); // it is not stored
    assert_eq!(policy.pick(CpuId(0), at(0)).unwrap().thread, ThreadId(1));
}
