//! Calls and the threads that make them.

use super::{block_on, tell_of_end, until_told, with_threads};
use crate::support::{assert_trace, only, trace, warnings};
use runtime::blocking::{self, Limits};
use runtime::{Clock, EventLoop, sleep, spawn, timeout, yield_now};
use std::net::ToSocketAddrs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::thread;
use std::time::Duration;

#[test]
fn a_call_gives_its_result_from_another_thread() {
    let here = thread::current().id();
    let there = block_on(async { blocking::spawn(|| thread::current().id()).await });
    assert_ne!(there.unwrap(), here);
}

#[test]
fn a_call_leaves_the_loop_to_the_others_and_has_one_trace() {
    let program = || {
        block_on(async {
            let (done, call) = until_told();
            let job = blocking::spawn(call);
            drop(spawn(async move {
                yield_now().await;
                drop(done); // not earlier: the call cannot be over before this
            }));
            job.await.unwrap();
        });
    };
    for _ in 0..50 {
        assert_trace(
            &trace(program)[4..],
            &[
                "polled task=0",
                "blocking_queued job=1 task=0",
                "blocking_started job=1 thread=1",
                "spawned task=1 name=\"\" class=normal by=task:0",
                "woken task=1 by=task:0 class=normal",
                "waiting task=0 on=job:1",
                "pending task=0 ran=0",
                "turn turn=2 ready=1",
                "polled task=1",
                "woken task=1 by=task:1 class=normal",
                "pending task=1 ran=0",
                "turn turn=3 ready=1",
                "polled task=1",
                "completed task=1 ran=0",
                "parked",
                "unparked waited=0 events=0",
                "blocking_finished job=1 thread=1",
                "woken task=0 by=job:1 class=normal",
                "turn turn=4 ready=1",
                "polled task=0",
                "completed task=0 ran=0",
                "ended turns=4 polls=4 left=0",
            ],
        );
    }
}

#[test]
fn an_end_in_the_midst_of_polls_does_not_show_in_virtual_time() {
    let program = || {
        block_on(async {
            let (sender, receiver) = mpsc::channel();
            let job = blocking::spawn(move || sender.send(()));
            receiver.recv().unwrap(); // the call is as good as over
            for _ in 0..3 {
                yield_now().await;
                assert!(!job.is_finished());
            }
            job.await.unwrap().unwrap();
        });
    };
    let first = trace(program);
    for _ in 0..50 {
        assert_eq!(trace(program), first);
    }
}

#[test]
fn virtual_time_stands_still_while_a_call_is_out() {
    block_on(async {
        let (done, call) = until_told();
        let job = blocking::spawn(call);
        let limited = spawn(timeout(Duration::from_secs(1), job));
        // From outside, since no task runs before the call is over.
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(20));
            drop(done);
        });
        limited.await.unwrap().expect("no time has passed").unwrap();
    });
}

#[test]
fn calls_beyond_the_limit_begin_in_the_order_in_which_they_came() {
    let order = Arc::new(std::sync::Mutex::new(Vec::new()));
    let trace = trace(|| {
        with_threads(1).block_on(async {
            let (go, call) = until_told();
            let first = blocking::spawn(call);
            let calls = [1, 2, 3].map(|n| {
                let order = order.clone();
                blocking::spawn(move || order.lock().unwrap().push(n))
            });
            drop(go);
            first.await.unwrap();
            for call in calls {
                call.await.unwrap();
            }
        });
    });
    assert_eq!(*order.lock().unwrap(), [1, 2, 3]);
    let names = ["blocking_queued", "blocking_started", "blocking_finished"];
    assert_trace(
        &only(&trace, &names),
        &[
            "blocking_queued job=1 task=0",
            "blocking_started job=1 thread=1",
            "blocking_queued job=2 task=0",
            "blocking_queued job=3 task=0",
            "blocking_queued job=4 task=0",
            "blocking_finished job=1 thread=1",
            "blocking_started job=2 thread=1",
            "blocking_finished job=2 thread=1",
            "blocking_started job=3 thread=1",
            "blocking_finished job=3 thread=1",
            "blocking_started job=4 thread=1",
            "blocking_finished job=4 thread=1",
        ],
    );
}

#[test]
fn as_many_calls_run_at_once_as_the_limit_says_and_no_more() {
    let running = Arc::new(AtomicUsize::new(0));
    with_threads(3).block_on(async {
        // Three must be there at once, or none would come out of the barrier.
        let barrier = Arc::new(Barrier::new(3));
        let jobs: Vec<_> = (0..9)
            .map(|_| {
                let (running, barrier) = (running.clone(), barrier.clone());
                blocking::spawn(move || {
                    let now = running.fetch_add(1, Ordering::SeqCst) + 1;
                    barrier.wait();
                    running.fetch_sub(1, Ordering::SeqCst);
                    now
                })
            })
            .collect();
        for job in jobs {
            assert!(job.await.unwrap() <= 3);
        }
    });
}

