//! A turn: polls what was ready, fires timers, asks the OS, wakes.

mod support;

use runtime::{Builder, Clock, EventLoop, sleep, spawn, yield_now};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use support::{assert_trace, only, trace};

#[test]
fn tasks_take_turns_in_the_order_in_which_they_were_woken() {
    let trace = trace(|| {
        EventLoop::new(Clock::Virtual).block_on(async {
            let ping = Builder::new().name("ping").spawn(yield_now());
            let other = Builder::new().name("pong \"2\"").spawn(yield_now());
            ping.await.unwrap();
            other.await.unwrap();
        });
    });
    assert_trace(
        &trace,
        &[
            "started version=1 clock=virtual",
            "spawned task=0 name=\"main\" class=normal",
            "woken task=0 by=outside class=normal",
            "turn turn=1 ready=1",
            "polled task=0",
            "spawned task=1 name=\"ping\" class=normal by=task:0",
            "woken task=1 by=task:0 class=normal",
            "spawned task=2 name=\"pong \\\"2\\\"\" class=normal by=task:0",
            "woken task=2 by=task:0 class=normal",
            "waiting task=0 on=task:1",
            "pending task=0 ran=0",
            "turn turn=2 ready=2", // not before: a turn polls only what was ready
            "polled task=1",
            "woken task=1 by=task:1 class=normal", // to the tail, behind 2
            "pending task=1 ran=0",
            "polled task=2",
            "woken task=2 by=task:2 class=normal",
            "pending task=2 ran=0",
            "turn turn=3 ready=2",
            "polled task=1",
            "completed task=1 ran=0",
            "woken task=0 by=task:1 class=normal",
            "polled task=2",
            "completed task=2 ran=0", // nobody waits for it yet
            "turn turn=4 ready=1",
            "polled task=0",
            "joined task=1 by=task:0",
            "joined task=2 by=task:0", // at once: it is over
            "completed task=0 ran=0",
            "ended turns=4 polls=6 left=0",
        ],
    );
}

#[test]
fn virtual_time_jumps_to_the_next_deadline_when_nothing_else_can_happen() {
    let trace = trace(|| {
        EventLoop::new(Clock::Virtual).block_on(sleep(Duration::from_millis(5)));
    });
    assert_trace(
        &trace,
        &[
            "started version=1 clock=virtual",
            "spawned task=0 name=\"main\" class=normal",
            "woken task=0 by=outside class=normal",
            "turn turn=1 ready=1",
            "polled task=0",
            "timer_armed timer=1 deadline=5000000 task=0",
            "waiting task=0 on=timer:1",
            "pending task=0 ran=0",
            "advanced to=5000000",
            "turn turn=2 ready=0", // timers come after polls in a turn
            "timer_fired timer=1 late=0",
            "woken task=0 by=timer:1 class=normal",
            "turn turn=3 ready=1",
            "polled task=0",
            "completed task=0 ran=0",
            "ended turns=3 polls=2 left=0",
        ],
    );
}

#[test]
fn real_time_is_slept_through_in_the_os() {
    let trace = trace(|| {
        EventLoop::new(Clock::Real).block_on(sleep(Duration::from_millis(5)));
    });
    let names: Vec<_> = trace
        .iter()
        .map(|line| line.split(' ').next().unwrap())
        .collect();
    let slept = [
        "pending",
        "parked",
        "unparked",
        "turn",
        "timer_fired",
        "woken",
    ];
    assert!(
        names.windows(slept.len()).any(|names| names == slept),
        "{trace:#?}"
    );
}

#[test]
fn a_loop_can_be_stepped_turn_by_turn() {
    let seen = Rc::new(RefCell::new(Vec::new()));
    let mut event_loop = EventLoop::new(Clock::Virtual);
    assert!(!event_loop.turn(), "nothing is left to do in a new loop");
    for name in ["a", "b"] {
        let seen = seen.clone();
        drop(event_loop.spawn(async move {
            seen.borrow_mut().push(name);
            yield_now().await;
            seen.borrow_mut().push(name);
        }));
    }
    assert!(seen.borrow().is_empty(), "spawn runs nothing");
    assert!(event_loop.turn());
    assert_eq!(*seen.borrow(), ["a", "b"]);
    assert!(!event_loop.turn(), "both are over");
    assert_eq!(*seen.borrow(), ["a", "b", "a", "b"]);
}

#[test]
fn run_goes_on_until_no_task_is_left() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    let outer = event_loop.spawn(async {
        spawn(async {
            sleep(Duration::from_hours(1)).await;
            runtime::now()
        })
        .await
        .unwrap()
    });
    event_loop.run();
    assert!(outer.is_finished());
    let now = event_loop.block_on(outer).unwrap();
    assert_eq!(now, Duration::from_hours(1));
}

#[test]
fn a_turn_ends_where_block_on_is_over() {
    let trace = trace(|| {
        let mut event_loop = EventLoop::new(Clock::Virtual);
        event_loop.block_on(async { drop(spawn(yield_now())) });
        // Task 1 was not polled: it is still there, and goes on now.
        event_loop.block_on(async {});
    });
    assert_trace(
        &only(
            &trace,
            &["turn", "polled", "completed", "cancelled", "ended"],
        ),
        &[
            "turn turn=1 ready=1",
            "polled task=0",
            "completed task=0 ran=0",
            "turn turn=2 ready=2",
            "polled task=1",
            "polled task=2", // the second main: numbers are never used twice
            "completed task=2 ran=0",
            "cancelled task=1 ran=0",
            "ended turns=2 polls=3 left=1",
        ],
    );
}

#[test]
fn timers_fire_between_the_polls_of_a_task_that_is_always_ready() {
    let mut event_loop = EventLoop::new(Clock::Real);
    event_loop.block_on(async {
        let timer = spawn(sleep(Duration::from_millis(2)));
        while !timer.is_finished() {
            yield_now().await;
        }
    });
}
