//! Announced blocking calls give the CPU up.

use crate::support::{Trace, alone, ms, round_robin};
use scheduler::sync::channel;
use scheduler::{Preemption, Scheduler, blocking, checkpoint, sleep, spawn};
use std::io::{Read, Write};

#[test]
fn another_thread_runs_while_a_call_blocks() {
    let _turn = alone();
    for mode in [
        Preemption::Checkpoint,
        Preemption::Never,
        Preemption::Signal,
    ] {
        Scheduler::new(mode, round_robin(1))
            .run(|| {
                let (mut reader, mut writer) = std::io::pipe().unwrap();
                let reads = spawn(move || {
                    let mut byte = [0];
                    blocking(|| reader.read_exact(&mut byte)).unwrap();
                    byte[0]
                });
                sleep(ms(2)); // it reads now, and nothing is there
                checkpoint();
                writer.write_all(&[7]).unwrap();
                assert_eq!(reads.join().unwrap(), 7, "{mode:?}");
            })
            .unwrap();
    }
}

#[test]
fn entering_and_leaving_are_told() {
    let trace = Trace::begin();
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| assert_eq!(blocking(|| 5), 5))
        .unwrap();
    let mut told = trace.short();
    // Whether the CPU is seen idle depends on how long the call takes.
    told.retain(|line| !line.contains("idle"));
    let call = [
        " 0 call_entered thread=0",
        " 0 call_left thread=0",
        " 0 runnable thread=0 why=unblocked",
    ];
    assert_eq!(told[4..7], call);
}

#[test]
fn a_call_that_panics_waits_for_a_cpu_first() {
    let _turn = alone();
    for mode in [Preemption::Checkpoint, Preemption::Signal] {
        Scheduler::new(mode, round_robin(1))
            .run(|| {
                let child = spawn(|| blocking(|| panic!("in the call")));
                let payload = child.join().unwrap_err();
                assert_eq!(payload.downcast_ref::<&str>(), Some(&"in the call"));
                checkpoint();
            })
            .unwrap();
    }
}

#[test]
fn inside_a_call_a_thread_can_send_but_not_wait() {
    let _turn = alone();
    for mode in [
        Preemption::Checkpoint,
        Preemption::Never,
        Preemption::Signal,
    ] {
        Scheduler::new(mode, round_robin(1))
            .run(|| {
                let (sender, receiver) = channel(1);
                let sends = spawn(move || {
                    blocking(|| {
                        std::thread::sleep(ms(5));
                        sender.send(3).unwrap();
                    });
                });
                assert_eq!(receiver.recv(), Ok(3), "{mode:?}");
                sends.join().unwrap();
            })
            .unwrap();
    }
}

#[test]
fn a_sleeper_awakes_while_a_call_lasts_in_virtual_time_too() {
    let _turn = alone();
    Scheduler::new(Preemption::Checkpoint, round_robin(1))
        .run(|| {
            let (mut reader, mut writer) = std::io::pipe().unwrap();
            let reads = spawn(move || {
                let mut byte = [0];
                blocking(|| reader.read_exact(&mut byte)).unwrap();
            });
            sleep(ms(30)); // nobody runs meanwhile, and the call waits for us
            writer.write_all(&[7]).unwrap();
            reads.join().unwrap();
        })
        .unwrap();
}
