//! Statistics: what is counted, and where the time went.

mod support;

use runtime::sync::channel;
use runtime::{Builder, Class, Clock, EventLoop, Statistics, sleep, spawn, stats, work, yield_now};
use std::future::{pending, poll_fn};
use std::task::{Poll, Waker};
use std::thread;
use std::time::Duration;

/// A millisecond.
const MS: Duration = Duration::from_millis(1);

/// The running task's waker.
async fn own_waker() -> Waker {
    poll_fn(|context| Poll::Ready(context.waker().clone())).await
}

#[test]
fn a_new_loop_has_done_nothing() {
    let Statistics {
        now,
        turns,
        polls,
        wakes_queued,
        in_polls,
        parked,
        tasks,
        timers,
        sources,
        ..
    } = EventLoop::new(Clock::Virtual).stats();
    assert_eq!((now, in_polls, parked), Default::default());
    assert_eq!((turns, polls, wakes_queued), (0, 0, 0));
    assert_eq!((tasks, timers, sources), (0, 0, 0));
}

#[test]
fn turns_and_polls_are_those_of_the_trace() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    let trace = support::trace(|| {
        event_loop.block_on(async {
            let other = spawn(yield_now());
            sleep(MS).await;
            other.await.unwrap();
        });
    });
    let count = |name: &str| support::only(&trace, &[name]).len() as u64;
    let stats = event_loop.stats();
    assert_eq!(stats.turns, count("turn"));
    assert_eq!(stats.polls, count("polled"));
    assert_eq!(stats.wakes_queued, count("woken"));
}

#[test]
fn wakes_are_counted_by_what_they_did() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    let stats = event_loop.block_on(async {
        let stale = spawn(own_waker()).await.unwrap();
        stale.wake(); // nobody
        let waker = own_waker().await;
        for _ in 0..3 {
            waker.wake_by_ref(); // queued, and twice already there
        }
        yield_now().await; // and once more
        stats()
    });
    // main twice (its first wake, the end of the other), the other, main's own.
    assert_eq!(stats.wakes_queued, 4);
    assert_eq!(stats.wakes_already_queued, 3);
    assert_eq!(stats.wakes_stale, 1);
    assert_eq!(stats.wakes_posted, 0);
}

#[test]
fn a_wake_from_another_thread_is_counted_as_posted() {
    let mut event_loop = EventLoop::new(Clock::Real);
    event_loop.block_on(async {
        let waker = own_waker().await;
        thread::spawn(move || waker.wake()).join().unwrap();
        let mut polls = 0;
        poll_fn(|_| {
            polls += 1;
            if polls == 2 {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    });
    assert_eq!(event_loop.stats().wakes_posted, 1);
}

#[test]
fn what_the_loop_holds_is_counted_by_class_and_kind() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    let stats = event_loop.block_on(async {
        for class in [Class::Urgent, Class::Background, Class::Background] {
            drop(Builder::new().class(class).spawn(pending::<()>()));
        }
        drop(spawn(sleep(MS)));
        let ready = stats();
        yield_now().await;
        drop(spawn(async {}));
        (ready, stats())
    });
    let (before, after) = stats;
    let ready = |stats: &Statistics| Class::ALL.map(|class| stats.ready(class));
    assert_eq!(ready(&before), [1, 1, 2]);
    assert_eq!((before.tasks, before.timers), (5, 0)); // with main
    assert_eq!(ready(&after), [0, 1, 2]); // the background has not had its turn
    assert_eq!((after.tasks, after.timers), (6, 1));
    assert_eq!(ready(&event_loop.stats()), [0, 1, 2]);
    assert_eq!(event_loop.stats().tasks, 5); // main is over
}

#[test]
fn a_source_is_counted_while_it_is_registered() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    event_loop.block_on(async {
        let listener = runtime::net::TcpListener::bind("127.0.0.1:0").unwrap();
        assert_eq!(stats().sources, 1);
        drop(listener);
        assert_eq!(stats().sources, 0);
    });
}

#[test]
fn time_is_spent_in_polls_or_parked() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    let inside = event_loop.block_on(async {
        work(MS * 3);
        sleep(MS * 10).await;
        work(MS * 2);
        stats() // in the middle of a poll, and of a turn
    });
    for stats in [inside, event_loop.stats()] {
        assert_eq!(stats.in_polls, MS * 5);
        assert_eq!(stats.parked, MS * 10);
        assert_eq!(stats.now, MS * 15);
    }
}

#[test]
fn real_time_asleep_in_the_os_is_time_parked() {
    let mut event_loop = EventLoop::new(Clock::Real);
    event_loop.block_on(async {
        sleep(MS * 10).await;
        work(MS * 5);
    });
    let stats = event_loop.stats();
    assert!(stats.parked >= MS * 9, "{stats:?}"); // it was polled in the first one
    assert!(stats.in_polls >= MS * 5, "{stats:?}");
    assert!(stats.in_polls + stats.parked <= stats.now, "{stats:?}");
}

#[test]
fn a_channel_is_no_timer_and_no_source() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    event_loop.block_on(async {
        let (_sender, receiver) = channel::<u8>(1);
        drop(spawn(async move { receiver.recv().await }));
        yield_now().await;
        assert_eq!((stats().timers, stats().sources), (0, 0));
    });
}

#[test]
#[should_panic(expected = "stats() was called outside of an event loop")]
fn nobody_has_statistics_outside_of_a_loop() {
    let _ = stats();
}
