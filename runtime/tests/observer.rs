//! Observers: a loop is asked from other OS threads how it stands.

use runtime::{Clock, EventLoop, ObserveError, Observer, sleep, spawn, stats, yield_now};
use std::cell::Cell;
use std::future::{pending, poll_fn};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier, mpsc};
use std::task::Poll;
use std::thread;
use std::time::Duration;

/// Runs a loop until `asks`, on another OS thread, is done with its observer.
fn observed<T: Send + 'static>(
    clock: Clock,
    busy: bool,
    asks: impl FnOnce(Observer) -> T + Send + 'static,
) -> (T, EventLoop) {
    let mut event_loop = EventLoop::new(clock);
    let observer = event_loop.observer();
    let is_done = Arc::new(AtomicBool::new(false));
    let flag = is_done.clone();
    let answer = event_loop.block_on(async move {
        let waker = poll_fn(|context| Poll::Ready(context.waker().clone())).await;
        let helper = thread::spawn(move || {
            let answer = asks(observer);
            flag.store(true, Ordering::Release);
            waker.wake();
            answer
        });
        if busy {
            drop(spawn(async {
                loop {
                    yield_now().await;
                }
            }));
        }
        poll_fn(|_| {
            if is_done.load(Ordering::Acquire) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
        helper.join().expect("the observer does not panic")
    });
    (answer, event_loop)
}

#[test]
fn a_loop_that_sleeps_in_the_os_answers() {
    for clock in [Clock::Real, Clock::Virtual] {
        let (dump, _) = observed(clock, false, |observer| observer.dump());
        let dump = dump.unwrap();
        assert_eq!(dump.tasks().len(), 1);
        assert_eq!(dump.tasks()[0].name(), Some("main"));
    }
}

#[test]
fn a_loop_that_is_never_idle_answers() {
    for clock in [Clock::Real, Clock::Virtual] {
        let (stats, _) = observed(clock, true, |observer| observer.stats());
        assert!(stats.unwrap().turns > 0);
    }
}

#[test]
fn a_loop_that_has_answered_sleeps_again() {
    let ((), event_loop) = observed(Clock::Real, false, |observer| {
        for _ in 0..50 {
            observer.stats().unwrap();
        }
        thread::sleep(Duration::from_millis(50));
    });
    // A loop that is kept awake takes a million turns in this time.
    assert!(event_loop.stats().turns < 1_000, "{:?}", event_loop.stats());
}

#[test]
fn many_threads_ask_at_once_and_each_has_its_answer() {
    let (answers, _) = observed(Clock::Real, false, |observer| {
        let start = Arc::new(Barrier::new(4));
        let ask = |observer: Observer| {
            let start = start.clone();
            thread::spawn(move || {
                start.wait();
                (0..200).filter(|_| observer.dump().is_ok()).count()
            })
        };
        let helpers: Vec<_> = (0..4).map(|_| ask(observer.clone())).collect();
        let answers = helpers.into_iter().map(|helper| helper.join().unwrap());
        answers.sum::<usize>()
    });
    assert_eq!(answers, 800);
}

#[test]
fn a_loop_that_is_gone_says_so() {
    let observer = EventLoop::new(Clock::Real).observer();
    let asked = thread::spawn(move || {
        let limit = Duration::from_secs(9);
        (
            observer.dump().map(drop),
            observer.stats_timeout(limit).map(drop),
        )
    });
    let gone = Err(ObserveError::Gone);
    assert_eq!(asked.join().unwrap(), (gone, gone));
}

#[test]
fn a_loop_that_is_dropped_while_it_is_asked_says_so() {
    let event_loop = EventLoop::new(Clock::Real);
    let observer = event_loop.observer();
    let (ready, asking) = mpsc::channel();
    let helper = thread::spawn(move || {
        ready.send(()).unwrap();
        observer.dump().map(drop)
    });
    asking.recv().unwrap();
    thread::sleep(Duration::from_millis(20)); // most likely it asks by now
    drop(event_loop);
    assert_eq!(helper.join().unwrap(), Err(ObserveError::Gone));
}

#[test]
fn a_loop_that_nobody_turns_is_late() {
    let event_loop = EventLoop::new(Clock::Real);
    let observer = event_loop.observer();
    let helper = thread::spawn(move || observer.dump_timeout(Duration::from_millis(20)).map(drop));
    assert_eq!(helper.join().unwrap(), Err(ObserveError::Late));
}

#[test]
fn a_loop_that_a_task_keeps_is_late_and_answers_later() {
    let (release, kept) = mpsc::channel::<()>();
    let mut event_loop = EventLoop::new(Clock::Real);
    let observer = event_loop.observer();
    let helper = thread::spawn(move || {
        let late = observer.dump_timeout(Duration::from_millis(20)).map(drop);
        release.send(()).unwrap();
        (late, observer.dump().map(drop))
    });
    event_loop.block_on(async {
        kept.recv().unwrap(); // a blocking call, in a task
        while !helper.is_finished() {
            sleep(Duration::from_millis(1)).await;
        }
    });
    assert_eq!(helper.join().unwrap(), (Err(ObserveError::Late), Ok(())));
}

#[test]
fn a_task_may_ask_its_own_loop_through_an_observer() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    let observer = event_loop.observer();
    event_loop.block_on(async {
        drop(spawn(pending::<()>()));
        assert_eq!(observer.dump().unwrap().tasks().len(), 2);
        assert_eq!(observer.stats().unwrap(), stats());
    });
}

#[test]
fn the_loops_own_thread_is_refused_where_it_would_wait_for_itself() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    let observer = event_loop.observer();
    assert_eq!(observer.dump().map(drop), Err(ObserveError::OwnThread));
    let other = EventLoop::new(Clock::Virtual).observer();
    let result = Cell::new(None);
    event_loop.block_on(async { result.set(Some(other.dump().map(drop))) });
    assert_eq!(result.take(), Some(Err(ObserveError::Gone)));
    drop(event_loop);
    assert_eq!(observer.dump().map(drop), Err(ObserveError::Gone));
}
