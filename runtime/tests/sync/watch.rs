//! Watch: the latest value, who has seen it, and who hears of the next.

use crate::support::{assert_trace, only, trace};
use crate::{block_on, block_on_alone, poll_once};
use runtime::sync::{RecvError, SendError, watch};
use runtime::{spawn, timeout, yield_now};
use std::rc::Rc;
use std::time::Duration;

#[test]
fn every_receiver_hears_of_a_change_and_sees_the_latest_value() {
    let trace = trace(|| {
        block_on_alone(async {
            let (sender, mut receiver) = watch(0);
            let mut other = receiver.clone();
            let waiting = spawn(async move {
                other.changed().await.unwrap();
                *other.borrow()
            });
            yield_now().await;
            sender.send(1).unwrap();
            sender.send(2).unwrap();
            assert_eq!(waiting.await.unwrap(), 2);
            receiver.changed().await.unwrap();
            assert_eq!(*receiver.borrow(), 2);
            assert!(!receiver.has_changed());
        });
    });
    assert_trace(
        &only(&trace, &["sent", "received", "waiting", "woken", "closed"])[3..],
        &[
            "waiting task=1 on=channel:1",
            "sent channel=1 len=1 cap=1 task=0",
            "woken task=1 by=task:0 class=normal",
            "sent channel=1 len=1 cap=1 task=0", // which replaces the first
            "waiting task=0 on=task:1",
            "received channel=1 len=1 cap=1 task=1", // which leaves it there
            "woken task=0 by=task:1 class=normal",
            "received channel=1 len=1 cap=1 task=0",
            "closed channel=1 len=1 cap=1 task=0",
            "closed channel=1 len=1 cap=1 task=0",
        ],
    );
}

#[test]
fn the_first_value_counts_as_seen_and_so_does_that_of_a_subscription() {
    block_on(async {
        let (sender, mut receiver) = watch(0);
        assert!(poll_once(&mut receiver.changed()).is_pending());
        sender.send(1).unwrap();
        assert!(!sender.subscribe().has_changed());
        assert!(receiver.clone().has_changed()); // a clone has seen what the original has
        assert_eq!(*receiver.borrow_and_update(), 1);
        assert!(!receiver.has_changed());
    });
}

#[test]
fn without_senders_the_last_value_is_heard_of_and_then_an_error() {
    block_on(async {
        let (sender, mut receiver) = watch(0);
        sender.send(1).unwrap();
        drop(sender);
        assert!(receiver.is_closed());
        assert_eq!(receiver.changed().await, Ok(()));
        assert_eq!(receiver.changed().await, Err(RecvError));
        assert_eq!(*receiver.borrow(), 1);
    });
}

#[test]
fn a_waiting_receiver_is_woken_when_the_last_sender_is_gone() {
    block_on(async {
        let (sender, mut receiver) = watch(0);
        let waiting = spawn(async move { receiver.changed().await });
        yield_now().await;
        drop(sender.clone()); // not the last
        yield_now().await;
        assert!(!waiting.is_finished());
        drop(sender);
        assert_eq!(waiting.await.unwrap(), Err(RecvError));
    });
}

#[test]
fn without_receivers_a_value_comes_back_but_may_be_replaced() {
    let (sender, receiver) = watch(0); // it needs no loop
    drop(receiver);
    assert!(sender.is_closed());
    assert_eq!(sender.send(1), Err(SendError(1)));
    assert_eq!(sender.send_replace(2), 0);
    sender.send_modify(|value| *value += 1);
    assert_eq!(*sender.borrow(), 3);
    assert!(!sender.subscribe().is_closed());
}

#[test]
fn a_timeout_around_changed_loses_no_change() {
    block_on(async {
        let (sender, mut receiver) = watch(0);
        let limited = timeout(Duration::from_millis(1), receiver.changed()).await;
        assert!(limited.is_err());
        let mut waiting = receiver.changed();
        assert!(poll_once(&mut waiting).is_pending());
        sender.send(1).unwrap(); // wakes it
        drop(waiting);
        assert_eq!(receiver.changed().await, Ok(()));
    });
}

#[test]
#[should_panic(expected = "a watched value is changed while it is borrowed")]
fn a_value_that_somebody_borrows_cannot_be_changed() {
    let (sender, receiver) = watch(0);
    let _borrowed = receiver.borrow();
    let _ = sender.send(1);
}

#[test]
fn a_replaced_values_destructor_may_look_at_the_new_one() {
    /// Looks at what replaced it.
    struct Look(Option<Rc<runtime::sync::WatchSender<Look>>>);
    impl Drop for Look {
        fn drop(&mut self) {
            if let Some(sender) = self.0.take() {
                assert!(sender.borrow().0.is_none());
            }
        }
    }
    let (sender, _receiver) = watch(Look(None));
    let sender = Rc::new(sender);
    drop(sender.send_replace(Look(Some(sender.clone()))));
    assert!(sender.send(Look(None)).is_ok());
}
