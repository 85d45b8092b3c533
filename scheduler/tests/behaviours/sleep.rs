//! Sleeping: in virtual time it costs none, in real time at least what was said.

use crate::support::{Trace, alone, join_all, ms, round_robin};
use scheduler::{Preemption, Scheduler, sleep, spawn};
use std::time::{Duration, Instant};

#[test]
fn virtual_time_jumps_to_the_next_awakening() {
    let trace = Trace::begin();
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let short = spawn(|| sleep(ms(3)));
            sleep(Duration::from_hours(1));
            short.join().unwrap();
        })
        .unwrap();
    trace.assert_is(
        r#"
        0 started clock=virtual tick=1000000 mode=checkpoint policy=RoundRobin cpus=1 quantum=9000000 calls=announced
        0 spawned thread=0 name="main" priority=0 weight=1
        0 runnable thread=0 why=new
        0 dispatched thread=0 cpu=0 quantum=9000000 why="it has waited longest"
        1 spawned thread=1 name="thread 1" priority=0 weight=1 by=thread:0
        1 runnable thread=1 why=new by=thread:0
        2 blocked thread=0 cpu=0 ran=2000000 on=sleep until=3600002000000
        2 dispatched thread=1 cpu=0 quantum=9000000 why="it has waited longest"
        3 blocked thread=1 cpu=0 ran=1000000 on=sleep until=6000000
        3 idle cpu=0
        6 advanced to=6000000
        6 runnable thread=1 why=slept
        6 dispatched thread=1 cpu=0 quantum=9000000 why="it has waited longest"
        6 finished thread=1 cpu=0 ran=0
        6 idle cpu=0
        3600002 advanced to=3600002000000
        3600002 runnable thread=0 why=slept
        3600002 dispatched thread=0 cpu=0 quantum=9000000 why="it has waited longest"
        3600003 joined thread=1 by=thread:0
        3600003 finished thread=0 cpu=0 ran=1000000
        3600003 ended dispatches=4 preemptions=0 left=0
        "#,
    );
}

#[test]
fn a_running_thread_is_taken_over_by_an_awakening_in_time() {
    let trace = Trace::begin();
    Scheduler::new(Preemption::Checkpoint, round_robin(2))
        .run(|| {
            let sleeper = spawn(|| sleep(ms(3)));
            for _ in 0..8 {
                scheduler::checkpoint();
            }
            sleeper.join().unwrap();
        })
        .unwrap();
    let slept = trace
        .lines()
        .into_iter()
        .find(|line| line.get("why") == Some("slept"));
    assert_eq!(slept.unwrap().number("t"), 6_000_000, "laid down at 3 ms");
}

#[test]
fn threads_of_one_instant_awake_in_the_order_in_which_they_lay_down() {
    let trace = Trace::begin();
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let threads = [(); 3].map(|()| spawn(|| sleep(ms(2))));
            join_all(threads);
        })
        .unwrap();
    let slept = trace
        .lines()
        .into_iter()
        .filter(|line| line.get("why") == Some("slept"));
    let order: Vec<u64> = slept.map(|line| line.number("thread")).collect();
    assert_eq!(order, [1, 2, 3]);
}

#[test]
fn real_time_passes_at_least_as_long() {
    let _turn = alone();
    for mode in [Preemption::Never, Preemption::Signal] {
        let begin = Instant::now();
        Scheduler::new(mode, round_robin(1))
            .run(|| {
                let child = spawn(|| sleep(ms(20)));
                sleep(ms(10));
                child.join().unwrap();
            })
            .unwrap();
        assert!(begin.elapsed() >= ms(20), "{mode:?}");
    }
}

#[test]
fn a_sleep_of_no_time_lets_others_run() {
    let trace = Trace::begin();
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let child = spawn(|| ());
            sleep(Duration::ZERO);
            assert!(child.is_finished(), "the sleeper is behind it in the queue");
            child.join().unwrap();
        })
        .unwrap();
    assert_eq!(trace.events("advanced").len(), 0);
}
