//! Wakers: from inside, from other threads, twice, too late.

mod support;

use runtime::{Clock, EventLoop, spawn, yield_now};
use std::cell::Cell;
use std::future::{pending, poll_fn};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::task::{Poll, Waker};
use std::thread;
use support::{assert_trace, only, trace, warnings};

/// The running task's waker.
async fn own_waker() -> Waker {
    poll_fn(|context| Poll::Ready(context.waker().clone())).await
}

/// Is over once `is_done` says so; somebody else must wake it.
async fn until(is_done: impl Fn() -> bool) {
    poll_fn(|_| {
        if is_done() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

#[test]
fn wake_during_poll_requeues_once() {
    let trace = trace(|| {
        EventLoop::new(Clock::Virtual).block_on(async {
            let waker = own_waker().await;
            waker.wake_by_ref();
            waker.wake_by_ref();
            waker.wake();
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
    });
    assert_trace(
        &trace[3..],
        &[
            "turn turn=1 ready=1",
            "polled task=0",
            "woken task=0 by=task:0 class=normal",
            "woken task=0 by=task:0 class=normal already=true",
            "woken task=0 by=task:0 class=normal already=true",
            "pending task=0 ran=0", // it waits for nothing of ours: no `waiting`
            "turn turn=2 ready=1",
            "polled task=0",
            "completed task=0 ran=0",
            "ended turns=2 polls=2 left=0",
        ],
    );
}

#[test]
fn a_task_that_woke_itself_and_is_over_leaves_the_queue() {
    let trace = trace(|| {
        EventLoop::new(Clock::Virtual).block_on(async {
            let task = spawn(async { own_waker().await.wake() });
            task.await.unwrap();
        });
    });
    let turns = only(&trace, &["turn"]);
    assert_trace(
        &turns,
        &[
            "turn turn=1 ready=1",
            "turn turn=2 ready=1",
            "turn turn=3 ready=1",
        ],
    );
}

#[test]
fn stale_waker_does_not_poll_a_new_task_in_its_slot() {
    let trace = trace(|| {
        EventLoop::new(Clock::Virtual).block_on(async {
            let stale = spawn(own_waker()).await.unwrap(); // task 1's slot is free now
            let polls = Rc::new(Cell::new(0));
            let counter = polls.clone();
            let task = spawn(async move {
                poll_fn(|_| {
                    counter.set(counter.get() + 1);
                    Poll::<()>::Pending
                })
                .await;
            });
            yield_now().await;
            stale.wake_by_ref();
            yield_now().await;
            assert_eq!(polls.get(), 1);
            task.abort();
            assert!(task.await.unwrap_err().is_cancelled());
            stale.wake(); // and nobody is in the slot now
        });
    });
    assert_trace(
        &only(&trace, &["stale_wake"]),
        &["stale_wake task=1", "stale_wake task=1"],
    );
}

#[test]
fn another_thread_wakes_a_loop_that_sleeps_in_the_os() {
    let is_done = Arc::new(AtomicBool::new(false));
    let trace = trace(|| {
        let is_done = is_done.clone();
        EventLoop::new(Clock::Real).block_on(async move {
            let waker = own_waker().await;
            let flag = is_done.clone();
            let helper = thread::spawn(move || {
                thread::sleep(std::time::Duration::from_millis(20));
                flag.store(true, Ordering::Release);
                waker.wake();
            });
            until(|| is_done.load(Ordering::Acquire)).await;
            helper.join().unwrap();
        });
    });
    assert!(is_done.load(Ordering::Acquire));
    let woken = only(&trace, &["woken"]);
    assert_eq!(woken[1], "woken task=0 by=outside class=normal");
    let events = only(&trace, &["unparked"]);
    assert!(
        events.iter().all(|line| line.ends_with("events=0")),
        "a notification is no source"
    );
}

#[test]
fn no_wake_from_another_thread_is_lost() {
    const WAKES: u32 = 20_000;
    let count = Arc::new(AtomicU32::new(0));
    EventLoop::new(Clock::Real).block_on(async {
        let waker = own_waker().await;
        let (to_helper, from_loop) = mpsc::channel::<()>();
        let counter = count.clone();
        let helper = thread::spawn(move || {
            while from_loop.recv().is_ok() {
                counter.fetch_add(1, Ordering::Release);
                waker.wake_by_ref();
            }
        });
        for n in 1..=WAKES {
            to_helper.send(()).unwrap();
            until(|| count.load(Ordering::Acquire) == n).await;
        }
        drop(to_helper);
        helper.join().unwrap();
    });
    assert_eq!(count.load(Ordering::Acquire), WAKES);
}

#[test]
fn many_threads_may_wake_one_task_that_is_never_idle() {
    let count = Arc::new(AtomicU32::new(0));
    EventLoop::new(Clock::Real).block_on(async {
        let waker = own_waker().await;
        let helpers: Vec<_> = (0..4)
            .map(|_| {
                let (waker, counter) = (waker.clone(), count.clone());
                thread::spawn(move || {
                    for _ in 0..5_000 {
                        counter.fetch_add(1, Ordering::Release);
                        waker.wake_by_ref();
                    }
                })
            })
            .collect();
        let busy = spawn(async {
            loop {
                yield_now().await;
            }
        });
        until(|| count.load(Ordering::Acquire) == 20_000).await;
        busy.abort();
        for helper in helpers {
            helper.join().unwrap();
        }
    });
}

#[test]
fn a_waker_may_outlive_its_loop() {
    let waker = EventLoop::new(Clock::Real).block_on(own_waker());
    waker.wake_by_ref();
    thread::spawn(move || waker.wake()).join().unwrap();
}

#[test]
fn a_wake_from_the_loops_caller_is_one_from_outside() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    let is_open = Rc::new(Cell::new(false));
    let (to_us, from_task) = mpsc::channel();
    let gate = is_open.clone();
    let task = event_loop.spawn(async move {
        to_us.send(own_waker().await).unwrap();
        until(|| gate.get()).await;
        9
    });
    event_loop.block_on(yield_now());
    is_open.set(true);
    from_task.recv().unwrap().wake(); // no loop is entered here
    assert_eq!(event_loop.block_on(task).unwrap(), 9);
}

#[test]
fn a_loop_that_can_only_be_woken_from_outside_says_so_once() {
    let warned = warnings(|| {
        EventLoop::new(Clock::Virtual).block_on(async {
            drop(spawn(pending::<()>()));
            let waker = own_waker().await;
            for _ in 0..2 {
                let waker = waker.clone();
                let is_done = Arc::new(AtomicBool::new(false));
                let flag = is_done.clone();
                let helper = thread::spawn(move || {
                    thread::sleep(std::time::Duration::from_millis(20));
                    flag.store(true, Ordering::Release);
                    waker.wake();
                });
                until(|| is_done.load(Ordering::Acquire)).await;
                helper.join().unwrap();
            }
        });
    });
    assert_eq!(
        warned,
        [
            "nothing is ready, no timer is armed and no source is registered, but 2 tasks wait: \
          the loop sleeps until another OS thread wakes one of them, for ever if none does"
        ]
    );
}

#[test]
fn a_wake_from_another_thread_during_the_poll_leads_to_another_poll() {
    EventLoop::new(Clock::Real).block_on(async {
        let mut polls = 0;
        poll_fn(|context| {
            polls += 1;
            if polls == 2 {
                return Poll::Ready(());
            }
            let waker = context.waker().clone();
            thread::spawn(move || waker.wake()).join().unwrap(); // and only now:
            Poll::Pending
        })
        .await;
    });
}

#[test]
fn a_stale_waker_called_by_many_threads_at_once_polls_nobody() {
    EventLoop::new(Clock::Real).block_on(async {
        let stale = spawn(own_waker()).await.unwrap(); // task 1's slot is free now
        let polls = Rc::new(Cell::new(0));
        let counter = polls.clone();
        let task = spawn(async move {
            poll_fn(|_| {
                counter.set(counter.get() + 1);
                Poll::<()>::Pending
            })
            .await;
        });
        yield_now().await; // the new task waits
        let threads: Vec<_> = (0..4)
            .map(|_| {
                let stale = stale.clone();
                thread::spawn(move || (0..1_000).for_each(|_| stale.wake_by_ref()))
            })
            .collect();
        while !threads.iter().all(thread::JoinHandle::is_finished) {
            yield_now().await; // the loop looks into its inbox meanwhile
        }
        yield_now().await; // and once more after that
        yield_now().await; // whoever it woke by mistake has been polled now
        assert_eq!(polls.get(), 1);
        task.abort();
    });
}