#[test]
fn an_idle_thread_is_used_again() {
    block_on(async {
        let id = || thread::current().id();
        let first = blocking::spawn(id).await.unwrap();
        assert_eq!(blocking::spawn(id).await.unwrap(), first);
    });
}

#[test]
fn a_thread_ends_after_its_idle_time() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    event_loop.set_blocking_limits(Limits {
        idle: Duration::from_millis(1),
        ..Limits::default()
    });
    event_loop.block_on(async {
        let (ended, call) = tell_of_end();
        blocking::spawn(call).await.unwrap();
        ended.recv().expect("it ends while the loop lives");
        // And the next call gets a new one.
        assert_eq!(blocking::spawn(|| 7).await.unwrap(), 7);
    });
}

#[test]
fn a_panic_reaches_who_awaits_and_the_thread_goes_on() {
    block_on(async {
        let error = blocking::spawn(|| panic!("on purpose")).await.unwrap_err();
        assert!(error.is_panic() && !error.is_cancelled());
        assert_eq!(error.to_string(), "blocking job 1 panicked: on purpose");
        assert_eq!(
            error.into_panic().downcast_ref::<&str>(),
            Some(&"on purpose")
        );
        let name = blocking::spawn(|| thread::current().name().map(str::to_owned));
        assert_eq!(name.await.unwrap().as_deref(), Some("blocking 1"));
    });
}

#[test]
fn a_task_cannot_be_spawned_from_a_call() {
    let error = block_on(async { blocking::spawn(|| drop(spawn(async {}))).await.unwrap_err() });
    assert!(
        error
            .to_string()
            .contains("spawn() was called outside of an event loop")
    );
}

#[test]
#[should_panic(expected = "blocking::spawn() was called outside of an event loop")]
fn a_call_needs_a_loop() {
    drop(blocking::spawn(|| ()));
}

#[test]
fn a_thread_that_the_os_refuses_is_an_error_if_there_is_no_other() {
    let mut event_loop = EventLoop::new(Clock::Real);
    event_loop.set_blocking_limits(Limits {
        stack: Some(usize::MAX / 4), // more than there is
        ..Limits::default()
    });
    let mut message = String::new();
    let warned = warnings(|| {
        event_loop.block_on(async {
            let error = blocking::spawn(|| ()).await.unwrap_err();
            assert!(!error.is_panic() && !error.is_cancelled());
            message = error.to_string();
        });
    });
    assert!(message.starts_with("blocking job 1: the OS gives no thread: "));
    assert!(warned[0].starts_with("the OS refuses a thread for the blocking call at runtime/"));
}

#[test]
fn a_call_for_which_the_os_refuses_a_thread_waits_for_another() {
    let mut event_loop = EventLoop::new(Clock::Real);
    event_loop.block_on(async { blocking::spawn(|| ()).await.unwrap() });
    event_loop.set_blocking_limits(Limits {
        stack: Some(usize::MAX / 4),
        ..Limits::default()
    });
    event_loop.block_on(async {
        let (done, call) = until_told();
        let busy = blocking::spawn(call);
        let queued = blocking::spawn(|| 7);
        drop(done);
        assert_eq!(queued.await.unwrap(), 7);
        busy.await.unwrap();
    });
}

#[test]
#[should_panic(expected = "the pool for blocking calls needs at least one thread")]
fn a_pool_without_threads_is_refused() {
    drop(with_threads(0));
}

#[test]
fn a_wait_for_a_call_alone_is_no_endless_sleep() {
    let warned = warnings(|| block_on(async { blocking::spawn(|| ()).await.unwrap() }));
    assert_eq!(warned, [""; 0]);
}

#[test]
fn many_calls_come_back_in_real_time() {
    EventLoop::new(Clock::Real).block_on(async {
        let jobs: Vec<_> = (0..1000_u32).map(|n| blocking::spawn(move || n)).collect();
        sleep(Duration::from_millis(1)).await;
        let mut sum = 0;
        for job in jobs {
            sum += job.await.unwrap();
        }
        assert_eq!(sum, 499_500);
    });
}

#[test]
fn a_name_is_looked_up_and_a_bad_one_is_an_error() {
    block_on(async {
        let found: Vec<_> = runtime::net::lookup_host("localhost:80")
            .await
            .unwrap()
            .collect();
        let expected: Vec<_> = "localhost:80".to_socket_addrs().unwrap().collect();
        assert_eq!(found, expected);
        let error = runtime::net::lookup_host("no port").await.unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    });
}
