//! Whose fault it is that the loop was kept, while nobody traces: whoever traces
//! looks at the clock at every record, and so cannot mistake whose time it was.
//! So these tests, which turn the trace off, have a file of their own.

mod support;

use runtime::{Builder, Clock, EventLoop, yield_now};
use std::future::pending;
use std::thread;
use std::time::{Duration, Instant};
use support::warnings;

/// Takes its time when it is dropped.
struct Slow;

impl Drop for Slow {
    fn drop(&mut self) {
        thread::sleep(Duration::from_millis(50));
    }
}

/// Until the loop has seen many short polls in a row, however busy the machine.
async fn short_polls(limit: Duration) {
    let mut short = 0;
    while short < 100 {
        let began = Instant::now();
        yield_now().await;
        let is_short = began.elapsed() < limit / 16;
        short = if is_short { short + 1 } else { 0 };
    }
}

#[test]
fn a_slow_destructor_is_not_blamed_on_the_task_that_is_polled_next() {
    let warned = warnings(|| {
        log::set_max_level(log::LevelFilter::Warn);
        let mut event_loop = EventLoop::new(Clock::Real);
        event_loop.set_slow_poll_limit(Some(Duration::from_millis(20)));
        event_loop.block_on(async {
            let slow = Slow;
            let guilty = async move {
                let _slow = slow;
                pending::<()>().await;
            };
            Builder::new().name("guilty").spawn(guilty).abort();
            drop(Builder::new().name("innocent").spawn(async {}));
        });
        event_loop.run();
    });
    let [warning] = warned.as_slice() else {
        panic!("{warned:?}");
    };
    assert!(warning.starts_with("task 1 'guilty', "), "{warning}");
}

#[test]
fn of_polls_measured_together_all_are_named_and_from_then_on_the_slow_one_alone() {
    let limit = Duration::from_millis(200);
    let warned = warnings(|| {
        log::set_max_level(log::LevelFilter::Warn);
        let mut event_loop = EventLoop::new(Clock::Real);
        event_loop.set_slow_poll_limit(Some(limit));
        event_loop.block_on(async {
            short_polls(limit).await;
            drop(Builder::new().name("innocent").spawn(async {}));
            let slow = Builder::new().name("slow").spawn(async {
                for _ in 0..2 {
                    thread::sleep(Duration::from_millis(250));
                    yield_now().await;
                }
            });
            slow.await.unwrap();
        });
    });
    let [together, alone] = warned.as_slice() else {
        panic!("{warned:?}");
    };
    assert!(
        together.starts_with("polls that were measured as one kept the loop for "),
        "{together}"
    );
    assert!(together.contains(" (limit 200ms each): "), "{together}");
    assert!(together.contains("task 1, which is over; "), "{together}");
    assert!(
        together.contains("task 2 'slow', spawned at "),
        "{together}"
    );
    assert!(
        together.contains("; from now on each is measured alone"),
        "{together}"
    );
    assert!(alone.starts_with("task 2 'slow', spawned at "), "{alone}");
    assert!(alone.contains("after the .await at "), "{alone}");
}

#[test]
fn of_a_task_that_is_forgotten_when_the_clock_is_looked_at_the_number_is_told() {
    let limit = Duration::from_millis(200);
    let warned = warnings(|| {
        log::set_max_level(log::LevelFilter::Warn);
        let mut event_loop = EventLoop::new(Clock::Real);
        event_loop.set_slow_poll_limit(Some(limit));
        event_loop.block_on(short_polls(limit));
        drop(event_loop.spawn(async { thread::sleep(Duration::from_millis(250)) }));
        event_loop.run();
    });
    let [warning] = warned.as_slice() else {
        panic!("{warned:?}");
    };
    assert!(warning.contains(": task 1, which is over; "), "{warning}");
}
