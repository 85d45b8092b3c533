//! What is lent is lent on; what is set, and who waits again, counts at once.

use super::{at, inheriting, locks, run};
use crate::support::{Trace, alone, join_all};
use scheduler::sync::{Condvar, Mutex};
use scheduler::{checkpoint, current};
use std::sync::Arc;

#[test]
fn what_is_lent_is_lent_on_to_the_end_of_the_chain() {
    let _turn = alone();
    run(|| {
        let mutexes: Vec<_> = std::iter::repeat_with(inheriting).take(7).collect();
        let guard = mutexes[0].lock();
        let mut threads = Vec::new();
        // Each holds one, and waits for the one before.
        for (index, pair) in mutexes.windows(2).enumerate() {
            let priority = i32::try_from(index).unwrap() + 1;
            threads.push(locks(priority, &[&pair[1], &pair[0]]));
            assert_eq!(current().priority(), priority);
        }
        threads.push(locks(20, &[&mutexes[6]]));
        assert_eq!(current().priority(), 20);
        for thread in &threads {
            assert_eq!(thread.thread().priority(), 20, "{thread:?}");
        }
        drop(guard);
        assert_eq!(current().priority(), 0);
        join_all(threads);
    });
}

#[test]
fn a_lender_whose_own_priority_changes_lends_that() {
    let _turn = alone();
    run(|| {
        let [near, far] = [inheriting(), inheriting()];
        let guard = far.lock();
        let between = locks(1, &[&near, &far]);
        let lender = locks(2, &[&near]);
        assert_eq!(current().priority(), 2);
        lender.thread().set_priority(9);
        assert_eq!(current().priority(), 9);
        assert_eq!(between.thread().priority(), 9);
        lender.thread().set_priority(-5);
        assert_eq!(current().priority(), 1, "the other one's own");
        between.thread().set_priority(-5);
        assert_eq!(current().priority(), 0, "its own");
        drop(guard);
        join_all([between, lender]);
    });
}

#[test]
fn an_own_priority_that_is_set_under_a_loan_counts_when_it_is_returned() {
    let trace = Trace::begin();
    run(|| {
        let mutex = inheriting();
        let guard = mutex.lock();
        let child = locks(5, &[&mutex]);
        current().set_priority(-1);
        assert_eq!((current().priority(), current().own_priority()), (5, -1));
        current().set_priority(7);
        assert_eq!(current().priority(), 7);
        current().set_priority(1);
        assert_eq!(current().priority(), 5, "it still waits");
        drop(guard);
        assert_eq!(current().priority(), 1);
        child.join().unwrap();
    });
    assert_eq!(
        trace.only(&["changed"]),
        [
            "changed thread=0 what=donated from=0 to=5 why=lent by=thread:1",
            "changed thread=0 what=priority from=0 to=-1 why=set by=thread:0",
            "changed thread=0 what=priority from=-1 to=7 why=set by=thread:0",
            "changed thread=0 what=donated from=5 to=7 why=returned",
            "changed thread=0 what=priority from=7 to=1 why=set by=thread:0",
            "changed thread=0 what=donated from=1 to=5 why=lent by=thread:1",
            "changed thread=0 what=donated from=5 to=1 why=returned",
        ]
    );
}

#[test]
fn who_makes_itself_less_important_loses_the_cpu_at_once() {
    let trace = Trace::begin();
    run(|| {
        current().set_priority(5);
        let child = at(3, checkpoint);
        current().set_priority(2);
        assert!(child.is_finished(), "it ran first");
        let child = at(1, checkpoint);
        child.thread().set_priority(4);
        assert!(child.is_finished(), "it ran first");
    });
    assert_eq!(
        trace.only(&["changed", "preempted"]),
        [
            "changed thread=0 what=priority from=0 to=5 why=set by=thread:0",
            "changed thread=0 what=priority from=5 to=2 why=set by=thread:0",
            "preempted thread=0 cpu=0 ran=3000000",
            "changed thread=2 what=priority from=1 to=4 why=set by=thread:0",
            "preempted thread=0 cpu=0 ran=2000000",
        ]
    );
}

#[test]
fn a_thread_that_is_faster_than_the_woken_one_inherits_from_it() {
    let _turn = alone();
    run(|| {
        let mutex = inheriting();
        current().set_priority(5);
        let guard = mutex.lock();
        let lenders = [7, 6].map(|priority| locks(priority, &[&mutex]));
        for lender in &lenders {
            lender.thread().set_priority(3); // below ours
        }
        drop(guard);
        let faster = mutex.lock(); // before the woken one has run
        lenders[1].thread().set_priority(4);
        lenders[1].thread().set_priority(8);
        assert_eq!(current().priority(), 8, "it waits again, and lends");
        drop(faster);
        join_all(lenders);
    });
}

#[test]
fn who_waits_again_after_a_notification_lends() {
    let _turn = alone();
    run(|| {
        let shared = Arc::new((Mutex::inheriting(false), Condvar::new()));
        let other = Arc::clone(&shared);
        let child = at(3, move || {
            drop(other.1.wait_while(other.0.lock(), |is_set| !*is_set));
        });
        let mut guard = shared.0.lock();
        *guard = true;
        assert_eq!(current().priority(), 0, "it waits for a notification");
        shared.1.notify_one();
        assert_eq!(current().priority(), 3, "it waits for the mutex");
        drop(guard);
        assert_eq!(current().priority(), 0);
        child.join().unwrap();
    });
}
