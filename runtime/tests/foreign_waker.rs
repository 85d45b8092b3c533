//! Wakers that are not the loop's own, and that panic when they are called:
//! whoever else is to be woken at the same time still is.

mod support;

use runtime::sync::channel;
use runtime::{Clock, EventLoop, net::TcpListener, sleep, spawn, yield_now};
use std::cell::Cell;
use std::future::{pending, poll_fn};
use std::net::TcpStream as OtherStream;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

/// A waker that panics.
struct Panicking;

impl Wake for Panicking {
    fn wake(self: Arc<Self>) {
        panic!("not me");
    }
}

/// Polls `future` once, with a waker that will panic.
fn poll_with_a_panicking_waker<F: Future + 'static>(future: F) {
    let mut future = Box::pin(future);
    let waker = Waker::from(Arc::new(Panicking));
    let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
    assert!(polled.is_pending());
    drop(spawn(async move {
        pending::<()>().await; // keeps the wait
        drop(future);
    }));
}

#[test]
fn a_panicking_waker_harms_no_other_source_of_the_same_answer() {
    EventLoop::new(Clock::Virtual).block_on(async {
        let listeners = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let addresses = listeners.each_ref().map(|one| one.local_addr().unwrap());
        let [first, second, third] = listeners;
        drop(spawn(async move {
            let (accepting, waker) = (first.accept(), Waker::from(Arc::new(Panicking)));
            let mut accepting = pin!(accepting);
            let polled = accepting.as_mut().poll(&mut Context::from_waker(&waker));
            assert!(polled.is_pending());
            pending::<()>().await;
        }));
        let others = [second, third].map(|listener| {
            spawn(async move {
                listener.accept().await.unwrap();
            })
        });
        yield_now().await; // all three wait
        let _streams = addresses.map(|address| OtherStream::connect(address).unwrap());
        for other in others {
            other.await.unwrap();
        }
    });
}

#[test]
fn a_panicking_waker_harms_no_other_timer_that_is_due() {
    EventLoop::new(Clock::Virtual).block_on(async {
        let second = Duration::from_secs(1);
        poll_with_a_panicking_waker(sleep(second));
        sleep(second).await; // its deadline is the same
    });
}

#[test]
fn a_panicking_waker_harms_neither_the_task_that_it_joins_nor_the_loop() {
    EventLoop::new(Clock::Virtual).block_on(async {
        let task = spawn(yield_now());
        poll_with_a_panicking_waker(task);
        for _ in 0..3 {
            yield_now().await; // the task comes to its end
        }
    });
}

#[test]
fn a_panicking_waker_harms_neither_who_closes_a_channel_nor_who_waits_for_it() {
    EventLoop::new(Clock::Virtual).block_on(async {
        let (sender, receiver) = channel::<()>(1);
        let other = receiver.clone();
        poll_with_a_panicking_waker(async move { receiver.recv().await });
        let other = spawn(async move { other.recv().await });
        yield_now().await;
        drop(sender);
        assert!(other.await.unwrap().is_err());
    });
}

#[test]
fn a_waker_that_panics_while_a_task_unwinds_does_not_abort_the_process() {
    EventLoop::new(Clock::Virtual).block_on(async {
        let (sender, receiver) = channel::<()>(1);
        poll_with_a_panicking_waker(async move { receiver.recv().await });
        let task = spawn(async move {
            let _held = sender; // dropped while the panic unwinds, which wakes
            panic!("me");
        });
        assert!(task.await.unwrap_err().is_panic());
    });
}

#[test]
fn a_panicking_waker_is_reported() {
    let records = support::records(|| {
        EventLoop::new(Clock::Virtual).block_on(async {
            poll_with_a_panicking_waker(sleep(Duration::ZERO));
            sleep(Duration::ZERO).await;
        });
    });
    let errors = records
        .iter()
        .filter(|record| record.level == log::Level::Error);
    let errors: Vec<_> = errors.map(|record| record.name.as_str()).collect();
    assert_eq!(
        errors,
        [
            "a waker that is not the loop's own panicked when it was called: not me; \
             whoever it stands for was not woken"
        ]
    );
}

#[test]
fn a_foreign_waker_may_come_back_into_the_loop() {
    /// A waker that spawns a task.
    struct Spawning;
    thread_local! {
        static SPAWNED: Rc<Cell<u32>> = Rc::default();
    }
    impl Wake for Spawning {
        fn wake(self: Arc<Self>) {
            drop(spawn(async {
                SPAWNED.with(|count| count.set(count.get() + 1));
            }));
        }
    }
    EventLoop::new(Clock::Virtual).block_on(async {
        let mut sleeping = pin!(sleep(Duration::from_secs(1)));
        let waker = Waker::from(Arc::new(Spawning));
        poll_fn(|_| {
            let polled = sleeping.as_mut().poll(&mut Context::from_waker(&waker));
            assert!(polled.is_pending());
            Poll::Ready(())
        })
        .await;
        sleep(Duration::from_secs(2)).await;
        assert_eq!(SPAWNED.with(|count| count.get()), 1);
    });
}
