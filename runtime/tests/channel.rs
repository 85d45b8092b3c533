//! Channels: order, room, closing, and waiters that give up.

mod support;

use runtime::sync::{Receiver, RecvError, SendError, TryRecvError, TrySendError, channel};
use runtime::{Clock, EventLoop, JoinHandle, sleep, spawn, timeout, yield_now};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use support::{assert_trace, only, trace};

/// Runs `main` in virtual time.
fn block_on<T>(main: impl Future<Output = T>) -> T {
    EventLoop::new(Clock::Virtual).block_on(main)
}

/// A task that receives one value.
fn receive<T: 'static>(receiver: &Receiver<T>) -> JoinHandle<Result<T, RecvError>> {
    let receiver = receiver.clone();
    spawn(async move { receiver.recv().await })
}

#[test]
fn values_leave_in_the_order_in_which_they_came() {
    block_on(async {
        let (sender, receiver) = channel(2);
        let producer = spawn(async move {
            for n in 0..10 {
                sender.send(n).await.unwrap();
            }
        });
        for n in 0..10 {
            assert_eq!(receiver.recv().await, Ok(n));
        }
        producer.await.unwrap();
        assert_eq!(receiver.recv().await, Err(RecvError));
    });
}

#[test]
fn a_sender_waits_while_the_channel_is_full() {
    let trace = trace(|| {
        block_on(async {
            let (sender, receiver) = channel(1);
            let producer = spawn(async move {
                sender.send('a').await.unwrap();
                sender.send('b').await.unwrap();
            });
            yield_now().await;
            assert_eq!(receiver.recv().await, Ok('a'));
            producer.await.unwrap();
            assert_eq!(receiver.recv().await, Ok('b'));
        });
    });
    assert_trace(
        &trace[9..],
        &[
            "turn turn=2 ready=2",
            "polled task=1",
            "sent channel=1 len=1 cap=1 task=1",
            "waiting task=1 on=channel:1",
            "pending task=1 ran=0",
            "polled task=0",
            "received channel=1 len=0 cap=1 task=0",
            "woken task=1 by=task:0 class=normal",
            "waiting task=0 on=task:1",
            "pending task=0 ran=0",
            "turn turn=3 ready=1",
            "polled task=1",
            "sent channel=1 len=1 cap=1 task=1",
            "closed channel=1 len=1 cap=1 task=1", // the only sender is dropped
            "completed task=1 ran=0",
            "woken task=0 by=task:1 class=normal",
            "turn turn=4 ready=1",
            "polled task=0",
            "joined task=1 by=task:0",
            "received channel=1 len=0 cap=1 task=0", // what was inside still comes out
            "closed channel=1 len=0 cap=1 task=0",
            "completed task=0 ran=0",
            "ended turns=4 polls=5 left=0",
        ],
    );
}

#[test]
fn receivers_are_served_in_the_order_in_which_they_came() {
    block_on(async {
        let (sender, receiver) = channel(3);
        let waiting: Vec<_> = (0..3).map(|_| receive(&receiver)).collect();
        yield_now().await;
        for n in 0..3 {
            sender.send(n).await.unwrap();
        }
        for (n, task) in waiting.into_iter().enumerate() {
            assert_eq!(task.await.unwrap(), Ok(n));
        }
    });
}

#[test]
fn nobody_takes_what_another_was_woken_for() {
    block_on(async {
        let (sender, receiver) = channel(1);
        let first = receive(&receiver);
        yield_now().await;
        sender.send("for the first").await.unwrap(); // wakes it; it has not run yet
        let greedy = timeout(Duration::from_secs(1), receiver.recv()).await;
        assert!(greedy.is_err(), "{greedy:?}");
        assert_eq!(first.await.unwrap(), Ok("for the first"));
    });
}

#[test]
fn no_sender_takes_the_room_that_another_was_woken_for() {
    block_on(async {
        let (sender, receiver) = channel(1);
        sender.send(0).await.unwrap();
        let own = sender.clone();
        let first = spawn(async move { own.send(1).await });
        yield_now().await;
        assert_eq!(receiver.recv().await, Ok(0)); // wakes the first; it has not run yet
        let greedy = timeout(Duration::from_secs(1), sender.send(2)).await;
        assert!(greedy.is_err(), "{greedy:?}");
        assert_eq!(receiver.recv().await, Ok(1));
        first.await.unwrap().unwrap();
    });
}

#[test]
fn a_receiver_that_gives_up_before_a_value_comes_is_passed_over() {
    block_on(async {
        let (sender, receiver) = channel(1);
        let (first, second) = (receive(&receiver), receive(&receiver));
        yield_now().await;
        first.abort();
        yield_now().await;
        sender.send(1).await.unwrap();
        assert_eq!(second.await.unwrap(), Ok(1));
    });
}

