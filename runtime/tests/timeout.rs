//! Timeouts at their limits: nested, with panics, of no time and of all time.

mod support;

use runtime::{Clock, Elapsed, EventLoop, now, sleep, spawn, timeout, yield_now};
use std::future::{pending, ready};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use support::{assert_trace, only, records, trace};

/// So many milliseconds.
const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// Runs `main` in virtual time.
fn block_on<T>(main: impl Future<Output = T>) -> T {
    EventLoop::new(Clock::Virtual).block_on(main)
}

#[test]
fn a_panic_in_a_timeout_is_the_tasks_and_leaves_no_timer() {
    let trace = trace(|| {
        block_on(async {
            let task = spawn(timeout(ms(50), async {
                yield_now().await;
                panic!("in time");
            }));
            let outcome: Result<Result<(), Elapsed>, _> = task.await;
            assert_eq!(outcome.unwrap_err().to_string(), "task 1 panicked: in time");
            sleep(ms(1)).await;
        });
    });
    assert_trace(
        &only(
            &trace,
            &["timer_armed", "timer_dropped", "panicked", "advanced"],
        ),
        &[
            "timer_armed timer=1 deadline=50000000 task=1",
            "timer_dropped timer=1", // with the future, before its end is announced
            "panicked task=1 ran=0 message=\"in time\"",
            "timer_armed timer=2 deadline=1000000 task=0",
            "advanced to=1000000",
        ],
    );
}

#[test]
fn of_nested_timeouts_the_shorter_one_decides_and_the_inner_wins_a_tie() {
    block_on(async {
        let outcome = timeout(ms(10), timeout(ms(5), pending::<()>())).await;
        assert_eq!((outcome, now()), (Ok(Err(Elapsed)), ms(5)));
        let outcome = timeout(ms(5), timeout(ms(10), pending::<()>())).await;
        assert_eq!((outcome, now()), (Err(Elapsed), ms(10)));
        let outcome = timeout(ms(5), timeout(ms(5), pending::<()>())).await;
        assert_eq!((outcome, now()), (Ok(Err(Elapsed)), ms(15)));
    });
}

#[test]
fn no_time_is_enough_for_what_is_ready_at_once_alone() {
    block_on(async {
        assert_eq!(timeout(Duration::ZERO, ready(1)).await, Ok(1));
        assert_eq!(timeout(Duration::ZERO, pending::<()>()).await, Err(Elapsed));
        assert_eq!(now(), Duration::ZERO);
    });
}

#[test]
fn all_time_is_no_limit() {
    block_on(async {
        assert_eq!(timeout(Duration::MAX, sleep(ms(3))).await, Ok(()));
        let nested = timeout(Duration::MAX, timeout(Duration::MAX, yield_now()));
        assert_eq!(nested.await, Ok(Ok(())));
        assert_eq!(now(), ms(3));
    });
}

#[test]
fn a_hundred_thousand_timers_created_and_dropped_leave_none_armed() {
    let records = records(|| {
        block_on(async {
            let mut held = Vec::new();
            let mut context = Context::from_waker(Waker::noop());
            for n in 0..100_000 {
                let mut limited = Box::pin(timeout(ms(n % 977 + 1), pending::<()>()));
                assert_eq!(limited.as_mut().poll(&mut context), Poll::Pending);
                held.push(limited);
            }
            while held.pop().is_some() {}
            yield_now().await;
        });
    });
    let count = |name| records.iter().filter(|record| record.name == name).count();
    assert_eq!(
        (count("timer_armed"), count("timer_dropped")),
        (100_000, 100_000)
    );
    assert_eq!((count("timer_fired"), count("advanced")), (0, 0));
    let mut states = records.iter().filter(|record| record.name == "state");
    assert_eq!(states.next_back().unwrap().get("timers"), Some("-"));
}
