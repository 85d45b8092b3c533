//! Several CPUs: in checkpoint mode they step in turn, and every run is the same.

use crate::support::{Trace, alone, join_all, round_robin};
use scheduler::policy::CpuId;
use scheduler::{Builder, Preemption, Scheduler, Shared, checkpoint, spawn};
use std::sync::Arc;

#[test]
fn two_cpus_step_in_turn_and_time_passes_once() {
    let trace = Trace::begin();
    Scheduler::new(Preemption::Checkpoint, round_robin(3))
        .cpus(2)
        .run(|| {
            let total = Arc::new(Shared::new("total", 0));
            let other = Arc::clone(&total);
            let child = spawn(move || other.store(other.load() + 1));
            total.store(total.load() + 1);
            child.join().unwrap();
        })
        .unwrap();
    trace.assert_is(
        r#"
        0 started clock=virtual tick=1000000 mode=checkpoint policy=RoundRobin cpus=2 quantum=3000000 calls=announced
        0 spawned thread=0 name="main" priority=0 weight=1
        0 runnable thread=0 why=new
        0 dispatched thread=0 cpu=0 quantum=3000000 why="it has waited longest"
        1 spawned thread=1 name="thread 1" priority=0 weight=1 by=thread:0
        1 runnable thread=1 why=new by=thread:0
        1 dispatched thread=1 cpu=1 quantum=3000000 why="it has waited longest"
        2 loaded shared=1 name="total" value="0" thread=0   // CPU 0 first,
        2 loaded shared=1 name="total" value="0" thread=1   // CPU 1 at the same time
        3 preempted thread=0 cpu=0 ran=3000000
        3 runnable thread=0 why=preempted
        3 dispatched thread=0 cpu=0 quantum=3000000 why="it has waited longest"
        3 stored shared=1 name="total" value="1" thread=0
        3 stored shared=1 name="total" value="1" thread=1   // lost, on two CPUs too
        3 finished thread=1 cpu=1 ran=2000000
        3 idle cpu=1
        4 joined thread=1 by=thread:0
        4 finished thread=0 cpu=0 ran=1000000
        4 ended dispatches=3 preemptions=1 left=0
        "#,
    );
}

#[test]
fn every_run_on_several_cpus_is_the_same() {
    let run = || {
        let trace = Trace::begin();
        Scheduler::new(Preemption::Checkpoint, round_robin(2))
            .cpus(3)
            .run(|| {
                let total = Arc::new(Shared::new("total", 0));
                let threads = [(); 5].map(|()| {
                    let total = Arc::clone(&total);
                    spawn(move || {
                        for _ in 0..4 {
                            total.store(total.load() + 1);
                        }
                    })
                });
                join_all(threads);
            })
            .unwrap();
        trace.short()
    };
    let first = run();
    for _ in 0..20 {
        assert_eq!(run(), first);
    }
}

#[test]
fn a_thread_keeps_to_its_only_cpu() {
    let trace = Trace::begin();
    Scheduler::new(
        Preemption::Checkpoint,
        scheduler::policy::FirstComeFirstServed::new(),
    )
    .cpus(2)
    .run(|| {
        let only = Builder::new().affinity(CpuId(1)).spawn(checkpoint);
        only.join().unwrap();
    })
    .unwrap();
    for dispatched in trace.events("dispatched") {
        assert!(dispatched.number("thread") == 0 || dispatched.number("cpu") == 1);
    }
}

#[test]
fn a_cpu_that_does_not_exist_is_refused() {
    let _turn = alone();
    let caught = std::panic::catch_unwind(|| {
        Scheduler::new(Preemption::Checkpoint, round_robin(2))
            .run(|| drop(Builder::new().affinity(CpuId(1)).spawn(|| ())))
    });
    let message = *caught.unwrap_err().downcast::<String>().unwrap();
    assert!(
        message.contains("a thread wants CPU 1, which does not exist"),
        "{message}"
    );
}

#[test]
#[should_panic(expected = "`cpus` was 0")]
fn no_cpu_at_all_is_refused() {
    let _ = Scheduler::new(Preemption::Checkpoint, round_robin(2)).cpus(0);
}

#[test]
#[should_panic(expected = "1024 at most: `cpus` was 4000000000")]
fn more_cpus_than_can_be_looked_at_are_refused() {
    let _ = Scheduler::new(Preemption::Checkpoint, round_robin(2)).cpus(4_000_000_000);
}

#[test]
#[should_panic(expected = "`tick` was zero")]
fn a_tick_of_no_time_is_refused() {
    let _ = Scheduler::new(Preemption::Checkpoint, round_robin(2)).tick(std::time::Duration::ZERO);
}
