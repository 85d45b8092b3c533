//! The limits of a search, and what it says when it comes to one.

use crate::latch::Latch;
use runtime::{Clock, EventLoop, Explore, Found, Stopped, explore, spawn, yield_now};
use std::cell::Cell;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::Duration;

/// Four tasks of three polls: 369,600 orders.
async fn many() {
    let latch = Latch::new(4);
    for _ in 0..4 {
        let latch = latch.clone();
        spawn(async move {
            yield_now().await;
            yield_now().await;
            latch.arrive();
        });
    }
    latch.wait().await;
}

#[test]
fn as_many_executions_as_are_allowed_are_tried() {
    let found = Explore::new().executions_limit(100).run(many);
    assert_eq!(
        (found.explored(), found.stopped()),
        (100, Some(Stopped::ExecutionsLimit))
    );
    assert!(
        found
            .to_string()
            .starts_with("tried 100 orders, and not all: more were not allowed")
    );
}

#[test]
fn no_execution_begins_after_the_time() {
    let found = Explore::new().time_limit(Duration::ZERO).run(many);
    assert_eq!(
        (found.explored(), found.stopped()),
        (1, Some(Stopped::TimeLimit))
    );
}

#[test]
fn whoever_watches_sees_more_and_more_and_may_stop_it() {
    let seen = Rc::new(Cell::new(0));
    let watcher = Rc::clone(&seen);
    let watch = move |found: &Found| {
        assert!(found.explored() > watcher.get());
        watcher.set(found.explored());
        ControlFlow::Break(())
    };
    let found = Explore::new().watch(watch).run(many);
    assert_eq!(
        (found.explored(), found.stopped()),
        (seen.get(), Some(Stopped::Watcher))
    );
}

#[test]
fn a_search_inside_of_a_loop_is_refused() {
    let inside = catch_unwind(AssertUnwindSafe(|| {
        EventLoop::new(Clock::Virtual).block_on(async { explore(many) })
    }));
    let panic = inside.unwrap_err();
    let message = panic.downcast_ref::<&str>().unwrap();
    assert!(
        message.starts_with("a search was called inside of an event loop"),
        "{message}"
    );
}
