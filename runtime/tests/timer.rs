//! Timers, sleeps and timeouts, in virtual time.

mod support;

use runtime::{Clock, Elapsed, EventLoop, now, sleep, spawn, timeout, yield_now};
use std::cell::RefCell;
use std::future::{pending, poll_fn, ready};
use std::mem;
use std::rc::Rc;
use std::task::Poll;
use std::thread;
use std::time::Duration;
use support::{assert_trace, only, trace};

/// So many milliseconds.
const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// Runs `main` in virtual time.
fn block_on<T>(main: impl Future<Output = T>) -> T {
    EventLoop::new(Clock::Virtual).block_on(main)
}

/// Sleeps for each of `durations` in a task of its own; returns who woke when.
fn sleepers(durations: &[Duration]) -> Vec<(usize, Duration)> {
    let order = Rc::new(RefCell::new(Vec::new()));
    block_on(async {
        let tasks: Vec<_> = durations
            .iter()
            .copied()
            .enumerate()
            .map(|(n, duration)| {
                let order = order.clone();
                spawn(async move {
                    sleep(duration).await;
                    order.borrow_mut().push((n, now()));
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("sleeping does not panic");
        }
    });
    order.take()
}

#[test]
fn timers_fire_in_the_order_of_their_deadlines() {
    assert_eq!(
        sleepers(&[ms(30), ms(10), ms(20)]),
        [(1, ms(10)), (2, ms(20)), (0, ms(30))]
    );
}

#[test]
fn equal_deadlines_fire_in_the_order_of_arming() {
    assert_eq!(
        sleepers(&[ms(5), ms(5), ms(5)]),
        [(0, ms(5)), (1, ms(5)), (2, ms(5))]
    );
}

#[test]
fn timer_due_now_fires_and_even_so_its_task_gives_way() {
    let trace = trace(|| block_on(sleep(Duration::ZERO)));
    assert_trace(
        &trace[3..],
        &[
            "turn turn=1 ready=1",
            "polled task=0",
            "timer_armed timer=1 deadline=0 task=0",
            "waiting task=0 on=timer:1",
            "pending task=0 ran=0",
            "timer_fired timer=1 late=0", // in the same turn: no time has to pass
            "woken task=0 by=timer:1 class=normal",
            "turn turn=2 ready=1",
            "polled task=0",
            "completed task=0 ran=0",
            "ended turns=2 polls=2 left=0",
        ],
    );
}

#[test]
fn a_sleep_counts_from_its_first_poll() {
    block_on(async {
        let late = sleep(ms(10));
        sleep(ms(5)).await;
        late.await;
        assert_eq!(now(), ms(15));
    });
}

#[test]
fn a_sleep_that_is_dropped_gives_its_timer_up() {
    let trace = trace(|| {
        block_on(async {
            let task = spawn(sleep(ms(50)));
            yield_now().await;
            task.abort();
            assert!(task.await.is_err());
            sleep(ms(1)).await;
        });
    });
    assert_trace(
        &only(
            &trace,
            &["timer_armed", "timer_dropped", "timer_fired", "advanced"],
        ),
        &[
            "timer_armed timer=1 deadline=50000000 task=1",
            "timer_dropped timer=1",
            "timer_armed timer=2 deadline=1000000 task=0",
            "advanced to=1000000", // not to 50 ms
            "timer_fired timer=2 late=0",
        ],
    );
}

#[test]
fn a_sleep_may_last_for_ever() {
    block_on(async {
        let outcome = timeout(ms(1), sleep(Duration::MAX)).await;
        assert_eq!(outcome, Err(Elapsed));
        let outcome = timeout(Duration::MAX, sleep(ms(1))).await;
        assert_eq!(outcome, Ok(()));
    });
}

#[test]
fn a_timeout_gives_up_what_takes_too_long() {
    block_on(async {
        assert_eq!(timeout(ms(10), pending::<()>()).await, Err(Elapsed));
        assert_eq!(now(), ms(10));
        assert_eq!(Elapsed.to_string(), "the time was up");
    });
}

#[test]
fn what_is_ready_in_time_wins_over_the_timeout() {
    block_on(async {
        assert_eq!(timeout(ms(10), sleep(ms(10))).await, Ok(()));
        assert_eq!(timeout(Duration::ZERO, ready(3)).await, Ok(3));
        assert_eq!(now(), ms(10));
    });
}

#[test]
fn a_timeout_that_is_not_needed_arms_no_timer() {
    let trace = trace(|| {
        let outcome = block_on(timeout(ms(1), ready(())));
        assert_eq!(outcome, Ok(()));
    });
    assert_trace(&only(&trace, &["timer_armed", "timer_dropped"]), &[]);
}

#[test]
fn a_task_may_wait_for_a_timer_and_for_a_task_at_once() {
    let trace = trace(|| {
        block_on(async {
            let slow = spawn(sleep(ms(7)));
            timeout(ms(5), slow).await.unwrap_err();
        });
    });
    assert_trace(
        &only(
            &trace,
            &["waiting", "timer_fired", "timer_dropped", "cancelled"],
        ),
        &[
            "waiting task=0 on=task:1",
            "waiting task=0 on=timer:1",
            "waiting task=1 on=timer:2",
            "timer_fired timer=1 late=0",
            "timer_dropped timer=2", // the detached task goes with its loop
            "cancelled task=1 ran=0",
        ],
    );
}

#[test]
fn what_is_given_up_within_a_poll_is_not_waited_for() {
    let trace = trace(|| {
        block_on(async {
            let (_sender, receiver) = runtime::sync::channel::<u8>(1);
            let limited = timeout(ms(1), receiver.recv()).await;
            limited.unwrap_err();
            sleep(ms(1)).await;
        });
    });
    assert_trace(
        &only(&trace, &["waiting", "timer_fired"]),
        &[
            "waiting task=0 on=channel:1",
            "waiting task=0 on=timer:1",
            "timer_fired timer=1 late=0",
            // it asked the channel once more, and gave up: no wait on channel:1
            "waiting task=0 on=timer:2",
            "timer_fired timer=2 late=0",
        ],
    );
}

#[test]
fn a_timer_that_is_polled_again_is_not_armed_again() {
    let trace = trace(|| {
        block_on(async {
            let (sender, receiver) = runtime::sync::channel(1);
            drop(spawn(async move {
                sleep(ms(1)).await;
                sender.send(()).await.unwrap();
                pending::<()>().await;
            }));
            // Each value wakes the task, which polls its timeout again.
            let forward = async {
                receiver.recv().await.unwrap();
                receiver.recv().await.unwrap();
            };
            assert_eq!(timeout(ms(9), forward).await, Err(Elapsed));
            assert_eq!(now(), ms(9));
        });
    });
    assert_eq!(only(&trace, &["timer_armed"]).len(), 2);
}

#[test]
fn ten_thousand_timeouts_leave_nothing_behind() {
    let records = support::records(|| {
        block_on(async {
            for _ in 0..10_000 {
                timeout(ms(1_000), yield_now()).await.unwrap();
            }
        });
    });
    let mut states = records.iter().filter(|record| record.name == "state");
    assert_eq!(states.next_back().unwrap().get("timers"), Some("-"));
}

#[test]
fn virtual_time_does_not_jump_to_a_deadline_that_is_never_due() {
    block_on(async {
        drop(spawn(sleep(Duration::MAX)));
        let waker = poll_fn(|context| Poll::Ready(context.waker().clone())).await;
        let other = thread::spawn(move || {
            thread::sleep(ms(20));
            waker.wake();
        });
        let mut is_woken = false;
        poll_fn(|_| {
            if mem::replace(&mut is_woken, true) {
                Poll::Ready(())
            } else {
                Poll::Pending // until the other OS thread wakes this task
            }
        })
        .await;
        other.join().unwrap();
        sleep(ms(5)).await;
        assert_eq!(now(), ms(5));
    });
}
