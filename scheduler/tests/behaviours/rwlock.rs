//! The read-write lock: who may be inside with whom, and the rule that starves none.

use crate::support::{Trace, alone, join_all, ms, round_robin};
use scheduler::sync::{Mutex, RwLock, RwLockReadGuard, RwLockWriteGuard};
use scheduler::{Preemption, Scheduler, now, sleep, spawn, yield_now};
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicU32, Ordering};

#[test]
fn readers_are_inside_together_and_a_writer_is_alone() {
    let lock = RwLock::new(1); // it needs no scheduler
    let (first, second) = (lock.try_read().unwrap(), lock.read());
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
fn a_lock_orders_what_a_race_would_lose() {
    let _turn = alone();
    for mode in [
        Preemption::Checkpoint,
        Preemption::Never,
        Preemption::Signal,
    ] {
        for cpus in [1, 2] {
            let total = Scheduler::new(mode, round_robin(1))
                .cpus(cpus)
                .run(|| {
                    let pair = Arc::new(RwLock::new((0, 0)));
                    let inside = Arc::new(AtomicI32::new(0));
                    let threads = [0, 1, 2, 3].map(|number| {
                        let (pair, inside) = (Arc::clone(&pair), Arc::clone(&inside));
                        spawn(move || {
                            for round in 0..60 {
                                if (round + number) % 3 == 0 {
                                    let mut pair = pair.write();
                                    assert_eq!(inside.swap(-1, Ordering::SeqCst), 0);
                                    pair.0 += 1;
                                    yield_now();
                                    pair.1 += 1;
                                    inside.store(0, Ordering::SeqCst);
                                } else {
                                    let pair = pair.read();
                                    assert!(inside.fetch_add(1, Ordering::SeqCst) >= 0);
                                    assert_eq!(pair.0, pair.1, "nobody writes");
                                    yield_now();
                                    inside.fetch_sub(1, Ordering::SeqCst);
                                }
                            }
                        })
                    });
                    join_all(threads);
                    pair.read().1
                })
                .unwrap();
            assert_eq!(total, 80, "{mode:?} {cpus}");
        }
    }
}

#[test]
fn a_reader_that_comes_after_a_waiting_writer_waits_behind_it() {
    let trace = Trace::begin();
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let lock = Arc::new(RwLock::new(0));
            let reader = lock.read();
            let own = Arc::clone(&lock);
            let writer = spawn(move || *own.write() += 1);
            let own = Arc::clone(&lock);
            let late = spawn(move || *own.read());
            sleep(ms(20));
            drop(reader);
            writer.join().unwrap();
            assert_eq!(late.join().unwrap(), 1);
        })
        .unwrap();
    let events = ["locked", "contended", "unlocked", "blocked", "runnable"];
    assert_eq!(
        trace.only(&events)[3..],
        [
            "runnable thread=2 why=new by=thread:0",
            "blocked thread=0 cpu=0 ran=4000000 on=sleep until=24000000",
            "contended rwlock=1 how=write thread=1",
            "blocked thread=1 cpu=0 ran=1000000 on=rwlock:1",
            "contended rwlock=1 how=read thread=2", // though only a reader is inside
            "blocked thread=2 cpu=0 ran=1000000 on=rwlock:1",
            "runnable thread=0 why=slept",
            "unlocked rwlock=1 how=read thread=0",
            "runnable thread=1 why=unblocked by=thread:0",
            "blocked thread=0 cpu=0 ran=1000000 on=thread:1",
            "locked rwlock=1 how=write thread=1",
            "unlocked rwlock=1 how=write thread=1",
            "runnable thread=2 why=unblocked by=thread:1",
            "runnable thread=0 why=unblocked by=thread:1",
            "locked rwlock=1 how=read thread=2",
            "unlocked rwlock=1 how=read thread=2",
        ]
    );
}

