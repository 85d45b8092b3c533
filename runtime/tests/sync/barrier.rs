//! The barrier: all go on together, one of them as the leader, again and again.

use crate::support::{assert_trace, only, trace};
use crate::{block_on, block_on_alone, poll_once};
use runtime::sync::Barrier;
use runtime::{spawn, timeout, yield_now};
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

#[test]
fn the_last_to_arrive_opens_the_barrier_and_is_the_leader() {
    let trace = trace(|| {
        block_on_alone(async {
            let barrier = Rc::new(Barrier::new(3));
            let tasks = [(); 2].map(|()| {
                let barrier = barrier.clone();
                spawn(async move { barrier.wait().await.is_leader() })
            });
            yield_now().await;
            assert!(barrier.wait().await.is_leader());
            for task in tasks {
                assert!(!task.await.unwrap());
            }
        });
    });
    assert_trace(
        &only(&trace, &["arrived", "waiting", "woken"])[4..],
        &[
            "arrived barrier=1 count=1 of=3 task=1",
            "waiting task=1 on=barrier:1",
            "arrived barrier=1 count=2 of=3 task=2",
            "waiting task=2 on=barrier:1",
            "arrived barrier=1 count=3 of=3 task=0",
            "woken task=1 by=task:0 class=normal",
            "woken task=2 by=task:0 class=normal",
            "waiting task=0 on=task:1",
            "woken task=0 by=task:1 class=normal",
        ],
    );
}

#[test]
fn a_barrier_is_used_again_and_nobody_is_a_round_ahead() {
    block_on(async {
        let barrier = Rc::new(Barrier::new(3));
        let rounds = Rc::new(std::cell::RefCell::new([0; 3]));
        let tasks = [0, 1, 2].map(|who| {
            let (barrier, rounds) = (barrier.clone(), rounds.clone());
            spawn(async move {
                let mut led = 0;
                for round in 0..5 {
                    rounds.borrow_mut()[who] = round;
                    assert!(rounds.borrow().iter().all(|other| other + 1 >= round));
                    for _ in 0..who {
                        yield_now().await;
                    }
                    led += usize::from(barrier.wait().await.is_leader());
                }
                led
            })
        });
        let mut leaders = 0;
        for task in tasks {
            leaders += task.await.unwrap();
        }
        assert_eq!(leaders, 5);
    });
}

#[test]
fn a_task_that_gives_up_before_the_barrier_opens_takes_its_arrival_back() {
    block_on(async {
        let barrier = Barrier::new(2);
        let limited = timeout(Duration::from_millis(1), barrier.wait()).await;
        assert!(limited.is_err());
        let mut first = barrier.wait();
        assert!(poll_once(&mut first).is_pending()); // it is the first again
        assert!(barrier.wait().await.is_leader());
        let Poll::Ready(result) = poll_once(&mut first) else {
            panic!("the barrier is open");
        };
        assert!(!result.is_leader());
    });
}

#[test]
fn a_task_that_gives_up_after_the_barrier_opened_changes_nothing() {
    block_on(async {
        let barrier = Barrier::new(2);
        let mut first = barrier.wait();
        assert!(poll_once(&mut first).is_pending());
        assert!(barrier.wait().await.is_leader());
        drop(first);
        assert!(poll_once(&mut barrier.wait()).is_pending()); // the next round begins with one
    });
}

#[test]
fn a_barrier_for_nobody_or_one_is_always_open() {
    block_on(async {
        assert!(Barrier::new(0).wait().await.is_leader());
        assert!(Barrier::new(1).wait().await.is_leader());
    });
}
