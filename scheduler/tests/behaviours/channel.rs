//! The channel: order, bounds, closing, and what the trace says.

use crate::support::{Trace, alone, join_all, ms, round_robin};
use scheduler::sync::{RecvError, SendError, TryRecvError, TrySendError, channel};
use scheduler::{Builder, Preemption, Scheduler, sleep, spawn};

#[test]
fn a_fast_producer_waits_for_room_step_by_step() {
    let trace = Trace::begin();
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let (sender, receiver) = channel(1);
            let producer = Builder::new().name("producer").spawn(move || {
                for n in 1..=2 {
                    sender.send(n).unwrap();
                }
            });
            let mut sum = 0;
            while let Ok(n) = receiver.recv() {
                sum += n;
            }
            producer.join().unwrap();
            assert_eq!(sum, 3);
        })
        .unwrap();
    trace.assert_is(
        r#"
        0 started clock=virtual tick=1000000 mode=checkpoint policy=RoundRobin cpus=1 quantum=9000000 calls=announced
        0 spawned thread=0 name="main" priority=0 weight=1
        0 runnable thread=0 why=new
        0 dispatched thread=0 cpu=0 quantum=9000000 why="it has waited longest"
        1 spawned thread=1 name="producer" priority=0 weight=1 by=thread:0
        1 runnable thread=1 why=new by=thread:0
        2 blocked thread=0 cpu=0 ran=2000000 on=channel:1  // it is empty
        2 dispatched thread=1 cpu=0 quantum=9000000 why="it has waited longest"
        3 sent channel=1 len=1 cap=1 thread=1
        3 runnable thread=0 why=unblocked by=thread:1
        4 blocked thread=1 cpu=0 ran=2000000 on=channel:1  // it is full
        4 dispatched thread=0 cpu=0 quantum=9000000 why="it has waited longest"
        4 received channel=1 len=0 cap=1 thread=0
        4 runnable thread=1 why=unblocked by=thread:0
        5 blocked thread=0 cpu=0 ran=1000000 on=channel:1
        5 dispatched thread=1 cpu=0 quantum=9000000 why="it has waited longest"
        5 sent channel=1 len=1 cap=1 thread=1
        5 runnable thread=0 why=unblocked by=thread:1
        5 closed channel=1 len=1 cap=1 thread=1            // one value is inside
        5 finished thread=1 cpu=0 ran=0
        5 dispatched thread=0 cpu=0 quantum=9000000 why="it has waited longest"
        5 received channel=1 len=0 cap=1 thread=0
        7 joined thread=1 by=thread:0                      // one tick found it closed
        7 closed channel=1 len=0 cap=1 thread=0
        7 finished thread=0 cpu=0 ran=2000000
        7 ended dispatches=5 preemptions=0 left=0
        "#,
    );
}

#[test]
fn values_come_out_in_the_order_in_which_they_went_in() {
    let _turn = alone();
    for mode in [
        Preemption::Checkpoint,
        Preemption::Never,
        Preemption::Signal,
    ] {
        Scheduler::new(mode, round_robin(1))
            .cpus(2)
            .run(|| {
                let (sender, receiver) = channel(3);
                let producer = spawn(move || (0..500).for_each(|n| sender.send(n).unwrap()));
                let values: Vec<i32> = std::iter::from_fn(|| receiver.recv().ok()).collect();
                producer.join().unwrap();
                assert!(values.into_iter().eq(0..500), "{mode:?}");
            })
            .unwrap();
    }
}

#[test]
fn each_value_goes_to_one_of_many_receivers() {
    let _turn = alone();
    for mode in [
        Preemption::Checkpoint,
        Preemption::Never,
        Preemption::Signal,
    ] {
        let total = Scheduler::new(mode, round_robin(1))
            .cpus(2)
            .run(|| {
                let (sender, receiver) = channel(2);
                let producers = [(); 3].map(|()| {
                    let sender = sender.clone();
                    spawn(move || (1..=100).for_each(|n| sender.send(n).unwrap()))
                });
                let consumers = [(); 3].map(|()| {
                    let receiver = receiver.clone();
                    spawn(move || std::iter::from_fn(|| receiver.recv().ok()).sum::<u32>())
                });
                drop((sender, receiver));
                join_all(producers);
                consumers
                    .map(|consumer| consumer.join().unwrap())
                    .iter()
                    .sum::<u32>()
            })
            .unwrap();
        assert_eq!(total, 3 * 5050, "{mode:?}");
    }
}