#[test]
fn a_writer_is_not_starved_by_readers_that_overlap() {
    let _turn = alone();
    Scheduler::new(Preemption::Checkpoint, round_robin(1))
        .run(|| {
            let lock = Arc::new(RwLock::new(false));
            let readers = [0, 1, 2].map(|number| {
                let lock = Arc::clone(&lock);
                spawn(move || {
                    sleep(ms(number));
                    let mut rounds = 0;
                    while !*lock.read() && rounds < 1_000 {
                        let _reader = lock.read();
                        yield_now();
                        rounds += 1;
                    }
                    rounds
                })
            });
            sleep(ms(20));
            *lock.write() = true;
            for rounds in join_all(readers) {
                assert!(rounds < 100, "{rounds}");
            }
        })
        .unwrap();
}

#[test]
fn a_reader_is_not_starved_by_writers() {
    let _turn = alone();
    Scheduler::new(Preemption::Checkpoint, round_robin(1))
        .run(|| {
            let lock = Arc::new(RwLock::new(0));
            let end = Arc::new(AtomicU32::new(0));
            let writers = [(); 3].map(|()| {
                let (lock, end) = (Arc::clone(&lock), Arc::clone(&end));
                spawn(move || {
                    for _ in 0..1_000 {
                        if end.load(Ordering::Relaxed) == 1 {
                            break;
                        }
                        let mut value = lock.write();
                        *value += 1;
                        yield_now();
                    }
                })
            });
            sleep(ms(20));
            let before = lock.read();
            end.store(1, Ordering::Relaxed);
            assert!(*before < 100, "{before:?}");
            drop(before);
            join_all(writers);
        })
        .unwrap();
}

#[test]
fn readers_that_wait_beside_each_other_go_in_together() {
    let _turn = alone();
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let lock = Arc::new(RwLock::new(()));
            let writer = lock.write();
            let readers = [(); 3].map(|()| {
                let lock = Arc::clone(&lock);
                spawn(move || {
                    let _reader = lock.read();
                    sleep(ms(50));
                    now()
                })
            });
            sleep(ms(20));
            drop(writer);
            let ends = join_all(readers);
            assert!(
                ends.iter().all(|end| end.as_nanos() < 100_000_000),
                "{ends:?}"
            );
        })
        .unwrap();
}

#[test]
fn a_guard_gives_the_value_up_before_it_unlocks_and_a_panic_does_not_poison() {
    let _turn = alone();
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let lock = Arc::new(RwLock::new(1));
            let other = Arc::clone(&lock);
            let child = spawn(move || {
                let _guard = other.write();
                panic!("with the lock");
            });
            child.join().unwrap_err();
            *lock.write() = 2; // free, and the value is, too
            assert_eq!(*lock.read(), 2);
        })
        .unwrap();
}

#[test]
fn an_explicit_unlock_has_a_line() {
    let trace = Trace::begin();
    let line = line!() + 4;
    Scheduler::new(Preemption::Checkpoint, round_robin(9))
        .run(|| {
            let lock = RwLock::new(());
            RwLockReadGuard::unlock(lock.read());
            RwLockWriteGuard::unlock(lock.write());
            drop(lock.read());
        })
        .unwrap();
    let unlocked = trace.events("unlocked");
    let places = [line, line + 1].map(|line| format!("{}:{line}", file!()));
    assert_eq!(unlocked[0].get("at"), Some(places[0].as_str()));
    assert_eq!(unlocked[1].get("at"), Some(places[1].as_str()));
    assert_eq!(unlocked[2].get("at"), None, "a scope's end has no line");
}

#[test]
fn threads_that_wait_longest_go_first() {
    let _turn = alone();
    Scheduler::new(Preemption::Checkpoint, round_robin(1))
        .run(|| {
            let lock = Arc::new(RwLock::new(()));
            let order = Arc::new(Mutex::new(Vec::new()));
            let guard = lock.write();
            let threads = ["read 1", "write 2", "read 3", "write 4"].map(|name| {
                let (lock, order) = (Arc::clone(&lock), Arc::clone(&order));
                spawn(move || {
                    if name.starts_with("read") {
                        let _guard = lock.read();
                        order.lock().push(name);
                    } else {
                        let _guard = lock.write();
                        order.lock().push(name);
                    }
                })
            });
            sleep(ms(30));
            drop(guard);
            assert!(lock.try_read().is_none(), "kept for the first that waits");
            join_all(threads);
            assert_eq!(*order.lock(), ["read 1", "write 2", "read 3", "write 4"]);
        })
        .unwrap();
}
