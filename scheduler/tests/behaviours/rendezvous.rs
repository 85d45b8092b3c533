//! A channel that keeps nothing: sender and receiver meet.

use crate::support::{Trace, alone, join_all, ms, round_robin};
use scheduler::sync::{RecvError, SendError, TryRecvError, TrySendError, channel};
use scheduler::{Preemption, Scheduler, sleep, spawn};

#[test]
fn a_sender_waits_until_a_receiver_waits() {
    let trace = Trace::begin();
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let (sender, receiver) = channel(0);
            let sends = spawn(move || {
                sender.send(1).unwrap();
                sender.send(2).unwrap();
            });
            sleep(ms(20));
            assert_eq!(receiver.recv(), Ok(1));
            assert_eq!(receiver.recv(), Ok(2));
            sends.join().unwrap();
        })
        .unwrap();
    let events = ["sent", "received", "blocked", "runnable"];
    assert_eq!(
        trace.only(&events)[2..],
        [
            "blocked thread=0 cpu=0 ran=2000000 on=sleep until=22000000",
            "blocked thread=1 cpu=0 ran=1000000 on=channel:1",
            "runnable thread=0 why=slept",
            "runnable thread=1 why=unblocked by=thread:0",
            "blocked thread=0 cpu=0 ran=1000000 on=channel:1",
            "sent channel=1 len=1 cap=0 thread=1",
            "runnable thread=0 why=unblocked by=thread:1",
            "blocked thread=1 cpu=0 ran=1000000 on=channel:1",
            "received channel=1 len=0 cap=0 thread=0",
            "runnable thread=1 why=unblocked by=thread:0",
            "blocked thread=0 cpu=0 ran=1000000 on=channel:1",
            "sent channel=1 len=1 cap=0 thread=1",
            "runnable thread=0 why=unblocked by=thread:1",
            "received channel=1 len=0 cap=0 thread=0",
        ]
    );
}

#[test]
fn every_value_arrives_once() {
    let _turn = alone();
    for mode in [
        Preemption::Checkpoint,
        Preemption::Never,
        Preemption::Signal,
    ] {
        for cpus in [1, 2] {
            let total = Scheduler::new(mode, round_robin(1))
                .cpus(cpus)
                .run(|| {
                    let (sender, receiver) = channel(0);
                    let producers = [(); 3].map(|()| {
                        let sender = sender.clone();
                        spawn(move || (1..=50_u32).try_for_each(|value| sender.send(value)))
                    });
                    drop(sender);
                    let consumers = [(); 2].map(|()| {
                        let receiver = receiver.clone();
                        spawn(move || {
                            let mut sum = 0;
                            while let Ok(value) = receiver.recv() {
                                sum += value;
                            }
                            sum
                        })
                    });
                    for sent in join_all(producers) {
                        sent.unwrap();
                    }
                    join_all(consumers).iter().sum::<u32>()
                })
                .unwrap();
            assert_eq!(total, 3 * 1275, "{mode:?} {cpus}");
        }
    }
}

#[test]
fn trying_succeeds_only_where_the_other_side_waits() {
    let _turn = alone();
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let (sender, receiver) = channel(0);
            assert_eq!(sender.try_send(1), Err(TrySendError::Full(1)));
            assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
            let waits = spawn(move || (receiver.recv(), receiver));
            sleep(ms(20));
            sender.try_send(2).unwrap();
            assert_eq!(sender.try_send(3), Err(TrySendError::Full(3)));
            let (value, receiver) = waits.join().unwrap();
            assert_eq!(value, Ok(2));
            drop(sender);
            assert_eq!(receiver.recv(), Err(RecvError));
        })
        .unwrap();
}

#[test]
fn who_waits_fails_when_the_other_side_is_gone() {
    let _turn = alone();
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let (sender, receiver) = channel(0);
            let sends = spawn(move || sender.send(1));
            sleep(ms(20));
            drop(receiver);
            assert_eq!(sends.join().unwrap(), Err(SendError(1)));
            let (sender, receiver) = channel::<()>(0);
            let waits = spawn(move || receiver.recv());
            sleep(ms(20));
            drop(sender);
            assert_eq!(waits.join().unwrap(), Err(RecvError));
        })
        .unwrap();
}
