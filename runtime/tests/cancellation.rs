//! Cancellation tokens: who hears of it, in which order, and what is left behind.

mod support;

use runtime::{CancellationToken, Clock, EventLoop, now, sleep, spawn, timeout, yield_now};
use std::cell::RefCell;
use std::future::{pending, ready};
use std::rc::Rc;
use std::time::Duration;
use support::{assert_trace, only, records, trace};

/// So many milliseconds.
const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// Runs `main` in virtual time.
fn block_on<T>(main: impl Future<Output = T>) -> T {
    EventLoop::new(Clock::Virtual).block_on(main)
}

#[test]
fn everybody_who_waits_for_a_token_is_woken_once_it_is_cancelled() {
    let trace = trace(|| {
        block_on(async {
            let token = CancellationToken::new();
            let tasks = [(); 2].map(|()| {
                let token = token.clone();
                spawn(async move { token.cancelled().await })
            });
            yield_now().await;
            assert!(!token.is_cancelled());
            token.cancel();
            token.cancel(); // once is enough
            assert!(token.is_cancelled());
            for task in tasks {
                task.await.unwrap();
            }
            token.cancelled().await; // at once
        });
    });
    assert_trace(
        &only(&trace, &["waiting", "notified", "woken", "completed"])[4..],
        &[
            "waiting task=1 on=notify:1",
            "waiting task=2 on=notify:1",
            "notified notify=1 woke=2 task=0",
            "woken task=1 by=task:0 class=normal",
            "woken task=2 by=task:0 class=normal",
            "waiting task=0 on=task:1",
            "completed task=1 ran=0",
            "woken task=0 by=task:1 class=normal",
            "completed task=2 ran=0",
            "completed task=0 ran=0",
        ],
    );
}

#[test]
fn a_child_is_cancelled_with_its_parent_and_not_the_other_way() {
    let parent = CancellationToken::new();
    let (one, other) = (parent.child_token(), parent.child_token());
    let grandchild = one.child_token();
    one.cancel();
    assert!(one.is_cancelled() && grandchild.is_cancelled());
    assert!(!parent.is_cancelled() && !other.is_cancelled());
    parent.cancel();
    assert!(other.is_cancelled());
    assert!(parent.child_token().is_cancelled(), "born cancelled");
}

#[test]
fn a_grandchild_is_cancelled_though_its_parent_was_dropped() {
    let token = CancellationToken::new();
    let grandchild = token.child_token().child_token();
    token.cancel();
    assert!(grandchild.is_cancelled());
}

#[test]
fn descendants_are_cancelled_before_anybody_hears_and_hear_in_order() {
    let order = Rc::new(RefCell::new(Vec::new()));
    block_on(async {
        let token = CancellationToken::new();
        let first = token.child_token();
        let below = first.child_token();
        let second = token.child_token();
        let all = [
            ("second", second),
            ("below", below),
            ("first", first),
            ("token", token.clone()),
        ];
        let last = all[0].1.clone();
        for (name, own) in all {
            let (order, last) = (order.clone(), last.clone());
            drop(spawn(async move {
                own.cancelled().await;
                assert!(last.is_cancelled());
                order.borrow_mut().push(name);
            }));
        }
        yield_now().await;
        token.cancel();
        yield_now().await;
    });
    assert_eq!(order.take(), ["token", "first", "below", "second"]);
}

#[test]
fn a_future_runs_until_it_is_over_or_its_token_is_cancelled() {
    block_on(async {
        let token = CancellationToken::new();
        let over = token.run_until_cancelled(async {
            sleep(ms(3)).await;
            7
        });
        assert_eq!(over.await, Some(7));
        let own = token.clone();
        drop(spawn(async move {
            sleep(ms(2)).await;
            own.cancel();
        }));
        assert_eq!(token.run_until_cancelled(sleep(ms(9))).await, None);
        assert_eq!(now(), ms(5));
        let never = token.run_until_cancelled(async { panic!("it runs") });
        assert_eq!(never.await, None::<()>);
        assert_eq!(token.run_until_cancelled(ready(())).await, None);
    });
}

#[test]
fn whoever_gives_up_listening_leaves_no_waiter() {
    let records = records(|| {
        block_on(async {
            let token = CancellationToken::new();
            timeout(ms(1), token.cancelled()).await.unwrap_err();
            let listens = token.run_until_cancelled(sleep(ms(1)));
            assert_eq!(listens.await, Some(()));
            let mut task = spawn(token.run_until_cancelled(pending::<()>()));
            timeout(ms(1), &mut task).await.unwrap_err();
            task.abort();
            task.await.unwrap_err();
            token.cancel();
        });
    });
    let notified: Vec<_> = records
        .iter()
        .filter(|record| record.name == "notified")
        .collect();
    assert_eq!(notified.len(), 1);
    assert_eq!(notified[0].get("woke"), Some("0"));
}

#[test]
fn a_chain_of_a_hundred_thousand_children_is_cancelled_and_dropped() {
    let token = CancellationToken::new();
    let mut last = token.child_token();
    for _ in 0..100_000 {
        last = last.child_token();
    }
    token.cancel();
    assert!(last.is_cancelled());
    drop(token);
    drop(last); // one ancestor after the other, not one within the other
}

#[test]
fn a_token_may_be_cancelled_outside_of_a_loop() {
    let token = CancellationToken::new();
    let mut event_loop = EventLoop::new(Clock::Virtual);
    let own = token.clone();
    let task = event_loop.spawn(async move { own.cancelled().await });
    event_loop.block_on(yield_now()); // the task waits
    token.cancel();
    event_loop.block_on(task).unwrap();
}
