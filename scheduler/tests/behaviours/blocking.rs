//! Announced blocking calls give the CPU up.

use crate::support::{Trace, alone, ms, round_robin};
use scheduler::policy::{Attributes, CpuId, Pick, Policy, Ready, RoundRobin, StopReason};
use scheduler::sync::channel;
use scheduler::time::Time;
use scheduler::{Preemption, Scheduler, Thread, blocking, checkpoint, current, now, sleep, spawn};
use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, Sender, channel as unscheduled_channel};
use std::time::Duration;

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

/// Round robin, which tells when the first thread lies down; and when that one's
/// priority is 1 it becomes 2, while the dispatcher is at work.
struct Echo {
    /// Decides.
    rule: RoundRobin,
    /// Brings the first thread's handle.
    first: Receiver<Thread>,
    /// Tells of its lying down, and of its second change.
    tell: Sender<()>,
}

impl Policy for Echo {
    fn ready(&mut self, thread: &Attributes, why: Ready, now: Time) {
        self.rule.ready(thread, why, now);
    }

    fn pick(&mut self, cpu: CpuId, now: Time) -> Option<Pick> {
        self.rule.pick(cpu, now)
    }

    fn stopped(&mut self, thread: &Attributes, ran: Duration, why: StopReason, now: Time) {
        self.rule.stopped(thread, ran, why, now);
        if thread.id.0 == 0 && why == StopReason::Blocked {
            let _ = self.tell.send(()); // nobody listens when it waits again
        }
    }

    fn changed(&mut self, thread: &Attributes, _: Time) {
        match thread.priority {
            1 => self.first.recv().unwrap().set_priority(2),
            _ => self.tell.send(()).unwrap(),
        }
    }
}

#[test]
fn while_a_call_lasts_no_time_is_skipped_for_a_note_that_was_read_before_its_ring() {
    let _turn = alone();
    let (tell, told) = unscheduled_channel();
    let (introduce, first) = unscheduled_channel();
    let rule = round_robin(1);
    Scheduler::new(Preemption::Checkpoint, Echo { rule, first, tell })
        .run(|| {
            introduce.send(current()).unwrap();
            let main = current();
            let calls = spawn(move || {
                blocking(|| {
                    told.recv().unwrap(); // it has lain down
                    main.set_priority(1);
                    told.recv().unwrap(); // both changes were seen
                    std::thread::sleep(ms(50));
                });
                now()
            });
            sleep(ms(60_000));
            let back = calls.join().unwrap();
            assert!(back < ms(60_000), "{back:?}");
        })
        .unwrap();
}
