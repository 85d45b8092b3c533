//! Nobody is kept waiting: by tasks that are always ready, by a task that
//! spawns for ever, or by a caller that blocks on one future after the other.

use runtime::{Clock, EventLoop, JoinHandle, net::TcpListener, sleep, spawn, yield_now};
use std::cell::Cell;
use std::future::poll_fn;
use std::net::TcpStream as OtherStream;
use std::rc::Rc;
use std::sync::mpsc;
use std::task::{Poll, Waker};
use std::time::Duration;

/// Within how many polls timers, sources and other threads are looked after.
const BOUND: u32 = 64;

/// Blocks on futures that are ready at once until `task` is over. Returns how
/// many there were, which is at most a few more than the bound.
fn block_on_nothing_until_over(event_loop: &mut EventLoop, task: &JoinHandle<()>) -> u32 {
    let mut count = 0;
    while !task.is_finished() {
        event_loop.block_on(async {});
        count += 1;
        assert!(count < 10 * BOUND, "the task is never served");
    }
    count
}

#[test]
fn one_block_on_after_the_other_does_not_keep_tasks_from_their_polls() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    let task = event_loop.spawn(async {
        for _ in 0..10 {
            yield_now().await;
        }
    });
    assert!(block_on_nothing_until_over(&mut event_loop, &task) <= 12);
}

#[test]
fn one_block_on_after_the_other_does_not_keep_timers_from_firing() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    let task = event_loop.spawn(sleep(Duration::ZERO));
    assert!(block_on_nothing_until_over(&mut event_loop, &task) <= BOUND + 2);
}

#[test]
fn one_block_on_after_the_other_does_not_keep_sources_from_being_seen() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    let (to_us, from_task) = mpsc::channel();
    let task = event_loop.spawn(async move {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        to_us.send(listener.local_addr().unwrap()).unwrap();
        listener.accept().await.unwrap();
    });
    event_loop.block_on(yield_now());
    let _stream = OtherStream::connect(from_task.recv().unwrap()).unwrap();
    assert!(block_on_nothing_until_over(&mut event_loop, &task) <= BOUND + 2);
}

#[test]
fn one_block_on_after_the_other_does_not_keep_other_threads_from_waking() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    let (to_us, from_task) = mpsc::channel::<Waker>();
    let task = event_loop.spawn(async move {
        let mut is_second = false;
        poll_fn(|context| {
            to_us.send(context.waker().clone()).unwrap();
            if std::mem::replace(&mut is_second, true) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    });
    event_loop.block_on(yield_now());
    from_task.recv().unwrap().wake(); // outside of the loop, as another thread is
    assert!(block_on_nothing_until_over(&mut event_loop, &task) <= BOUND + 2);
}

#[test]
fn in_real_time_a_block_on_in_a_loop_lets_the_time_pass_too() {
    let mut event_loop = EventLoop::new(Clock::Real);
    let task = event_loop.spawn(sleep(Duration::from_millis(5)));
    let mut count = 0;
    while !task.is_finished() {
        event_loop.block_on(async {});
        count += 1;
        assert!(count < 1_000_000, "which take longer than 5 ms");
    }
}

/// Spawns a task that does the same, and so on.
fn spawn_for_ever(count: Rc<Cell<u32>>) {
    count.set(count.get() + 1);
    drop(spawn(async move { spawn_for_ever(count) }));
}

#[test]
fn a_task_that_spawns_for_ever_keeps_nobody() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    event_loop.block_on(async {
        let count = Rc::new(Cell::new(0));
        spawn_for_ever(count.clone());
        // Others go on.
        let others: Vec<_> = (0..3).map(|_| spawn(yield_now())).collect();
        for other in others {
            other.await.unwrap();
        }
        // Timers fire.
        sleep(Duration::ZERO).await;
        assert!(count.get() <= 10);
        // And sources are seen.
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let _stream = OtherStream::connect(listener.local_addr().unwrap()).unwrap();
        let accepting = spawn(async move { listener.accept().await.map(drop) });
        accepting.await.unwrap().unwrap();
        assert!(count.get() <= 10 + 2 * BOUND);
    });
}