#[test]
fn a_receiver_that_gives_up_after_its_wake_passes_the_value_on() {
    let trace = trace(|| {
        block_on(async {
            let (sender, receiver) = channel(1);
            let (first, second) = (receive(&receiver), receive(&receiver));
            yield_now().await;
            sender.send(1).await.unwrap(); // wakes the first
            first.abort();
            assert_eq!(second.await.unwrap(), Ok(1));
        });
    });
    assert_trace(
        &only(&trace, &["sent", "woken", "cancelled", "received"])[4..],
        &[
            "sent channel=1 len=1 cap=1 task=0",
            "woken task=1 by=task:0 class=normal",
            "woken task=1 by=task:0 class=normal already=true", // abort
            "woken task=2 by=task:1 class=normal",              // passed on
            "cancelled task=1 ran=0 by=task:0",
            "received channel=1 len=0 cap=1 task=2",
            "woken task=0 by=task:2 class=normal",
        ],
    );
}

#[test]
fn a_sender_that_gives_up_after_its_wake_passes_the_room_on() {
    block_on(async {
        let (sender, receiver) = channel(1);
        sender.send(0).await.unwrap();
        let send = |n| {
            let sender = sender.clone();
            spawn(async move { sender.send(n).await })
        };
        let (first, second) = (send(1), send(2));
        yield_now().await;
        assert_eq!(receiver.recv().await, Ok(0)); // wakes the first
        first.abort();
        second.await.unwrap().unwrap();
        assert_eq!(receiver.recv().await, Ok(2));
        assert!(first.await.unwrap_err().is_cancelled());
    });
}

#[test]
fn a_timeout_around_recv_loses_no_value() {
    block_on(async {
        let (sender, receiver) = channel(1);
        let producer = spawn(async move {
            for n in 0..20 {
                sleep(Duration::from_millis(3)).await;
                sender.send(n).await.unwrap();
            }
        });
        let mut values = Vec::new();
        loop {
            match timeout(Duration::from_millis(2), receiver.recv()).await {
                Ok(Ok(n)) => values.push(n),
                Ok(Err(RecvError)) => break,
                Err(_) => {}
            }
        }
        producer.await.unwrap();
        assert_eq!(values, (0..20).collect::<Vec<_>>());
    });
}

#[test]
fn without_receivers_a_value_comes_back() {
    block_on(async {
        let (sender, receiver) = channel(1);
        sender.send("inside").await.unwrap();
        let own = sender.clone();
        let waiting = spawn(async move { own.send("waiting").await });
        yield_now().await;
        drop(receiver);
        assert_eq!(waiting.await.unwrap(), Err(SendError("waiting")));
        assert_eq!(sender.send("late").await, Err(SendError("late")));
        let error = SendError(0);
        assert_eq!(error.to_string(), "every receiver is gone");
    });
}

#[test]
fn without_senders_every_waiting_receiver_gives_up() {
    block_on(async {
        let (sender, receiver) = channel::<u8>(1);
        let waiting = [receive(&receiver), receive(&receiver)];
        yield_now().await;
        drop(sender.clone()); // not the last
        yield_now().await;
        assert!(!waiting[0].is_finished());
        drop(sender);
        for task in waiting {
            assert_eq!(task.await.unwrap(), Err(RecvError));
        }
    });
}

#[test]
fn a_waiting_receiver_still_gets_a_value_that_another_gives_back_after_the_close() {
    block_on(async {
        let (sender, receiver) = channel(1);
        let first = receive(&receiver);
        yield_now().await;
        sender.send(1).await.unwrap(); // granted to the first
        drop(sender);
        let second = receive(&receiver);
        first.abort();
        assert_eq!(second.await.unwrap(), Ok(1));
        assert_eq!(receiver.recv().await, Err(RecvError));
    });
}

#[test]
fn a_waiting_receiver_gives_up_when_another_took_the_last_value_after_the_close() {
    block_on(async {
        let (sender, receiver) = channel(1);
        let (first, second) = (receive(&receiver), receive(&receiver));
        yield_now().await;
        sender.send(1).await.unwrap(); // granted to the first
        drop(sender); // the second goes on waiting: the value might be given back
        assert_eq!(first.await.unwrap(), Ok(1));
        assert_eq!(second.await.unwrap(), Err(RecvError));
    });
}

#[test]
fn a_values_destructor_may_use_the_channel_it_was_in() {
    /// Sends into a channel of its own kind when it is dropped.
    struct Reply(runtime::sync::Sender<u8>);
    impl Drop for Reply {
        fn drop(&mut self) {
            drop(self.0.clone());
        }
    }
    block_on(async {
        let seen = Rc::new(RefCell::new(0));
        let (reply, replies) = channel(1);
        let (sender, receiver) = channel(2);
        sender.send(Reply(reply.clone())).await.unwrap();
        sender.send(Reply(reply)).await.unwrap();
        drop(receiver); // drops both values
        *seen.borrow_mut() += 1;
        assert_eq!(replies.recv().await, Err(RecvError));
        assert!(sender.send(Reply(channel(1).0)).await.is_err());
    });
}

