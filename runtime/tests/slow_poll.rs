//! A poll that keeps the loop for too long is reported.

mod support;

use runtime::{Builder, Clock, EventLoop, yield_now};
use std::thread;
use std::time::Duration;
use support::{Record, records, warnings};

/// Keeps whoever calls it from doing anything else.
fn keep_busy() {
    thread::sleep(Duration::from_millis(30));
}

/// A loop in real time that complains after so many milliseconds.
fn impatient(limit: u64) -> EventLoop {
    let mut event_loop = EventLoop::new(Clock::Real);
    event_loop.set_slow_poll_limit(Some(Duration::from_millis(limit)));
    event_loop
}

#[test]
fn a_slow_poll_is_warned_of_with_who_and_where() {
    let first_line = line!() + 2;
    let warned = warnings(|| {
        impatient(20).block_on(async {
            let slow = Builder::new().name("slow").spawn(async {
                yield_now().await;
                keep_busy();
            });
            slow.await.unwrap();
        });
    });
    let [warning] = &warned[..] else {
        panic!("{warned:?}");
    };
    let file = file!();
    let (spawned, awaited) = (first_line + 1, first_line + 2);
    assert!(
        warning.starts_with(&format!(
            "task 1 'slow', spawned at {file}:{spawned}, kept the loop for "
        )),
        "{warning}"
    );
    assert!(
        warning.ends_with(&format!(
            "(limit 20ms) after the .await at {file}:{awaited}; 0 ready tasks stood still"
        )),
        "{warning}"
    );
}

#[test]
fn a_slow_poll_is_an_event_too() {
    let records = records(|| impatient(1).block_on(async { keep_busy() }));
    let is_slow = |record: &&Record| record.name == "slow_poll";
    let slow = records.iter().find(is_slow).unwrap();
    assert_eq!(slow.get("task"), Some("0"));
    assert_eq!(slow.get("limit"), Some("1000000"));
    assert_eq!(slow.get("last"), None, "it had not awaited anything yet");
    let ran: u64 = slow.get("ran").unwrap().parse().unwrap();
    assert!(ran >= 30_000_000, "{ran}");
}

#[test]
fn quick_polls_are_not_reported() {
    let mut event_loop = EventLoop::new(Clock::Real);
    event_loop.set_slow_poll_limit(Some(Duration::from_hours(1)));
    assert!(warnings(|| event_loop.block_on(async { keep_busy() })).is_empty());
    event_loop.set_slow_poll_limit(None);
    assert!(warnings(|| event_loop.block_on(async { keep_busy() })).is_empty());
}

#[test]
fn in_virtual_time_no_poll_is_slow() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    event_loop.set_slow_poll_limit(Some(Duration::ZERO));
    assert!(warnings(|| event_loop.block_on(async { keep_busy() })).is_empty());
}
