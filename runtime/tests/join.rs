//! The join handle: results, panics, abort, detach, and the end of the loop.

mod support;

use runtime::{Builder, Clock, EventLoop, sleep, spawn, yield_now};
use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use support::{assert_trace, only, trace};

/// Does something when it is dropped.
struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Runs `main` in virtual time.
fn block_on<T>(main: impl Future<Output = T>) -> T {
    EventLoop::new(Clock::Virtual).block_on(main)
}

#[test]
fn a_result_reaches_whoever_awaits_the_handle() {
    let text = block_on(async { spawn(async { String::from("done") }).await });
    assert_eq!(text.unwrap(), "done");
}

#[test]
fn a_handle_can_be_awaited_in_another_task() {
    let sum = block_on(async {
        let one = spawn(async {
            sleep(Duration::from_secs(1)).await;
            1
        });
        let two = spawn(async move { one.await.unwrap() + 1 });
        two.await.unwrap() + 1
    });
    assert_eq!(sum, 3);
}

#[test]
fn a_panic_ends_its_task_alone_and_reaches_the_joiner() {
    let trace = trace(|| {
        block_on(async {
            let bad = Builder::new().name("bad").spawn(async {
                yield_now().await;
                let what = String::from("luck");
                panic!("no {what}");
            });
            let good = spawn(async {
                yield_now().await;
                7
            });
            let error: runtime::JoinError = bad.await.unwrap_err();
            assert!(error.is_panic() && !error.is_cancelled());
            assert_eq!(error.to_string(), "task 1 'bad' panicked: no luck");
            assert_eq!(*error.into_panic().downcast::<String>().unwrap(), "no luck");
            assert_eq!(good.await.unwrap(), 7);
        });
    });
    assert_trace(
        &only(&trace, &["panicked", "completed"]),
        &[
            "panicked task=1 ran=0 message=\"no luck\"",
            "completed task=2 ran=0",
            "completed task=0 ran=0",
        ],
    );
}

#[test]
fn a_panic_while_a_task_is_dropped_reaches_the_joiner() {
    block_on(async {
        let bomb = OnDrop(|| panic!("in drop"));
        let over = spawn(async move {
            let _bomb = bomb;
            yield_now().await;
        });
        assert!(over.await.unwrap_err().is_panic());

        let bomb = OnDrop(|| panic!("in drop"));
        let aborted = spawn(async move {
            let _bomb = bomb;
            pending::<()>().await;
        });
        yield_now().await;
        aborted.abort();
        let error = aborted.await.unwrap_err();
        assert_eq!(error.to_string(), "task 2 panicked: in drop");
    });
}

#[test]
fn a_panic_of_a_result_that_nobody_wants_is_the_tasks_own() {
    let trace = trace(|| {
        block_on(async {
            drop(spawn(async { OnDrop(|| panic!("unwanted")) }));
            yield_now().await;
        });
    });
    assert_trace(
        &only(&trace, &["panicked", "completed"]),
        &[
            "panicked task=1 ran=0 message=\"unwanted\"",
            "completed task=0 ran=0",
        ],
    );
}

#[test]
fn a_dropped_handle_detaches() {
    let is_over = Rc::new(Cell::new(false));
    block_on(async {
        let flag = is_over.clone();
        drop(spawn(async move {
            yield_now().await;
            flag.set(true);
        }));
        yield_now().await;
        assert!(!is_over.get());
        yield_now().await;
        assert!(is_over.get());
    });
}

#[test]
fn abort_drops_the_task_on_its_next_turn_and_not_before() {
    let trace = trace(|| {
        block_on(async {
            let is_dropped = Rc::new(Cell::new(false));
            let guard = OnDrop({
                let is_dropped = is_dropped.clone();
                move || is_dropped.set(true)
            });
            let task = spawn(async move {
                let _guard = guard;
                sleep(Duration::from_secs(1)).await;
            });
            yield_now().await;
            task.abort();
            task.abort(); // once is enough
            assert!(!is_dropped.get() && !task.is_finished());
            let error = task.await.unwrap_err();
            assert!(error.is_cancelled() && !error.is_panic());
            assert_eq!(error.to_string(), "task 1 was cancelled");
            assert!(is_dropped.get());
        });
    });
    assert_trace(
        &trace[9..],
        &[
            "turn turn=2 ready=2",
            "polled task=1",
            "timer_armed timer=1 deadline=1000000000 task=1",
            "waiting task=1 on=timer:1",
            "pending task=1 ran=0",
            "polled task=0",
            "woken task=1 by=task:0 class=normal", // abort: the loop will see to it
            "woken task=1 by=task:0 class=normal already=true",
            "waiting task=0 on=task:1",
            "pending task=0 ran=0",
            "turn turn=3 ready=1",
            "timer_dropped timer=1", // first its things
            "cancelled task=1 ran=0 by=task:0",
            "woken task=0 by=task:1 class=normal",
            "turn turn=4 ready=1",
            "polled task=0",
            "joined task=1 by=task:0",
            "completed task=0 ran=0",
            "ended turns=4 polls=4 left=0",
        ],
    );
}

