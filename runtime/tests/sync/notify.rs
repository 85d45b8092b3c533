//! Notify: one is stored, all are woken, and nothing is lost.

use crate::support::{assert_trace, only, trace};
use crate::{block_on, block_on_alone, poll_once};
use runtime::sync::Notify;
use runtime::{spawn, yield_now};
use std::rc::Rc;

#[test]
fn a_notification_without_a_waiter_is_stored_once() {
    block_on(async {
        let notify = Notify::new();
        notify.notify_one();
        notify.notify_one(); // which is to do it once
        notify.notified().await;
        assert!(poll_once(&mut notify.notified()).is_pending());
    });
}

#[test]
fn waiting_tasks_are_notified_one_by_one_in_order_or_all_at_once() {
    let trace = trace(|| {
        block_on_alone(async {
            let notify = Rc::new(Notify::new());
            let tasks = [(); 3].map(|()| {
                let notify = notify.clone();
                spawn(async move { notify.notified().await })
            });
            yield_now().await;
            notify.notify_one();
            notify.notify_all();
            for task in tasks {
                task.await.unwrap();
            }
        });
    });
    assert_trace(
        &only(&trace, &["notified", "waiting", "woken", "completed"])[5..],
        &[
            "waiting task=1 on=notify:1",
            "waiting task=2 on=notify:1",
            "waiting task=3 on=notify:1",
            "notified notify=1 woke=1 task=0",
            "woken task=1 by=task:0 class=normal",
            "notified notify=1 woke=2 task=0",
            "woken task=2 by=task:0 class=normal",
            "woken task=3 by=task:0 class=normal",
            "waiting task=0 on=task:1",
            "completed task=1 ran=0",
            "woken task=0 by=task:1 class=normal",
            "completed task=2 ran=0",
            "completed task=3 ran=0",
            "completed task=0 ran=0",
        ],
    );
}

#[test]
fn notifying_all_stores_nothing() {
    block_on(async {
        let notify = Notify::new();
        notify.notify_all();
        assert!(poll_once(&mut notify.notified()).is_pending());
    });
}

#[test]
fn who_asked_before_all_were_notified_need_not_have_been_polled() {
    block_on(async {
        let notify = Notify::new();
        let early = notify.notified();
        notify.notify_all();
        early.await;
    });
}

#[test]
fn a_task_that_was_notified_and_gives_up_passes_it_on() {
    block_on(async {
        let notify = Notify::new();
        let (mut first, mut second) = (notify.notified(), notify.notified());
        assert!(poll_once(&mut first).is_pending());
        assert!(poll_once(&mut second).is_pending());
        notify.notify_one();
        drop(first);
        assert!(poll_once(&mut second).is_ready());
    });
}

#[test]
fn what_the_last_passes_on_is_stored() {
    block_on(async {
        let notify = Notify::new();
        let mut only = notify.notified();
        assert!(poll_once(&mut only).is_pending());
        notify.notify_one();
        drop(only);
        notify.notified().await;
    });
}

#[test]
fn what_all_were_notified_of_is_not_passed_on() {
    block_on(async {
        let notify = Notify::new();
        let mut first = notify.notified();
        assert!(poll_once(&mut first).is_pending());
        notify.notify_all();
        drop(first);
        assert!(poll_once(&mut notify.notified()).is_pending());
    });
}

#[test]
fn one_who_was_notified_alone_before_all_were_still_passes_it_on() {
    block_on(async {
        let notify = Notify::new();
        let mut first = notify.notified();
        assert!(poll_once(&mut first).is_pending());
        notify.notify_one();
        notify.notify_all();
        drop(first);
        notify.notified().await;
    });
}
