//! Futures that are dropped in mid-wait by the macros of others: nothing is lost.

use crate::block_on;
use futures::future::{Either, select};
use futures::stream::{FuturesUnordered, StreamExt};
use futures::{FutureExt, join, select};
use runtime::sync::{Barrier, Mutex, Notify, Semaphore, channel, oneshot, watch};
use runtime::{sleep, spawn, yield_now};
use std::rc::Rc;
use std::time::Duration;

#[test]
fn select_between_two_channels_loses_no_value() {
    block_on(async {
        let (odd_sender, odds) = channel(1);
        let (even_sender, evens) = channel(2);
        drop(spawn(async move {
            for n in (1..100).step_by(2) {
                odd_sender.send(n).await.unwrap();
            }
        }));
        drop(spawn(async move {
            for n in (0..100).step_by(2) {
                even_sender.send(n).await.unwrap();
                if n % 3 == 0 {
                    yield_now().await;
                }
            }
        }));
        let mut seen = Vec::new();
        loop {
            let value = select! {
                value = odds.recv().fuse() => value,
                value = evens.recv().fuse() => value,
            };
            match value {
                Ok(value) => seen.push(value),
                Err(_) => break,
            }
        }
        for receiver in [odds, evens] {
            while let Ok(value) = receiver.recv().await {
                seen.push(value);
            }
        }
        seen.sort_unstable();
        assert_eq!(seen, (0..100).collect::<Vec<_>>());
    });
}

#[test]
fn select_that_loses_a_lock_leaves_it_to_the_next() {
    block_on(async {
        let mutex = Rc::new(Mutex::new(0));
        let guard = mutex.lock().await;
        let own = mutex.clone();
        let loser = spawn(async move {
            match select(own.lock(), sleep(Duration::from_millis(5))).await {
                Either::Left(_) => panic!("it is held for longer"),
                Either::Right(((), _locking)) => {} // dropped here, while it waits
            }
        });
        let own = mutex.clone();
        let next = spawn(async move { *own.lock().await += 1 });
        sleep(Duration::from_millis(10)).await;
        drop(guard);
        loser.await.unwrap();
        next.await.unwrap();
        assert_eq!(*mutex.lock().await, 1);
    });
}

#[test]
fn select_in_which_both_are_ready_passes_the_losers_grant_on() {
    block_on(async {
        let semaphore = Rc::new(Semaphore::new(0));
        let notify = Rc::new(Notify::new());
        let (own, other) = (semaphore.clone(), notify.clone());
        let both = spawn(async move {
            // Biased: the notification wins, and the permit was granted, too.
            let notified = std::pin::pin!(other.notified());
            let acquired = std::pin::pin!(own.acquire(1));
            matches!(select(notified, acquired).await, Either::Left(_))
        });
        let own = semaphore.clone();
        let next = spawn(async move { own.acquire(1).await.unwrap().forget() });
        yield_now().await;
        semaphore.add_permits(1);
        notify.notify_one();
        assert!(both.await.unwrap());
        next.await.unwrap();
    });
}

#[test]
fn join_waits_for_several_things_in_one_task() {
    block_on(async {
        let (sender, receiver) = channel(1);
        let barrier = Barrier::new(3);
        let (answer, question) = oneshot();
        let (level, mut seen) = watch(0);
        let (first, second, (a, b), asked, changed, leaders) = join!(
            sender.send(1),
            sender.send(2),
            async { (receiver.recv().await, receiver.recv().await) },
            question,
            seen.changed(),
            async {
                answer.send(3).unwrap();
                level.send(4).unwrap();
                let (x, y, z) = join!(barrier.wait(), barrier.wait(), barrier.wait());
                [x, y, z].map(|result| result.is_leader())
            },
        );
        assert_eq!((first, second, a, b), (Ok(()), Ok(()), Ok(1), Ok(2)));
        assert_eq!((asked, changed), (Ok(3), Ok(())));
        assert_eq!(leaders, [false, false, true]);
    });
}

#[test]
fn a_crowd_of_futures_in_one_task_is_served_in_order() {
    block_on(async {
        let semaphore = Semaphore::new(1);
        let mut crowd: FuturesUnordered<_> = (0..10)
            .map(|n| semaphore.acquire(1).map(move |permit| (n, permit)))
            .collect();
        for expected in 0..10 {
            let (n, permit) = crowd.next().await.unwrap();
            assert_eq!(n, expected);
            drop(permit.unwrap());
        }
    });
}