#[test]
fn sending_fails_when_every_receiver_is_gone() {
    let _turn = alone();
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let (sender, receiver) = channel(1);
            sender.send(1).unwrap();
            let waits = spawn(move || sender.send(2));
            scheduler::yield_now();
            drop(receiver); // wakes it
            assert_eq!(waits.join().unwrap(), Err(SendError(2)));
        })
        .unwrap();
}

#[test]
fn receiving_fails_when_empty_and_every_sender_is_gone() {
    let _turn = alone();
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let (sender, receiver) = channel(1);
            sender.send(1).unwrap();
            drop(sender);
            assert_eq!(receiver.recv(), Ok(1));
            assert_eq!(receiver.recv(), Err(RecvError));
        })
        .unwrap();
}

#[test]
fn values_left_inside_are_dropped_with_the_last_receiver() {
    let value = std::sync::Arc::new(());
    let (sender, receiver) = channel(1);
    sender.send(value.clone()).unwrap();
    drop(receiver);
    assert_eq!(std::sync::Arc::strong_count(&value), 1);
    assert!(sender.send(value).is_err());
}

#[test]
fn trying_neither_waits_to_send_nor_to_receive() {
    let (sender, receiver) = channel(1); // it needs no scheduler
    assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
    sender.try_send(1).unwrap();
    assert_eq!(sender.try_send(2), Err(TrySendError::Full(2)));
    assert_eq!(receiver.try_recv(), Ok(1));
    sender.try_send(3).unwrap();
    let other = sender.clone();
    drop(sender);
    drop(other);
    assert_eq!(receiver.try_recv(), Ok(3));
    assert_eq!(receiver.try_recv(), Err(TryRecvError::Disconnected));
    let (sender, receiver) = channel(1);
    drop(receiver);
    assert_eq!(sender.try_send(4), Err(TrySendError::Disconnected(4)));
}

#[test]
fn a_value_that_is_tried_wakes_whoever_waits() {
    let _turn = alone();
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let (sender, receiver) = channel(1);
            let waits = spawn(move || (receiver.recv(), receiver));
            scheduler::sleep(ms(20)); // it waits
            sender.try_send(1).unwrap();
            let (value, receiver) = waits.join().unwrap();
            assert_eq!(value, Ok(1));
            sender.send(2).unwrap();
            let sends = spawn(move || sender.send(3));
            scheduler::sleep(ms(20)); // it waits
            assert_eq!(receiver.try_recv(), Ok(2));
            sends.join().unwrap().unwrap();
            assert_eq!(receiver.try_recv(), Ok(3));
        })
        .unwrap();
}

#[test]
fn a_loop_over_the_receiver_waits_for_values_until_every_sender_is_gone() {
    let _turn = alone();
    for mode in [
        Preemption::Checkpoint,
        Preemption::Never,
        Preemption::Signal,
    ] {
        let run = Scheduler::new(mode, round_robin(2)).run(|| {
            let (sender, receiver) = channel(1);
            let producer = spawn(move || {
                (0..5).for_each(|n| sender.send(n).unwrap());
                sleep(ms(5)); // the loop waits for more
            });
            let mut values: Vec<i32> = receiver.iter().take(2).collect();
            for value in &receiver {
                values.push(value);
            }
            producer.join().unwrap();
            values.extend(receiver);
            values
        });
        assert_eq!(run.unwrap(), [0, 1, 2, 3, 4], "{mode:?}");
    }
}

#[test]
fn a_value_received_by_a_loop_is_received_at_the_loops_line() {
    let trace = Trace::begin();
    let mut line = 0;
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let (sender, receiver) = channel(1);
            sender.send(7).unwrap();
            drop(sender);
            line = line!() + 1;
            for value in &receiver {
                assert_eq!(value, 7);
            }
        })
        .unwrap();
    let place = format!("{}:{line}", file!());
    assert_eq!(trace.events("received")[0].get("at"), Some(place.as_str()));
}

#[test]
fn try_iter_takes_what_is_there_and_can_go_on_later() {
    let _turn = alone();
    let (sender, receiver) = channel(4);
    sender.send(1).unwrap();
    sender.send(2).unwrap();
    let mut values = receiver.try_iter();
    assert_eq!(values.by_ref().collect::<Vec<_>>(), [1, 2]);
    sender.send(3).unwrap();
    assert_eq!(values.next(), Some(3));
    drop(sender);
    assert_eq!(receiver.into_iter().next(), None);
}