#[test]
fn a_task_aborted_before_its_first_poll_never_runs() {
    block_on(async {
        let task = spawn(async { panic!("it runs") });
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
    });
}

#[test]
fn a_task_that_is_over_cannot_be_aborted() {
    block_on(async {
        let task = spawn(async { 5 });
        yield_now().await;
        assert!(task.is_finished());
        task.abort();
        assert_eq!(task.await.unwrap(), 5);
    });
}

#[test]
fn a_task_that_aborts_itself_still_ends_its_poll() {
    block_on(async {
        let handle = Rc::new(RefCell::new(None::<runtime::JoinHandle<i32>>));
        let own = handle.clone();
        *handle.borrow_mut() = Some(spawn(async move {
            own.borrow().as_ref().unwrap().abort();
            3
        }));
        yield_now().await;
        let handle = handle.take().unwrap();
        assert_eq!(handle.await.unwrap(), 3, "it was over before its next turn");
    });
}

#[test]
fn block_on_panics_as_its_future_does_and_leaves_the_loop_usable() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    let task = event_loop.spawn(async {
        yield_now().await;
        1
    });
    let panic = catch_unwind(AssertUnwindSafe(|| {
        event_loop.block_on(async { panic!("mine") });
    }));
    assert_eq!(*panic.unwrap_err().downcast::<&str>().unwrap(), "mine");
    assert_eq!(event_loop.block_on(task).unwrap(), 1);
}

#[test]
fn dropping_the_loop_drops_every_task_in_the_order_of_spawning() {
    let order = Rc::new(RefCell::new(Vec::new()));
    let trace = trace(|| {
        let mut event_loop = EventLoop::new(Clock::Virtual);
        let handles: Vec<_> = (1..=3)
            .map(|n| {
                let order = order.clone();
                let guard = OnDrop(move || order.borrow_mut().push(n));
                event_loop.spawn(async move {
                    let _guard = guard;
                    pending::<()>().await;
                })
            })
            .collect();
        event_loop.block_on(yield_now()); // each has had its first poll
        drop(event_loop);
        let mut another = EventLoop::new(Clock::Virtual);
        for handle in handles {
            assert!(another.block_on(handle).unwrap_err().is_cancelled());
        }
    });
    assert_eq!(*order.borrow(), [1, 2, 3]);
    assert_trace(
        &only(&trace, &["cancelled", "ended"]),
        &[
            "cancelled task=1 ran=0",
            "cancelled task=2 ran=0",
            "cancelled task=3 ran=0",
            "ended turns=2 polls=5 left=3",
            "ended turns=3 polls=3 left=0",
        ],
    );
}

#[test]
fn destructors_may_spawn_and_wake_while_the_loop_is_dropped() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    let joined = Rc::new(Cell::new(false));
    let first = event_loop.spawn(async {
        let _guard = OnDrop(|| drop(spawn(async { panic!("it runs") })));
        pending::<()>().await;
    });
    let flag = OnDrop({
        let joined = joined.clone();
        move || joined.set(true)
    });
    drop(event_loop.spawn(async move {
        let _flag = flag;
        let _ = first.await; // woken by the end of the first, but never polled again
        panic!("it runs");
    }));
    event_loop.block_on(yield_now());
    drop(event_loop);
    assert!(joined.get());
}

#[test]
fn a_task_that_is_cancelled_cannot_be_woken_by_its_own_destructors() {
    let trace = trace(|| {
        block_on(async {
            let [first, _second] = [(); 2].map(|()| {
                spawn(async {
                    let waker = poll_fn(|context| Poll::Ready(context.waker().clone())).await;
                    let _guard = OnDrop(move || waker.wake_by_ref());
                    pending::<()>().await;
                })
            });
            yield_now().await;
            first.abort();
            yield_now().await;
        });
    });
    assert_trace(
        &only(&trace, &["woken", "stale_wake", "cancelled"])[4..],
        &[
            "woken task=1 by=task:0 class=normal", // by the abort
            "woken task=0 by=task:0 class=normal",
            "stale_wake task=1", // it is the head of the queue: it is not queued again
            "cancelled task=1 ran=0 by=task:0",
            "stale_wake task=2", // the loop is dropped
            "cancelled task=2 ran=0",
        ],
    );
}

#[test]
fn a_handle_that_is_polled_outside_of_the_loop_is_no_tasks_wait() {
    let trace = trace(|| {
        let mut event_loop = EventLoop::new(Clock::Virtual);
        let mut task = event_loop.spawn(sleep(Duration::from_millis(1)));
        let mut context = Context::from_waker(Waker::noop());
        assert!(Pin::new(&mut task).poll(&mut context).is_pending());
        event_loop.run();
    });
    assert_trace(&only(&trace, &["waiting"]), &["waiting task=1 on=timer:1"]);
}
