//! Work: computing for so long, while the CPU is taken away.

use crate::support::{Trace, alone, in_time, join_all, ms, round_robin};
use scheduler::{Builder, Preemption, Scheduler, spawn, work};
use std::time::{Duration, Instant};

#[test]
fn in_checkpoint_mode_work_is_so_many_checkpoints_and_control_moves_between_them() {
    let trace = Trace::begin();
    Scheduler::new(Preemption::Checkpoint, round_robin(4))
        .run(|| {
            let workers = ["a", "b"].map(|name| Builder::new().name(name).spawn(|| work(ms(5))));
            join_all(workers);
        })
        .unwrap();
    let lines = trace.short();
    let told = ["checkpoint", "blocked", "preempted", "finished"];
    let steps = lines
        .iter()
        .map(|line| line.trim_start())
        .filter(|line| told.contains(&line.split(' ').nth(1).unwrap()));
    assert_eq!(
        steps.collect::<Vec<_>>(),
        [
            "3 blocked thread=0 cpu=0 ran=3000000 on=thread:1",
            "4 checkpoint thread=1",
            "5 checkpoint thread=1",
            "6 checkpoint thread=1",
            "7 preempted thread=1 cpu=0 ran=4000000", // in the middle of its work
            "8 checkpoint thread=2",
            "9 checkpoint thread=2",
            "10 checkpoint thread=2",
            "11 preempted thread=2 cpu=0 ran=4000000",
            "11 checkpoint thread=1", // where it was stopped
            "12 checkpoint thread=1",
            "12 finished thread=1 cpu=0 ran=1000000",
            "12 checkpoint thread=2",
            "13 checkpoint thread=2",
            "13 finished thread=2 cpu=0 ran=1000000",
            "14 finished thread=0 cpu=0 ran=1000000",
        ]
    );
}

#[test]
fn only_whole_ticks_are_worked() {
    let checkpoints = |duration: Duration| {
        let trace = Trace::begin();
        Scheduler::new(Preemption::Checkpoint, round_robin(5))
            .tick(ms(2))
            .run(move || work(duration))
            .unwrap();
        trace.events("checkpoint").len()
    };
    assert_eq!(checkpoints(Duration::ZERO), 0);
    assert_eq!(checkpoints(ms(1)), 0);
    assert_eq!(checkpoints(ms(7)), 3);
}

/// How much processor time the calling thread has used.
fn used() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).unwrap()
}

#[test]
fn work_is_the_threads_own_time_however_often_it_is_preempted() {
    let trace = Trace::begin();
    in_time(|| {
        Scheduler::new(Preemption::Signal, round_robin(2))
            .run(|| {
                let workers = [(); 3].map(|()| {
                    spawn(|| {
                        let before = used();
                        work(ms(20));
                        used().saturating_sub(before)
                    })
                });
                // By the clock on the wall it would be a third of that.
                for worked in join_all(workers) {
                    assert!(worked >= ms(20), "{worked:?}");
                }
            })
            .unwrap();
    });
    let preemptions = trace.events("preempted").len();
    assert!(preemptions >= 3, "{preemptions}");
}

#[test]
fn work_outside_a_scheduler_and_without_preemption_lasts_at_least_so_long() {
    let began = Instant::now();
    work(ms(10));
    assert!(began.elapsed() >= ms(10));
    let _turn = alone();
    Scheduler::new(Preemption::Never, round_robin(1))
        .run(|| {
            let began = Instant::now();
            work(ms(10));
            assert!(began.elapsed() >= ms(10));
        })
        .unwrap();
}
