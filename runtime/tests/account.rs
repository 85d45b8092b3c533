//! The account: what the loop says of its own state, from its own queues.

mod support;

use runtime::sync::channel;
use runtime::{Clock, EventLoop, sleep, spawn, timeout, yield_now};
use std::future::pending;
use std::time::Duration;
use support::records;

/// The states that a program accounts for, without time and place.
fn states(program: impl FnOnce()) -> Vec<String> {
    let records = records(program);
    let states = records.iter().filter(|record| record.target == "account");
    states.map(support::Record::short).collect()
}

#[test]
fn every_queue_is_in_the_account_at_every_turn() {
    let states = states(|| {
        EventLoop::new(Clock::Virtual).block_on(async {
            let (sender, receiver) = channel::<u8>(1);
            let stuck = spawn(async move { receiver.recv().await });
            let limited = spawn(timeout(Duration::from_millis(2), pending::<()>()));
            drop(spawn(pending::<()>()));
            timeout(Duration::from_millis(1), stuck).await.unwrap_err();
            limited.await.unwrap().unwrap_err();
            drop(sender);
        });
    });
    assert_eq!(
        states,
        [
            "state running=- urgent=- normal=0 background=- waiting=- timers=- sources=-",
            "state running=- urgent=- normal=1,2,3 background=- waiting=0:task:1+timer:1 timers=1@1000000 sources=-",
            // virtual time has advanced to 1 ms; task 3 waits for nothing of ours
            "state running=- urgent=- normal=- background=- waiting=0:task:1+timer:1,1:channel:1,2:timer:2,3:- \
             timers=1@1000000,2@2000000 sources=-",
            "state running=- urgent=- normal=0 background=- waiting=1:channel:1,2:timer:2,3:- timers=2@2000000 sources=-",
            // the timeout is over: 0 waits for one thing only
            "state running=- urgent=- normal=- background=- waiting=0:task:2,1:channel:1,2:timer:2,3:- \
             timers=2@2000000 sources=-",
            "state running=- urgent=- normal=2 background=- waiting=0:task:2,1:channel:1,3:- timers=- sources=-",
            "state running=- urgent=- normal=0 background=- waiting=1:channel:1,3:- timers=- sources=-",
            // 0 dropped the sender, which woke 1; both were dropped with the loop
            "state running=- urgent=- normal=- background=- waiting=- timers=- sources=-",
        ]
    );
}

#[test]
fn a_waker_left_in_an_earlier_poll_is_no_wait() {
    let states = states(|| {
        EventLoop::new(Clock::Virtual).block_on(async {
            // Its timer is armed in the first poll; the second does not ask for it.
            let mut early = Box::pin(sleep(Duration::from_millis(5)));
            timeout(Duration::ZERO, &mut early).await.unwrap_err();
            yield_now().await;
            sleep(Duration::from_millis(1)).await;
            early.await;
        });
    });
    assert_eq!(
        states[3],
        "state running=- urgent=- normal=- background=- waiting=0:timer:3 timers=1@5000000,3@1000000 sources=-"
    );
}

#[test]
fn the_queue_is_told_head_first() {
    let states = states(|| {
        let mut event_loop = EventLoop::new(Clock::Virtual);
        let tasks = [(); 3].map(|()| event_loop.spawn(yield_now()));
        tasks[1].abort(); // it is queued already, and keeps its place
        event_loop.run();
    });
    assert_eq!(
        states[0],
        "state running=- urgent=- normal=1,2,3 background=- waiting=- timers=- sources=-"
    );
    assert_eq!(
        states[1],
        "state running=- urgent=- normal=1,3 background=- waiting=- timers=- sources=-"
    );
}
