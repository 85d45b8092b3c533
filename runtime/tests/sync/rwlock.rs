//! The read-write lock: who may be inside with whom, and the rule that starves none.

use crate::support::{assert_trace, only, trace};
use crate::{block_on, block_on_alone, poll_once};
use runtime::sync::RwLock;
use runtime::{sleep, spawn, yield_now};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

#[test]
fn readers_are_inside_together_and_a_writer_is_alone() {
    let lock = RwLock::new(1); // it needs no loop
    let (first, second) = (lock.try_read().unwrap(), lock.try_read().unwrap());
    assert!(lock.try_write().is_none());
    assert_eq!(*first + *second, 2);
    drop((first, second));
    let mut writer = lock.try_write().unwrap();
    assert!(lock.try_write().is_none());
    assert!(lock.try_read().is_none());
    *writer = 2;
    drop(writer);
    assert_eq!(*lock.try_read().unwrap(), 2);
    assert_eq!(lock.into_inner(), 2);
}

#[test]
fn a_reader_that_comes_after_a_waiting_writer_waits_behind_it() {
    let trace = trace(|| {
        block_on_alone(async {
            let lock = Rc::new(RwLock::new(0));
            let reader = lock.read().await;
            let own = lock.clone();
            let writer = spawn(async move { *own.write().await += 1 });
            let own = lock.clone();
            let late = spawn(async move { *own.read().await });
            yield_now().await;
            drop(reader);
            writer.await.unwrap();
            assert_eq!(late.await.unwrap(), 1);
        });
    });
    assert_trace(
        &only(
            &trace,
            &["locked", "contended", "waiting", "unlocked", "woken"],
        )[1..],
        &[
            "locked rwlock=1 how=read task=0",
            "woken task=1 by=task:0 class=normal",
            "woken task=2 by=task:0 class=normal",
            "woken task=0 by=task:0 class=normal",
            "contended rwlock=1 how=write task=1",
            "waiting task=1 on=rwlock:1",
            "contended rwlock=1 how=read task=2", // though only a reader is inside
            "waiting task=2 on=rwlock:1",
            "unlocked rwlock=1 how=read task=0",
            "woken task=1 by=task:0 class=normal",
            "waiting task=0 on=task:1",
            "locked rwlock=1 how=write task=1",
            "unlocked rwlock=1 how=write task=1",
            "woken task=2 by=task:1 class=normal",
            "woken task=0 by=task:1 class=normal",
            "locked rwlock=1 how=read task=2",
            "unlocked rwlock=1 how=read task=2",
        ],
    );
}

/// `many` tasks that take the lock again and again for 1 ms each, one of the
/// other kind that comes at 10 ms: when does it get its turn?
fn turn_among(readers: bool, many: u64) -> Duration {
    block_on(async {
        let lock = Rc::new(RwLock::new(()));
        for n in 0..many {
            let lock = lock.clone();
            drop(spawn(async move {
                sleep(Duration::from_micros(n)).await;
                loop {
                    if readers {
                        let _guard = lock.read().await;
                        sleep(Duration::from_millis(1)).await;
                    } else {
                        let _guard = lock.write().await;
                        sleep(Duration::from_millis(1)).await;
                    }
                }
            }));
        }
        sleep(Duration::from_millis(10)).await;
        let began = runtime::now();
        if readers {
            drop(lock.write().await);
        } else {
            drop(lock.read().await);
        }
        runtime::now().saturating_sub(began)
    })
}

#[test]
fn a_writer_is_not_starved_by_readers_that_overlap() {
    let waited = turn_among(true, 5);
    assert!(waited <= Duration::from_millis(1), "{waited:?}"); // of virtual time
}

#[test]
fn a_reader_is_not_starved_by_writers() {
    let waited = turn_among(false, 5);
    assert!(waited <= Duration::from_millis(5), "{waited:?}"); // one turn of each
}

#[test]
fn readers_that_wait_beside_each_other_go_in_together() {
    block_on(async {
        let lock = Rc::new(RwLock::new(()));
        let order = Rc::new(RefCell::new(Vec::new()));
        let writer = lock.write().await;
        let tasks = ["r1", "r2", "w", "r3"].map(|name| {
            let (lock, order) = (lock.clone(), order.clone());
            spawn(async move {
                if name == "w" {
                    let _guard = lock.write().await;
                    order.borrow_mut().push(name);
                } else {
                    let _guard = lock.read().await;
                    order.borrow_mut().push(name);
                    sleep(Duration::from_millis(1)).await;
                    order.borrow_mut().push("out");
                }
            })
        });
        yield_now().await;
        drop(writer);
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(
            *order.borrow(),
            ["r1", "r2", "out", "out", "w", "r3", "out"]
        );
    });
}

#[test]
fn a_writer_that_gives_up_lets_the_readers_behind_it_in() {
    block_on(async {
        let lock = Rc::new(RwLock::new(()));
        let _reader = lock.read().await;
        let mut writer = lock.write();
        assert!(poll_once(&mut writer).is_pending());
        let own = lock.clone();
        let late = spawn(async move { drop(own.read().await) });
        yield_now().await;
        assert!(lock.try_read().is_none()); // it would pass the writer
        drop(writer);
        late.await.unwrap();
        assert!(lock.try_read().is_some());
    });
}
