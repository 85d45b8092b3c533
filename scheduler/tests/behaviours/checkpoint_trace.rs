//! In checkpoint mode the whole trace is known in advance, and always the same.

use crate::support::{Trace, ms, round_robin};
use scheduler::{Builder, Preemption, Scheduler, Shared, checkpoint, spawn, trace, yield_now};
use std::sync::Arc;

/// Two threads that each add 1 to a shared total, three times.
fn two_counters() -> u32 {
    Scheduler::new(Preemption::Checkpoint, round_robin(3))
        .run(|| {
            let total = Arc::new(Shared::new("total", 0));
            let counters = ["ping", "pong"].map(|name| {
                let total = Arc::clone(&total);
                Builder::new().name(name).spawn(move || {
                    for _ in 1..=3 {
                        let seen = total.load();
                        total.store(seen + 1);
                    }
                })
            });
            for counter in counters {
                counter.join().unwrap();
            }
            total.load()
        })
        .unwrap()
}

#[test]
fn two_counters_lose_an_update_step_by_step() {
    let trace = Trace::begin();
    assert_eq!(two_counters(), 5, "six were added, and one was lost");
    trace.assert_is(
        r#"
        0 started clock=virtual tick=1000000 mode=checkpoint policy=RoundRobin cpus=1 quantum=3000000 calls=announced
        0 spawned thread=0 name="main" priority=0 weight=1
        0 runnable thread=0 why=new
        0 dispatched thread=0 cpu=0 quantum=3000000 why="it has waited longest"
        1 spawned thread=1 name="ping" priority=0 weight=1 by=thread:0
        1 runnable thread=1 why=new by=thread:0
        2 spawned thread=2 name="pong" priority=0 weight=1 by=thread:0
        2 runnable thread=2 why=new by=thread:0
        3 preempted thread=0 cpu=0 ran=3000000            // it has not joined yet
        3 runnable thread=0 why=preempted
        3 dispatched thread=1 cpu=0 quantum=3000000 why="it has waited longest"
        4 loaded shared=1 name="total" value="0" thread=1
        5 stored shared=1 name="total" value="1" thread=1
        6 preempted thread=1 cpu=0 ran=3000000            // it has not loaded yet
        6 runnable thread=1 why=preempted
        6 dispatched thread=2 cpu=0 quantum=3000000 why="it has waited longest"
        7 loaded shared=1 name="total" value="1" thread=2
        8 stored shared=1 name="total" value="2" thread=2
        9 preempted thread=2 cpu=0 ran=3000000
        9 runnable thread=2 why=preempted
        9 dispatched thread=0 cpu=0 quantum=3000000 why="it has waited longest"
        9 blocked thread=0 cpu=0 ran=0 on=thread:1        // now it joins
        9 dispatched thread=1 cpu=0 quantum=3000000 why="it has waited longest"
        9 loaded shared=1 name="total" value="2" thread=1 // now it loads
        10 stored shared=1 name="total" value="3" thread=1
        11 loaded shared=1 name="total" value="3" thread=1
        12 preempted thread=1 cpu=0 ran=3000000           // between load and store
        12 runnable thread=1 why=preempted
        12 dispatched thread=2 cpu=0 quantum=3000000 why="it has waited longest"
        12 loaded shared=1 name="total" value="3" thread=2
        13 stored shared=1 name="total" value="4" thread=2
        14 loaded shared=1 name="total" value="4" thread=2
        15 preempted thread=2 cpu=0 ran=3000000           // between load and store
        15 runnable thread=2 why=preempted
        15 dispatched thread=1 cpu=0 quantum=3000000 why="it has waited longest"
        15 stored shared=1 name="total" value="4" thread=1 // stale: 4 is stored over 4
        15 finished thread=1 cpu=0 ran=0
        15 runnable thread=0 why=unblocked by=thread:1
        15 dispatched thread=2 cpu=0 quantum=3000000 why="it has waited longest"
        15 stored shared=1 name="total" value="5" thread=2
        15 finished thread=2 cpu=0 ran=0
        15 dispatched thread=0 cpu=0 quantum=3000000 why="it has waited longest"
        15 joined thread=1 by=thread:0
        16 joined thread=2 by=thread:0
        17 loaded shared=1 name="total" value="5" thread=0
        17 finished thread=0 cpu=0 ran=2000000
        17 ended dispatches=9 preemptions=5 left=0
        "#,
    );
}

#[test]
fn fifty_runs_have_one_trace() {
    let trace = Trace::begin();
    two_counters();
    let first = trace.short();
    drop(trace);
    for _ in 1..50 {
        let trace = Trace::begin();
        two_counters();
        assert_eq!(trace.short(), first);
    }
}

#[test]
fn a_step_is_told_at_the_learners_line() {
    let trace = Trace::begin();
    let line = line!() + 4;
    Scheduler::new(Preemption::Checkpoint, round_robin(2))
        .run(|| {
            let total = Shared::new("total", 0);
            let other = spawn(yield_now);
            total.store(1); // preempted before it, stored after
            other.join().unwrap();
        })
        .unwrap();
    let at = |event: &str| trace.events(event)[0].get("at").unwrap().to_owned();
    let [spawned, store, join] =
        [line, line + 1, line + 2].map(|line| format!("{}:{line}", file!()));
    assert_eq!(trace.events("spawned")[1].get("at").unwrap(), spawned);
    assert_eq!([at("preempted"), at("stored")], [store.clone(), store]);
    assert_eq!([at("blocked"), at("joined")], [join.clone(), join]);
    let source = trace.events("stored")[0].get("src").unwrap().to_owned();
    assert!(source.contains("src/shared.rs:"), "{source}");
}

#[test]
fn marks_and_checkpoints_and_yields_are_steps() {
    let trace = Trace::begin();
    Scheduler::new(Preemption::Checkpoint, round_robin(2))
        .tick(ms(2))
        .run(|| {
            trace::mark("a place");
            yield_now(); // its quantum is over as well, but it offers
            checkpoint(); // alone: preempted, and dispatched again
        })
        .unwrap();
    trace.assert_is(
        r#"
        0 started clock=virtual tick=2000000 mode=checkpoint policy=RoundRobin cpus=1 quantum=2000000 calls=announced
        0 spawned thread=0 name="main" priority=0 weight=1
        0 runnable thread=0 why=new
        0 dispatched thread=0 cpu=0 quantum=2000000 why="it has waited longest"
        0 marked name="a place" thread=0   // costs no time
        2 yielded thread=0 cpu=0 ran=2000000
        2 runnable thread=0 why=yielded
        2 dispatched thread=0 cpu=0 quantum=2000000 why="it has waited longest"
        4 preempted thread=0 cpu=0 ran=2000000
        4 runnable thread=0 why=preempted
        4 dispatched thread=0 cpu=0 quantum=2000000 why="it has waited longest"
        4 checkpoint thread=0
        4 finished thread=0 cpu=0 ran=0
        4 ended dispatches=3 preemptions=1 left=0
        "#,
    );
}

#[test]
fn names_and_values_are_quoted_and_long_ones_cut() {
    let trace = Trace::begin();
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let name = "a \"b\"\n=".to_owned() + &"x".repeat(200);
            Builder::new().name(name).spawn(|| ()).join().unwrap();
        })
        .unwrap();
    let spawned = &trace.events("spawned")[1];
    let name = spawned.get("name").unwrap();
    assert!(name.starts_with(r#""a \"b\"\n=xxx"#), "{name}");
    assert!(name.ends_with("xxx…\"") && name.len() < 140, "{name}");
}
