//! The oneshot channel: one value, or the news that there will be none.

use crate::support::{assert_trace, only, trace};
use crate::{block_on, block_on_alone, poll_once};
use runtime::sync::{RecvError, SendError, TryRecvError, oneshot};
use runtime::{spawn, timeout, yield_now};
use std::time::Duration;

#[test]
fn the_value_comes_out_once() {
    let trace = trace(|| {
        block_on_alone(async {
            let (sender, mut receiver) = oneshot();
            drop(spawn(async move { sender.send(7) }));
            assert_eq!((&mut receiver).await, Ok(7));
            assert_eq!(receiver.await, Err(RecvError));
        });
    });
    assert_trace(
        &only(&trace, &["sent", "received", "waiting", "closed", "woken"])[2..],
        &[
            "waiting task=0 on=channel:1",
            "sent channel=1 len=1 cap=1 task=1",
            "woken task=0 by=task:1 class=normal",
            "closed channel=1 len=1 cap=1 task=1",
            "received channel=1 len=0 cap=1 task=0",
            "closed channel=1 len=0 cap=1 task=0",
        ],
    );
}

#[test]
fn receiving_fails_when_the_sender_is_dropped_unused() {
    block_on(async {
        let (sender, receiver) = oneshot::<u8>();
        let waiting = spawn(receiver);
        yield_now().await;
        drop(sender);
        assert_eq!(waiting.await.unwrap(), Err(RecvError));
    });
}

#[test]
fn sending_fails_when_the_receiver_is_gone() {
    let (sender, receiver) = oneshot();
    assert!(!sender.is_closed());
    drop(receiver);
    assert!(sender.is_closed());
    assert_eq!(sender.send(1), Err(SendError(1)));
}

#[test]
fn trying_does_not_wait() {
    let (sender, mut receiver) = oneshot(); // it needs no loop
    assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
    sender.send(1).unwrap();
    assert_eq!(receiver.try_recv(), Ok(1));
    assert_eq!(receiver.try_recv(), Err(TryRecvError::Disconnected));
}

#[test]
fn a_receiver_that_was_woken_may_try() {
    block_on(async {
        let (sender, mut receiver) = oneshot();
        assert!(poll_once(&mut receiver).is_pending());
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
        sender.send(1).unwrap();
        assert_eq!(receiver.try_recv(), Ok(1));
    });
}

#[test]
fn a_timeout_around_the_receiver_loses_no_value() {
    block_on(async {
        let (sender, mut receiver) = oneshot();
        let limited = timeout(Duration::from_millis(1), &mut receiver).await;
        assert!(limited.is_err());
        sender.send(1).unwrap();
        assert_eq!(receiver.await, Ok(1));
    });
}
