//! Two loops of one OS thread, one after the other, and code outside of any.

use crate::support::{only, trace};
use runtime::sync::{Barrier, Mutex, Notify, RwLock, Semaphore, channel, oneshot, watch};
use runtime::{Clock, EventLoop, yield_now};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

#[test]
fn a_task_is_woken_in_its_own_loop_by_a_task_of_another() {
    let (sender, receiver) = channel(1);
    let mutex = Rc::new(Mutex::new(0));
    let guard = mutex.try_lock().unwrap();
    let (mut first, mut second) = (
        EventLoop::new(Clock::Virtual),
        EventLoop::new(Clock::Virtual),
    );
    let own = mutex.clone();
    let waiting = first.spawn(async move {
        let value = receiver.recv().await.unwrap();
        *own.lock().await += value;
    });
    // A few turns, of which none waits in the OS.
    let turns = |event_loop: &mut EventLoop| {
        event_loop.block_on(async {
            for _ in 0..3 {
                yield_now().await;
            }
        });
    };
    turns(&mut first); // it waits for the value
    second.block_on(sender.send(5)).unwrap();
    turns(&mut first); // takes what the other loop posted: now it waits for the lock
    drop(guard); // outside of any loop
    first.block_on(waiting).unwrap();
    assert_eq!(*mutex.try_lock().unwrap(), 5);
}

#[test]
fn an_object_has_a_number_of_its_own_in_each_loop() {
    let (sender, receiver) = channel(1);
    let lines = |channel: u8, own: u8| {
        [
            format!("sent channel={own} len=1 cap=1 task=0"),
            format!("sent channel={channel} len=1 cap=1 task=0"),
        ]
    };
    let mut runs = Vec::new();
    for _ in 0..2 {
        let trace = trace(|| {
            EventLoop::new(Clock::Virtual).block_on(async {
                let (own, _receiver) = channel(1); // number 1 here
                own.send(()).await.unwrap();
                sender.send(()).await.unwrap();
            });
        });
        receiver.try_recv().unwrap();
        runs.push(only(&trace, &["sent"]));
    }
    assert_eq!(runs, [lines(2, 1), lines(2, 1)]);
}

/// What a poll outside of a loop says.
fn refusal(future: impl Future) -> String {
    let waker = std::task::Waker::noop();
    let mut context = std::task::Context::from_waker(waker);
    let mut future = std::pin::pin!(future);
    let polled = catch_unwind(AssertUnwindSafe(|| {
        future.as_mut().poll(&mut context).is_ready()
    }));
    let panic = polled.expect_err("it is outside of any loop");
    let message = panic.downcast_ref::<String>();
    message.expect("it says so in words").clone()
}

#[test]
fn a_poll_outside_of_a_loop_panics_and_says_so() {
    let (sender, receiver) = channel(1);
    let (_answer, question) = oneshot::<u8>();
    let (_level, mut seen) = watch(0);
    let refusals = [
        ("send()", refusal(sender.send(1))),
        ("recv()", refusal(receiver.recv())),
        ("a oneshot's receiver", refusal(question)),
        ("changed()", refusal(seen.changed())),
        ("lock()", refusal(Mutex::new(()).lock())),
        ("read()", refusal(RwLock::new(()).read())),
        ("write()", refusal(RwLock::new(()).write())),
        ("acquire()", refusal(Semaphore::new(1).acquire(1))),
        ("notified()", refusal(Notify::new().notified())),
        ("a barrier's wait()", refusal(Barrier::new(2).wait())),
    ];
    for (what, refusal) in refusals {
        let expected = format!("{what} was called outside of an event loop");
        assert!(refusal.starts_with(&expected), "{refusal}");
    }
    assert!(sender.is_empty(), "nothing was sent");
}

#[test]
fn whatever_waits_is_in_the_account() {
    let records = crate::support::records(|| {
        let mut event_loop = EventLoop::new(Clock::Virtual);
        let (mutex, lock) = (Rc::new(Mutex::new(())), Rc::new(RwLock::new(())));
        let (semaphore, notify, barrier) = (Semaphore::new(0), Notify::new(), Barrier::new(2));
        let (_sender, receiver) = channel::<u8>(1);
        let (_level, mut seen) = watch(0);
        let guards = (mutex.try_lock(), lock.try_write());
        let (own_mutex, own_lock) = (mutex.clone(), lock.clone());
        event_loop.block_on(async {
            drop(runtime::spawn(async move {
                let _never = futures::join!(
                    receiver.recv(),
                    seen.changed(),
                    own_mutex.lock(),
                    own_lock.read(),
                    semaphore.acquire(1),
                    notify.notified(),
                    barrier.wait(),
                );
            }));
            yield_now().await;
            yield_now().await;
        });
        drop(guards);
    });
    let accounts = records.iter().filter(|record| record.target == "account");
    let waiting: Vec<_> = accounts
        .filter_map(|record| record.get("waiting"))
        .collect();
    let expected = "1:channel:1+mutex:1+rwlock:1+semaphore:1+notify:1+barrier:1+channel:2";
    assert!(waiting.contains(&expected), "{waiting:?}");
}
