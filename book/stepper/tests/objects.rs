//! Timers, channels, mutexes and shared variables in the state at a step.

mod common;

use common::{COUNTERS_THREADS, side, sound_side};
use stepper::{
    Side,
    fold::UnitId,
    trace::{Reference, Thing},
};

/// The account of the state at a step, as the half itself would write it.
fn account(side: &Side, step: usize) -> String {
    let state = side.state_at(step);
    let driver = state.driver().expect("a record has come");
    driver.account(side.target)
}

#[test]
fn a_shared_variable_holds_what_was_stored_last() {
    let side = sound_side("scheduler", COUNTERS_THREADS);
    let value = |step| {
        let state = side.state_at(step);
        let driver = state.driver().expect("a scheduler");
        let total = driver.shared.get(1).expect("it was loaded");
        (total.value.to_string(), total.stores)
    };
    assert_eq!(value(11), ("0".to_owned(), 0));
    assert_eq!(value(16), ("1".to_owned(), 1));
    assert_eq!(value(19), ("1".to_owned(), 2));
}

#[test]
fn a_timer_is_there_from_armed_to_fired_and_a_sleeper_has_its_deadline() {
    let tasks = side(
        "runtime",
        "timer_armed t=0 loop=0 timer=1 deadline=5000000 task=1 src=a.rs:1
         timer_armed t=0 loop=0 timer=2 deadline=1000000 task=1 src=a.rs:1
         timer_fired t=1000000 loop=0 timer=2 late=0 src=a.rs:1
         timer_dropped t=1000000 loop=0 timer=1 src=a.rs:1",
    );
    assert_eq!(
        account(&tasks, 2),
        "running=- urgent=- normal=- background=- waiting=- timers=1@5000000,2@1000000 sources=-"
    );
    assert_eq!(
        account(&tasks, 3),
        "running=- urgent=- normal=- background=- waiting=- timers=1@5000000 sources=-"
    );
    assert_eq!(
        account(&tasks, 4),
        "running=- urgent=- normal=- background=- waiting=- timers=- sources=-"
    );
    let threads = side(
        "scheduler",
        r#"spawned t=0 sched=0 thread=4 name="" priority=0 weight=1 src=a.rs:1
           runnable t=0 sched=0 thread=4 why="new" src=a.rs:1
           dispatched t=0 sched=0 thread=4 cpu=1 quantum=1 src=a.rs:1
           blocked t=1 sched=0 thread=4 cpu=1 ran=1 on=sleep until=9000000 src=a.rs:1"#,
    );
    assert_eq!(
        account(&threads, 3),
        "running=1:4 runnable=- blocked=- sleeping=- owners=-"
    );
    assert_eq!(
        account(&threads, 4),
        "running=- runnable=- blocked=- sleeping=4@9000000 owners=-"
    );
}

#[test]
fn a_mutex_has_an_owner_and_waiters_until_they_run() {
    let side = side(
        "scheduler",
        r#"spawned t=0 sched=0 thread=1 name="" priority=0 weight=1 src=a.rs:1
           runnable t=0 sched=0 thread=1 why="new" src=a.rs:1
           spawned t=0 sched=0 thread=2 name="" priority=0 weight=1 src=a.rs:1
           runnable t=0 sched=0 thread=2 why="new" src=a.rs:1
           dispatched t=0 sched=0 thread=1 cpu=0 quantum=1 src=a.rs:1
           dispatched t=0 sched=0 thread=2 cpu=1 quantum=1 src=a.rs:1
           locked t=0 sched=0 mutex=1 thread=1 at=m.rs:7 src=a.rs:1
           contended t=0 sched=0 mutex=1 thread=2 src=a.rs:1
           blocked t=0 sched=0 thread=2 cpu=1 ran=0 on=mutex:1 src=a.rs:1
           unlocked t=0 sched=0 mutex=1 thread=1 src=a.rs:1
           runnable t=0 sched=0 thread=2 why="unblocked" by=thread:1 src=a.rs:1"#,
    );
    let mutex = |step| {
        let state = side.state_at(step);
        let driver = state.driver().expect("a scheduler");
        let mutex = driver.mutexes.get(1).expect("it was locked");
        let number = |unit: UnitId| unit.number;
        let (thing, one) = (Thing::Mutex, 1);
        let waiters = driver.lines.of(Reference { thing, number: one });
        let waiters: Vec<u32> = waiters.iter().copied().map(number).collect();
        (mutex.owner().map(number), waiters)
    };
    assert_eq!(mutex(8), (Some(1), vec![]));
    assert_eq!(mutex(9), (Some(1), vec![2]));
    assert_eq!(
        account(&side, 9),
        "running=0:1 runnable=- blocked=2:mutex:1 sleeping=- owners=1:1"
    );
    assert_eq!(mutex(10), (None, vec![2]));
    assert_eq!(mutex(11), (None, vec![]));
}

#[test]
fn a_channel_holds_its_values_in_order() {
    let side = side(
        "runtime",
        r#"sent t=0 loop=0 channel=1 len=1 cap=2 task=1 value="a" src=a.rs:1
           sent t=0 loop=0 channel=1 len=2 cap=2 task=1 value="b" src=a.rs:1
           received t=0 loop=0 channel=1 len=1 cap=2 task=2 value="a" src=a.rs:1
           closed t=0 loop=0 channel=1 len=1 cap=2 task=1 src=a.rs:1"#,
    );
    let state = side.state_at(4);
    let channel = state.driver().and_then(|driver| driver.channels.get(1));
    let channel = channel.expect("it was used");
    assert_eq!((channel.len, channel.cap, channel.closed), (1, Some(2), 1));
    assert_eq!(channel.values, ["b".into()]);
    assert_eq!(side.complaints(), &[]);
}
