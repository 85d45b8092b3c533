//! Why a unit does what it does: the chain of steps that led there.

mod common;

use common::{COUNTERS_TASKS, side, sound_side};
use stepper::{fold::UnitId, why};

/// A unit of the first loop or scheduler.
const fn unit(number: u32) -> UnitId {
    UnitId { driver: 0, number }
}

#[test]
fn why_follows_the_causes_back_to_the_start() {
    let side = sound_side("runtime", COUNTERS_TASKS);
    // At the end of the last turn main runs, because ping's end woke it, ..
    let chain = why(&side, 26, unit(0));
    let steps: Vec<usize> = chain.iter().map(|&(step, _)| step).collect();
    assert_eq!(steps, [26, 22, 21, 20, 14, 13, 7, 6]);
    assert!(chain[1].1.starts_with("main was woken by task 1 'ping'"));
    assert!(chain[7].1.starts_with("main spawned task 1 'ping'."));
}

#[test]
fn why_a_thread_waits_leads_to_whoever_holds_the_lock() {
    let side = side(
        "scheduler",
        r#"spawned t=0 sched=0 thread=1 name="one" priority=0 weight=1 src=a.rs:1
           runnable t=0 sched=0 thread=1 why="new" src=a.rs:1
           spawned t=0 sched=0 thread=2 name="two" priority=0 weight=1 src=a.rs:1
           runnable t=0 sched=0 thread=2 why="new" src=a.rs:1
           dispatched t=0 sched=0 thread=1 cpu=0 quantum=1 src=a.rs:1
           locked t=0 sched=0 mutex=1 thread=1 src=a.rs:1
           preempted t=1 sched=0 thread=1 cpu=0 ran=1 src=a.rs:1
           dispatched t=1 sched=0 thread=2 cpu=0 quantum=1 src=a.rs:1
           blocked t=2 sched=0 thread=2 cpu=0 ran=1 on=mutex:1 src=a.rs:1"#,
    );
    let steps: Vec<usize> = why(&side, 9, unit(2)).iter().map(|link| link.0).collect();
    assert_eq!(steps, [9, 6, 5, 2, 1]);
}

#[test]
fn why_of_a_unit_that_does_not_exist_is_empty() {
    let side = sound_side("runtime", COUNTERS_TASKS);
    assert!(why(&side, 26, unit(99)).is_empty());
    assert!(why(&side, 0, unit(0)).is_empty());
}
