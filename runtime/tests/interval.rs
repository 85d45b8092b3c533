//! Intervals: when ticks are due, and what happens when they are missed.

mod support;

use runtime::{
    Clock, Elapsed, EventLoop, MissedTicks, interval, now, sleep, sleep_until, spawn, timeout,
    work, yield_now,
};
use std::cell::Cell;
use std::rc::Rc;
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

/// Ticks every 10 ms; at 10 ms the task works for `delay`. For each of the five
/// ticks after that: when it was due, and when it was given, in ms.
fn ticks_after(delay: u64, missed_ticks: MissedTicks) -> [(u128, u128); 5] {
    block_on(async {
        let mut ticks = interval(ms(10));
        ticks.set_missed_ticks(missed_ticks);
        ticks.tick().await;
        ticks.tick().await;
        assert_eq!(now(), ms(10));
        work(ms(delay));
        let mut given = [(0, 0); 5];
        for given in &mut given {
            let due = ticks.tick().await;
            *given = (due.as_millis(), now().as_millis());
        }
        given
    })
}

#[test]
fn burst_gives_missed_ticks_at_once_until_it_has_caught_up() {
    assert_eq!(MissedTicks::default(), MissedTicks::Burst);
    assert_eq!(
        ticks_after(35, MissedTicks::Burst),
        [(20, 45), (30, 45), (40, 45), (50, 50), (60, 60)]
    );
}

#[test]
fn delay_starts_anew_a_period_after_the_late_tick() {
    assert_eq!(
        ticks_after(35, MissedTicks::Delay),
        [(20, 45), (55, 55), (65, 65), (75, 75), (85, 85)]
    );
}

#[test]
fn skip_leaves_missed_ticks_out_and_keeps_to_the_rhythm() {
    assert_eq!(
        ticks_after(35, MissedTicks::Skip),
        [(20, 45), (50, 50), (60, 60), (70, 70), (80, 80)]
    );
}

#[test]
fn a_tick_that_is_late_by_up_to_a_period_misses_none() {
    for missed_ticks in [MissedTicks::Burst, MissedTicks::Delay, MissedTicks::Skip] {
        let late = ticks_after(15, missed_ticks);
        assert_eq!(late, [(20, 25), (30, 30), (40, 40), (50, 50), (60, 60)]);
        let by_a_period = ticks_after(20, missed_ticks);
        assert_eq!(by_a_period[..3], [(20, 30), (30, 30), (40, 40)]);
    }
}

#[test]
fn skip_gives_a_tick_for_which_it_is_just_in_time() {
    let given = ticks_after(40, MissedTicks::Skip);
    assert_eq!(given[..3], [(20, 50), (50, 50), (60, 60)]);
}

#[test]
fn the_first_tick_is_due_at_once_and_every_tick_gives_way() {
    let trace = trace(|| {
        block_on(async {
            let mut ticks = interval(ms(10));
            ticks.tick().await;
            ticks.tick().await;
        });
    });
    assert_trace(
        &trace[3..],
        &[
            "turn turn=1 ready=1",
            "polled task=0",
            "timer_armed timer=1 deadline=0 task=0",
            "waiting task=0 on=timer:1",
            "pending task=0 ran=0",
            "timer_fired timer=1 late=0",
            "woken task=0 by=timer:1 class=normal",
            "turn turn=2 ready=1",
            "polled task=0",
            "timer_armed timer=2 deadline=10000000 task=0",
            "waiting task=0 on=timer:2",
            "pending task=0 ran=0",
            "advanced to=10000000",
            "turn turn=3 ready=0",
            "timer_fired timer=2 late=0",
            "woken task=0 by=timer:2 class=normal",
            "turn turn=4 ready=1",
            "polled task=0",
            "completed task=0 ran=0",
            "ended turns=4 polls=3 left=0",
        ],
    );
}

#[test]
fn other_tasks_run_between_the_ticks_of_a_burst() {
    block_on(async {
        let steps = Rc::new(Cell::new(0));
        let counted = steps.clone();
        let other = spawn(async move {
            for _ in 0..1_000 {
                counted.set(counted.get() + 1);
                yield_now().await;
            }
        });
        let mut ticks = interval(ms(1));
        ticks.tick().await;
        work(ms(100));
        let before = steps.get();
        for _ in 0..100 {
            ticks.tick().await;
        }
        assert!(steps.get() >= before + 100, "{}", steps.get());
        other.abort();
    });
}

#[test]
fn a_tick_that_is_given_up_leaves_no_timer_and_is_not_lost() {
    let trace = trace(|| {
        block_on(async {
            let mut ticks = interval(ms(10));
            ticks.tick().await;
            assert_eq!(timeout(ms(4), ticks.tick()).await, Err(Elapsed));
            assert_eq!(ticks.tick().await, ms(10));
            assert_eq!(now(), ms(10));
        });
    });
    assert_trace(
        &only(&trace, &["timer_armed", "timer_fired", "timer_dropped"])[2..],
        &[
            "timer_armed timer=2 deadline=10000000 task=0",
            "timer_armed timer=3 deadline=4000000 task=0",
            "timer_fired timer=3 late=0",
            "timer_dropped timer=2",
            "timer_armed timer=4 deadline=10000000 task=0",
            "timer_fired timer=4 late=0",
        ],
    );
}

#[test]
fn reset_puts_the_next_tick_a_period_from_now() {
    block_on(async {
        let mut ticks = interval(ms(10));
        assert_eq!(ticks.period(), ms(10));
        ticks.tick().await;
        sleep(ms(7)).await;
        ticks.reset();
        assert_eq!(ticks.tick().await, ms(17));
        assert_eq!(ticks.tick().await, ms(27));
        let mut unused = interval(ms(5));
        unused.reset();
        assert_eq!(unused.tick().await, ms(32), "not at once");
    });
}

#[test]
fn a_period_may_be_for_ever() {
    block_on(async {
        let mut ticks = interval(Duration::MAX);
        assert_eq!(ticks.tick().await, Duration::ZERO);
        assert_eq!(timeout(ms(1), ticks.tick()).await, Err(Elapsed));
    });
}

#[test]
#[should_panic(expected = "the period of an interval is zero")]
fn a_period_of_zero_is_refused() {
    interval(Duration::ZERO);
}

#[test]
fn sleep_until_waits_for_an_instant_and_gives_way_when_it_has_passed() {
    let trace = trace(|| {
        block_on(async {
            sleep_until(ms(5)).await;
            assert_eq!(now(), ms(5));
            sleep_until(ms(2)).await; // it has passed
            assert_eq!(now(), ms(5));
        });
    });
    assert_trace(
        &only(&trace, &["timer_armed", "timer_fired", "pending"]),
        &[
            "timer_armed timer=1 deadline=5000000 task=0",
            "pending task=0 ran=0",
            "timer_fired timer=1 late=0",
            "timer_armed timer=2 deadline=2000000 task=0",
            "pending task=0 ran=0",
            "timer_fired timer=2 late=3000000",
        ],
    );
}