#[test]
fn a_channel_may_be_made_and_dropped_outside_of_a_loop() {
    let (sender, receiver) = channel(1);
    block_on(async { sender.send(4).await.unwrap() });
    assert_eq!(block_on(receiver.recv()), Ok(4));
    drop(receiver);
}

#[test]
#[should_panic(expected = "a channel needs room for at least one value")]
fn a_channel_without_room_is_refused() {
    let _ = channel::<()>(0);
}

/// Panics when it is dropped, if it says so.
struct Loud(bool);

impl Drop for Loud {
    fn drop(&mut self) {
        assert!(!self.0, "a value's own panic");
    }
}

#[test]
fn senders_are_woken_though_a_value_panics_when_it_is_dropped() {
    block_on(async {
        let (sender, receiver) = channel(1);
        assert!(sender.send(Loud(true)).await.is_ok());
        let waiting = spawn(async move { sender.send(Loud(false)).await.is_err() });
        yield_now().await; // it waits for room
        assert!(
            spawn(async { drop(receiver) })
                .await
                .unwrap_err()
                .is_panic()
        );
        let gave_up = timeout(Duration::from_millis(1), waiting).await;
        assert!(gave_up.expect("the sender was woken").unwrap());
    });
}

#[test]
fn trying_does_not_wait() {
    let (sender, receiver) = channel(1); // it needs no loop
    assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
    assert_eq!(sender.try_send(1), Ok(()));
    assert_eq!(sender.try_send(2), Err(TrySendError::Full(2)));
    assert_eq!((sender.len(), receiver.len()), (1, 1));
    assert_eq!((sender.capacity(), receiver.capacity()), (Some(1), Some(1)));
    assert!(!sender.is_closed() && !receiver.is_closed());
    drop(sender);
    assert!(receiver.is_closed() && !receiver.is_empty());
    assert_eq!(receiver.try_recv(), Ok(1)); // what was inside still comes out
    assert_eq!(receiver.try_recv(), Err(TryRecvError::Disconnected));
}

#[test]
fn trying_takes_nothing_that_another_was_woken_for() {
    block_on(async {
        let (sender, receiver) = channel(1);
        let first = receive(&receiver);
        yield_now().await;
        sender.try_send(1).unwrap(); // wakes it; it has not run yet
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
        assert_eq!(first.await.unwrap(), Ok(1));
        sender.try_send(2).unwrap();
        let own = sender.clone();
        let waiting = spawn(async move { own.send(3).await });
        yield_now().await;
        assert_eq!(receiver.try_recv(), Ok(2)); // wakes the sender
        assert_eq!(sender.try_send(4), Err(TrySendError::Full(4)));
        waiting.await.unwrap().unwrap();
        drop(receiver);
        let closed = sender.try_send(5).unwrap_err();
        assert!(sender.is_closed());
        assert_eq!(closed.into_inner(), 5);
    });
}

#[test]
fn each_value_goes_to_one_of_many_receivers() {
    block_on(async {
        let (sender, receiver) = channel(2);
        let receivers = [(); 3].map(|()| {
            let receiver = receiver.clone();
            spawn(async move {
                let mut values = Vec::new();
                while let Ok(value) = receiver.recv().await {
                    values.push(value);
                    yield_now().await;
                }
                values
            })
        });
        for n in 0..30 {
            sender.send(n).await.unwrap();
        }
        drop(sender);
        let mut values = Vec::new();
        for task in receivers {
            let mut own = task.await.unwrap();
            assert!(!own.is_empty());
            values.append(&mut own);
        }
        values.sort_unstable();
        assert_eq!(values, (0..30).collect::<Vec<_>>());
    });
}

#[test]
fn values_left_inside_are_dropped_with_the_last_receiver() {
    let value = Rc::new(());
    let (sender, receiver) = channel(2);
    sender.try_send(value.clone()).unwrap();
    drop(receiver.clone()); // not the last
    assert_eq!(Rc::strong_count(&value), 2);
    drop(receiver);
    assert_eq!(Rc::strong_count(&value), 1);
}

#[test]
fn a_value_that_panics_when_it_is_dropped_takes_no_other_with_it() {
    block_on(async {
        let value = Rc::new(());
        let (sender, receiver) = channel(2);
        sender.try_send((Loud(true), value.clone())).unwrap();
        sender.try_send((Loud(false), value.clone())).unwrap();
        let dropped = spawn(async { drop(receiver) }).await;
        assert!(dropped.unwrap_err().is_panic());
        assert_eq!(Rc::strong_count(&value), 1);
    });
}

#[test]
fn a_value_that_was_not_sent_is_dropped_with_its_future() {
    block_on(async {
        let value = Rc::new(());
        let (sender, _receiver) = channel(1);
        sender.send(value.clone()).await.unwrap();
        let limited = timeout(Duration::from_millis(1), sender.send(value.clone())).await;
        assert!(limited.is_err());
        assert_eq!((Rc::strong_count(&value), sender.len()), (2, 1));
    });
}
