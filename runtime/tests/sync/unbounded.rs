//! The unbounded channel: to send never waits.

use crate::support::{assert_trace, only, trace};
use crate::{block_on, block_on_alone};
use runtime::spawn;
use runtime::sync::{RecvError, SendError, unbounded};

#[test]
fn values_come_out_in_the_order_in_which_they_went_in() {
    let trace = trace(|| {
        block_on_alone(async {
            let (sender, receiver) = unbounded();
            assert_eq!(receiver.capacity(), None);
            let consumer = spawn(async move {
                assert_eq!(receiver.recv().await, Ok('a'));
                assert_eq!(receiver.recv().await, Ok('b'));
                assert_eq!(receiver.recv().await, Err(RecvError));
            });
            sender.send('a').unwrap();
            sender.clone().send('b').unwrap();
            assert_eq!(sender.len(), 2);
            drop(sender);
            consumer.await.unwrap();
        });
    });
    assert_trace(
        &only(&trace, &["sent", "received", "closed"]),
        &[
            "sent channel=1 len=1 cap=- task=0",
            "sent channel=1 len=2 cap=- task=0",
            "closed channel=1 len=2 cap=- task=0",
            "received channel=1 len=1 cap=- task=1",
            "received channel=1 len=0 cap=- task=1",
            "closed channel=1 len=0 cap=- task=1",
        ],
    );
}

#[test]
fn sending_fails_when_every_receiver_is_gone() {
    let (sender, receiver) = unbounded(); // it needs no loop
    sender.send(1).unwrap();
    drop(receiver);
    assert!(sender.is_closed() && sender.is_empty());
    assert_eq!(sender.send(2), Err(SendError(2)));
}

#[test]
fn a_sent_value_wakes_the_receiver() {
    block_on(async {
        let (sender, receiver) = unbounded();
        let consumer = spawn(async move { receiver.recv().await });
        runtime::yield_now().await;
        sender.send(3).unwrap();
        assert_eq!(consumer.await.unwrap(), Ok(3));
    });
}
