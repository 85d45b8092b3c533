//! A channel without a bound: a sender never waits.

use crate::support::{Trace, alone, join_all, ms, round_robin};
use scheduler::sync::{RecvError, SendError, unbounded};
use scheduler::{Preemption, Scheduler, sleep, spawn};

#[test]
fn values_come_out_in_the_order_in_which_they_went_in() {
    let trace = Trace::begin();
    Scheduler::new(Preemption::Checkpoint, round_robin(99))
        .run(|| {
            let (sender, receiver) = unbounded();
            for value in [1, 2] {
                sender.send(value).unwrap();
            }
            drop(sender);
            assert_eq!([receiver.recv(), receiver.recv()], [Ok(1), Ok(2)]);
            assert_eq!(receiver.recv(), Err(RecvError));
        })
        .unwrap();
    assert_eq!(
        trace.only(&["sent", "received", "closed"]),
        [
            "sent channel=1 len=1 cap=- thread=0",
            "sent channel=1 len=2 cap=- thread=0",
            "closed channel=1 len=2 cap=- thread=0", // the sender
            "received channel=1 len=1 cap=- thread=0",
            "received channel=1 len=0 cap=- thread=0",
            "closed channel=1 len=0 cap=- thread=0",
        ]
    );
}

#[test]
fn sending_fails_when_every_receiver_is_gone() {
    let (sender, receiver) = unbounded(); // it needs no scheduler
    sender.send(1).unwrap();
    drop(receiver);
    assert_eq!(sender.clone().send(2), Err(SendError(2)));
}

#[test]
fn a_sent_value_wakes_the_receiver() {
    let _turn = alone();
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let (sender, receiver) = unbounded();
            let waits = spawn(move || receiver.recv());
            sleep(ms(20));
            sender.send(7).unwrap();
            assert_eq!(waits.join().unwrap(), Ok(7));
        })
        .unwrap();
}

#[test]
fn a_channel_that_grows_while_others_use_it_loses_nothing() {
    let _turn = alone();
    for mode in [
        Preemption::Checkpoint,
        Preemption::Never,
        Preemption::Signal,
    ] {
        let sums = Scheduler::new(mode, round_robin(1))
            .cpus(2)
            .run(|| {
                let (sender, receiver) = unbounded();
                let producers = [(); 4].map(|()| {
                    let sender = sender.clone();
                    spawn(move || (1..=300_u64).try_for_each(|value| sender.send(value)))
                });
                drop(sender);
                let early = spawn({
                    let receiver = receiver.clone();
                    move || (0..100).map(|_| receiver.recv().unwrap()).sum::<u64>()
                });
                for sent in join_all(producers) {
                    sent.unwrap();
                }
                let early = early.join().unwrap();
                let mut late = 0;
                while let Ok(value) = receiver.recv() {
                    late += value;
                }
                early + late
            })
            .unwrap();
        assert_eq!(sums, 4 * 45_150, "{mode:?}");
    }
}
