//! Work: computing without giving way, and who notices.

mod support;

use runtime::{Builder, Clock, EventLoop, now, sleep, spawn, work, yield_now};
use std::time::{Duration, Instant};
use support::{assert_trace, only, trace, warnings};

/// So many milliseconds.
const fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

#[test]
fn work_in_virtual_time_makes_the_poll_long_and_timers_late() {
    let trace = trace(|| {
        EventLoop::new(Clock::Virtual).block_on(async {
            let sleeper = spawn(sleep(ms(10)));
            yield_now().await; // the sleeper arms its timer
            work(ms(250));
            sleeper.await.unwrap();
            assert_eq!(now(), ms(250));
        });
    });
    assert_trace(
        &trace[9..],
        &[
            "turn turn=2 ready=2",
            "polled task=1",
            "timer_armed timer=1 deadline=10000000 task=1",
            "waiting task=1 on=timer:1",
            "pending task=1 ran=0",
            "polled task=0",
            "slow_poll task=0 ran=250000000 limit=100000000 last=runtime/tests/work.rs:19",
            "waiting task=0 on=task:1",
            "pending task=0 ran=250000000",
            "timer_fired timer=1 late=240000000", // in the turn that the work held up
            "woken task=1 by=timer:1 class=normal",
            "turn turn=3 ready=1",
            "polled task=1",
            "completed task=1 ran=0",
            "woken task=0 by=task:1 class=normal",
            "turn turn=4 ready=1",
            "polled task=0",
            "joined task=1 by=task:0",
            "completed task=0 ran=0",
            "ended turns=4 polls=5 left=0",
        ],
    );
}

#[test]
fn work_longer_than_the_limit_is_warned_of_in_virtual_time() {
    let run = |duration| {
        warnings(|| {
            EventLoop::new(Clock::Virtual).block_on(async move {
                let greedy = Builder::new().name("greedy");
                greedy.spawn(async move { work(duration) }).await.unwrap();
            });
        })
    };
    assert!(run(ms(100)).is_empty());
    let [warning] = &run(ms(101))[..] else {
        panic!("one warning");
    };
    assert!(
        warning.contains("'greedy'") && warning.contains("kept the loop for 101.0ms"),
        "{warning}"
    );
}

#[test]
fn work_cut_in_pieces_lets_timers_fire_between_them() {
    let trace = trace(|| {
        EventLoop::new(Clock::Virtual).block_on(async {
            drop(spawn(sleep(ms(10))));
            yield_now().await;
            for _ in 0..3 {
                work(ms(20));
                yield_now().await;
            }
        });
    });
    assert_trace(
        &only(&trace, &["timer_fired", "slow_poll", "advanced"]),
        &["timer_fired timer=1 late=10000000"],
    );
}

#[test]
fn no_work_takes_no_time_and_endless_work_ends_at_the_end_of_time() {
    EventLoop::new(Clock::Virtual).block_on(async {
        work(Duration::ZERO);
        assert_eq!(now(), Duration::ZERO);
        work(ms(1));
        work(Duration::MAX);
        assert_eq!(now(), Duration::MAX);
    });
}

#[test]
fn work_in_real_time_and_outside_of_a_loop_lasts_at_least_so_long() {
    let began = Instant::now();
    work(ms(20));
    assert!(began.elapsed() >= ms(20));
    EventLoop::new(Clock::Real).block_on(async {
        let began = now();
        work(ms(20));
        assert!(now().saturating_sub(began) >= ms(20));
    });
}
