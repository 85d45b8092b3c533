//! Racing: our futures in the hands of the `futures` crate. Who loses is
//! dropped, and leaves no timer, no waiter and no source behind.

mod support;

use futures::future::{Either, FutureExt, select};
use futures::stream::{FuturesUnordered, StreamExt};
use futures::{join, select_biased};
use runtime::net::{TcpListener, TcpStream};
use runtime::sync::{Mutex, channel};
use runtime::{CancellationToken, Clock, EventLoop, JoinSet, interval, now, sleep, spawn};
use std::pin::pin;
use std::time::Duration;
use support::{Record, assert_trace, only, records, trace};

/// So many milliseconds.
const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// Runs `main` in virtual time.
fn block_on<T>(main: impl Future<Output = T>) -> T {
    EventLoop::new(Clock::Virtual).block_on(main)
}

#[test]
fn select_takes_the_first_and_leaves_no_timer_of_the_loser() {
    let trace = trace(|| {
        block_on(async {
            let winner = futures::select! {
                () = sleep(ms(9)).fuse() => "slow",
                () = sleep(ms(3)).fuse() => "fast",
            };
            assert_eq!((winner, now()), ("fast", ms(3)));
        });
    });
    let timers = only(&trace, &["timer_armed", "timer_fired", "timer_dropped"]);
    let count = |name: &str| timers.iter().filter(|line| line.starts_with(name)).count();
    assert_eq!(count("timer_armed"), 2);
    assert_eq!(count("timer_fired"), 1);
    assert_eq!(count("timer_dropped"), 1);
}

#[test]
fn select_biased_polls_in_the_order_of_its_lines() {
    let trace = trace(|| {
        block_on(async {
            let winner = select_biased! {
                () = sleep(ms(3)).fuse() => "first",
                () = sleep(ms(3)).fuse() => "second",
            };
            assert_eq!(winner, "first");
        });
    });
    assert_trace(
        &only(
            &trace,
            &["timer_armed", "waiting", "timer_fired", "timer_dropped"],
        ),
        &[
            "timer_armed timer=1 deadline=3000000 task=0",
            "timer_armed timer=2 deadline=3000000 task=0",
            "waiting task=0 on=timer:1", // the task waits for both
            "waiting task=0 on=timer:2",
            "timer_fired timer=1 late=0",
            "timer_fired timer=2 late=0", // due as well, and so not dropped
        ],
    );
}

#[test]
fn losers_of_every_kind_leave_no_waiter_behind() {
    let records = records(|| {
        block_on(async {
            let (sender, receiver) = channel::<u8>(1);
            let mutex = Mutex::new(());
            let guard = mutex.lock().await;
            let token = CancellationToken::new();
            let mut set = JoinSet::new();
            let mut ticks = interval(ms(50));
            ticks.tick().await;
            let task = spawn(sleep(ms(50)));
            set.spawn(sleep(ms(50)));
            let winner = select_biased! {
                _ = receiver.recv().fuse() => "channel",
                _ = mutex.lock().fuse() => "mutex",
                () = token.cancelled().fuse() => "token",
                _ = set.join_next().fuse() => "set",
                _ = ticks.tick().fuse() => "tick",
                _ = task.fuse() => "task",
                () = sleep(ms(1)).fuse() => "sleep",
            };
            assert_eq!(winner, "sleep");
            sleep(ms(1)).await; // an account is given while the losers are gone
            drop((sender, guard, set));
        });
    });
    let states = records.iter().filter(|record| record.name == "state");
    let waits: Vec<_> = states.filter_map(|state| state.get("waiting")).collect();
    let all = "0:task:1+channel:1+mutex:1+notify:1+set:1";
    assert!(
        waits.iter().any(|waits| waits.starts_with(all)),
        "{waits:?}"
    );
    // In the race's end the task has one wait again: its last sleep.
    let last = waits.iter().rfind(|waits| waits.starts_with("0:")).unwrap();
    let own = last.split(',').next().unwrap();
    assert!(own.starts_with("0:timer:") && !own.contains('+'), "{last}");
    let dropped = records
        .iter()
        .filter(|record| record.name == "timer_dropped");
    assert!(dropped.count() >= 1, "the tick's");
}

#[test]
fn a_connection_that_loses_leaves_no_source() {
    let records = records(|| {
        EventLoop::new(Clock::Real).block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            let client = TcpStream::connect(address).await.unwrap();
            let (server, _) = listener.accept().await.unwrap();
            let mut buffer = [0];
            let winner = select_biased! {
                _ = client.read(&mut buffer).fuse() => "read",
                _ = listener.accept().fuse() => "accept",
                () = sleep(ms(5)).fuse() => "sleep",
            };
            assert_eq!(winner, "sleep");
            drop((client, server, listener));
        });
    });
    let count = |name| records.iter().filter(|record| record.name == name).count();
    assert!(count("registered") >= 3);
    assert_eq!(count("registered"), count("deregistered"));
    let mut states = records.iter().filter(|record| record.name == "state");
    let last = states.next_back().unwrap();
    assert_eq!(
        (last.get("sources"), last.get("timers")),
        (Some("-"), Some("-"))
    );
}

#[test]
fn join_waits_for_all_in_one_task() {
    block_on(async {
        let (one, two) = join!(
            async {
                sleep(ms(3)).await;
                1
            },
            sleep(ms(5)).map(|()| 2),
        );
        assert_eq!((one, two, now()), (1, 2, ms(5)));
    });
}

#[test]
fn futures_unordered_gives_results_in_the_order_of_completion() {
    let is_wait = |record: &&Record| record.name == "timer_dropped";
    let records = records(|| {
        block_on(async {
            let mut all: FuturesUnordered<_> = [30, 10, 20]
                .into_iter()
                .map(|n| sleep(ms(n)).map(move |()| n))
                .collect();
            assert_eq!(all.next().await, Some(10));
            assert_eq!(all.next().await, Some(20));
            drop(all); // and with it the timer of the third
            assert_eq!(now(), ms(20));
        });
    });
    assert_eq!(records.iter().filter(is_wait).count(), 1);
}

#[test]
fn a_race_can_be_lost_and_taken_up_again() {
    block_on(async {
        let task = spawn(async {
            sleep(ms(7)).await;
            "late"
        });
        let Either::Right(((), task)) = select(task, pin!(sleep(ms(2)))).await else {
            panic!("the sleep is shorter");
        };
        assert_eq!(task.await.unwrap(), "late");
        assert_eq!(now(), ms(7));
    });
}
