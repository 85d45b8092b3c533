//! A destructor that keeps the loop for too long is its own task's fault.
//!
//! Alone in its file, since it turns the trace off: whoever traces looks at the
//! clock at every record, and so cannot mistake whose time it was.

mod support;

use runtime::{Builder, Clock, EventLoop};
use std::future::pending;
use std::thread;
use std::time::Duration;
use support::warnings;

/// Takes its time when it is dropped.
struct Slow;

impl Drop for Slow {
    fn drop(&mut self) {
        thread::sleep(Duration::from_millis(50));
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
