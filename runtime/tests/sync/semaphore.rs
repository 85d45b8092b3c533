//! The semaphore: so many at a time, in order, and closing.

use crate::support::{assert_trace, only, trace};
use crate::{block_on, block_on_alone, poll_once};
use runtime::sync::{AcquireError, Semaphore, TryAcquireError};
use runtime::{spawn, yield_now};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::task::Poll;

#[test]
fn permits_are_taken_and_given_back() {
    let semaphore = Semaphore::new(3); // it needs no loop
    let permit = semaphore.try_acquire(2).unwrap();
    assert_eq!((permit.count(), semaphore.available_permits()), (2, 1));
    assert_eq!(
        semaphore.try_acquire(2).unwrap_err(),
        TryAcquireError::NoPermits
    );
    drop(permit);
    assert_eq!(semaphore.available_permits(), 3);
    semaphore.try_acquire(1).unwrap().forget();
    assert_eq!(semaphore.available_permits(), 2);
    semaphore.add_permits(5);
    assert_eq!(semaphore.forget_permits(4), 4);
    assert_eq!(semaphore.forget_permits(9), 3); // no more are there
    semaphore.try_acquire(0).unwrap().forget(); // nothing is always there
    semaphore.try_acquire(1).unwrap_err();
}

#[test]
fn a_task_waits_until_permits_come_back() {
    let trace = trace(|| {
        block_on_alone(async {
            let semaphore = Rc::new(Semaphore::new(2));
            let permit = semaphore.acquire(2).await.unwrap();
            let own = semaphore.clone();
            let waiting = spawn(async move { own.acquire(1).await.unwrap().forget() });
            yield_now().await;
            drop(permit);
            waiting.await.unwrap();
            semaphore.add_permits(1);
        });
    });
    assert_trace(
        &only(&trace, &["acquired", "released", "waiting", "woken"])[1..],
        &[
            "acquired semaphore=1 permits=2 left=0 task=0",
            "woken task=1 by=task:0 class=normal",
            "woken task=0 by=task:0 class=normal",
            "waiting task=1 on=semaphore:1",
            "released semaphore=1 permits=2 left=2 task=0",
            "woken task=1 by=task:0 class=normal",
            "waiting task=0 on=task:1",
            "acquired semaphore=1 permits=1 left=1 task=1",
            "woken task=0 by=task:1 class=normal",
            "released semaphore=1 permits=1 left=2 task=0",
        ],
    );
}

#[test]
fn who_wants_many_is_not_passed_by_those_behind_that_want_few() {
    block_on(async {
        let semaphore = Rc::new(Semaphore::new(1));
        let (own, few) = (semaphore.clone(), semaphore.clone());
        let many = spawn(async move { own.acquire(3).await.unwrap().forget() });
        let few = spawn(async move { few.acquire(1).await.unwrap().forget() });
        yield_now().await;
        semaphore.try_acquire(1).unwrap_err(); // nor by those that try
        semaphore.add_permits(2);
        many.await.unwrap();
        assert!(!few.is_finished());
        semaphore.add_permits(1);
        few.await.unwrap();
    });
}

#[test]
fn many_permits_that_come_at_once_wake_many() {
    block_on(async {
        let semaphore = Rc::new(Semaphore::new(0));
        let tasks = [1, 2, 3].map(|count| {
            let semaphore = semaphore.clone();
            spawn(async move { semaphore.acquire(count).await.unwrap().forget() })
        });
        yield_now().await;
        semaphore.add_permits(7);
        assert_eq!(semaphore.available_permits(), 1);
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(semaphore.available_permits(), 1);
    });
}

#[test]
fn who_waits_first_and_gives_up_lets_those_behind_that_want_less_go_on() {
    block_on(async {
        let semaphore = Semaphore::new(2);
        let (mut many, mut few, mut fewer) = (
            semaphore.acquire(3),
            semaphore.acquire(1),
            semaphore.acquire(1),
        );
        for waiting in [&mut many, &mut few, &mut fewer] {
            assert!(poll_once(waiting).is_pending());
        }
        drop(many);
        assert!(poll_once(&mut few).is_ready());
        assert!(poll_once(&mut fewer).is_ready());
    });
}

#[test]
fn after_the_close_whoever_waits_was_woken_or_comes_gets_an_error() {
    block_on(async {
        let semaphore = Semaphore::new(1);
        let held = semaphore.acquire(1).await.unwrap();
        let (mut woken, mut waiting) = (semaphore.acquire(1), semaphore.acquire(1));
        assert!(poll_once(&mut woken).is_pending());
        assert!(poll_once(&mut waiting).is_pending());
        drop(held); // granted to the first
        assert_eq!(semaphore.available_permits(), 0);
        semaphore.close();
        assert!(semaphore.is_closed());
        for future in [&mut woken, &mut waiting, &mut semaphore.acquire(1)] {
            let Poll::Ready(Err(AcquireError)) = poll_once(future) else {
                panic!("it should have failed");
            };
        }
        let tried = semaphore.try_acquire(1).unwrap_err();
        assert_eq!(tried, TryAcquireError::Closed);
        assert_eq!(semaphore.available_permits(), 1); // what was granted came back
        assert_eq!(AcquireError.to_string(), tried.to_string());
    });
}

#[test]
fn a_waiting_task_is_woken_by_the_close() {
    block_on(async {
        let semaphore = Rc::new(Semaphore::new(0));
        let own = semaphore.clone();
        let waiting = spawn(async move { own.acquire(1).await.is_err() });
        yield_now().await;
        semaphore.close();
        assert!(waiting.await.unwrap());
    });
}

#[test]
fn a_permit_goes_along_with_a_task() {
    block_on(async {
        let semaphore = Semaphore::new(1);
        let permit = semaphore.acquire(1).await.unwrap();
        drop(semaphore);
        spawn(async move { drop(permit) }).await.unwrap();
    });
}

#[test]
#[should_panic(expected = "no more than usize::MAX permits")]
fn more_permits_than_can_be_counted_are_refused() {
    Semaphore::new(1).add_permits(usize::MAX);
}

#[test]
fn there_is_always_room_for_permits_that_come_back() {
    let semaphore = Semaphore::new(usize::MAX);
    let held = semaphore.try_acquire(1).unwrap();
    // As many as can be counted are there or held: no new one fits in.
    catch_unwind(AssertUnwindSafe(|| semaphore.add_permits(1))).unwrap_err();
    drop(held);
    assert_eq!(semaphore.available_permits(), usize::MAX);

    // In the place of those that are forgotten new ones fit in.
    semaphore.try_acquire(2).unwrap().forget();
    assert_eq!(semaphore.forget_permits(1), 1);
    semaphore.add_permits(3);
    assert_eq!(semaphore.available_permits(), usize::MAX);
}
