//! The mutex: exclusion, order of waiting, and what the trace says.

use crate::support::{assert_trace, only, trace};
use crate::{block_on, block_on_alone, poll_once};
use runtime::sync::Mutex;
use runtime::{sleep, spawn, timeout, yield_now};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

#[test]
fn a_lock_orders_what_a_race_would_lose() {
    let total = block_on(async {
        let total = Rc::new(Mutex::new(0));
        let tasks = [(); 4].map(|()| {
            let total = total.clone();
            spawn(async move {
                for _ in 0..50 {
                    let mut total = total.lock().await;
                    let seen = *total;
                    yield_now().await;
                    *total = seen + 1;
                }
            })
        });
        for task in tasks {
            task.await.unwrap();
        }
        Rc::into_inner(total).unwrap().into_inner()
    });
    assert_eq!(total, 200);
}

#[test]
fn a_waiting_task_is_woken_by_the_unlock() {
    let trace = trace(|| {
        block_on_alone(async {
            let mutex = Rc::new(Mutex::new(0));
            let other = mutex.clone();
            let mut guard = mutex.lock().await;
            let child = spawn(async move { *other.lock().await += 1 });
            yield_now().await; // it gives way while it holds the mutex
            *guard += 1;
            drop(guard);
            child.await.unwrap();
            assert_eq!(*mutex.lock().await, 2);
        });
    });
    assert_trace(
        &only(
            &trace,
            &[
                "polled",
                "locked",
                "contended",
                "waiting",
                "unlocked",
                "woken",
            ],
        )[1..],
        &[
            "polled task=0",
            "locked mutex=1 task=0",
            "woken task=1 by=task:0 class=normal",
            "woken task=0 by=task:0 class=normal",
            "polled task=1",
            "contended mutex=1 task=1",
            "waiting task=1 on=mutex:1",
            "polled task=0",
            "unlocked mutex=1 task=0",
            "woken task=1 by=task:0 class=normal",
            "waiting task=0 on=task:1",
            "polled task=1",
            "locked mutex=1 task=1",
            "unlocked mutex=1 task=1",
            "woken task=0 by=task:1 class=normal",
            "polled task=0",
            "locked mutex=1 task=0",
            "unlocked mutex=1 task=0",
        ],
    );
}

#[test]
fn tasks_get_the_mutex_in_the_order_of_their_waiting() {
    let order = block_on(async {
        let order = Rc::new(Mutex::new(Vec::new()));
        let guard = order.lock().await;
        let tasks = [1, 2, 3].map(|number| {
            let order = order.clone();
            spawn(async move { order.lock().await.push(number) })
        });
        sleep(Duration::from_millis(20)).await;
        drop(guard);
        for task in tasks {
            task.await.unwrap();
        }
        Rc::into_inner(order).unwrap().into_inner()
    });
    assert_eq!(order, [1, 2, 3]);
}

#[test]
fn nobody_takes_the_mutex_that_another_was_woken_for() {
    block_on(async {
        let mutex = Rc::new(Mutex::new(()));
        let guard = mutex.lock().await;
        let other = mutex.clone();
        let first = spawn(async move { drop(other.lock().await) });
        yield_now().await;
        drop(guard); // wakes the first; it has not run yet
        assert!(mutex.try_lock().is_none());
        assert!(poll_once(&mut mutex.lock()).is_pending());
        first.await.unwrap();
        assert!(mutex.try_lock().is_some());
    });
}

#[test]
fn trying_does_not_wait() {
    let mutex = Mutex::new(1); // it needs no loop
    let guard = mutex.try_lock().unwrap();
    assert!(mutex.try_lock().is_none(), "it is held");
    drop(guard);
    assert_eq!(*mutex.try_lock().unwrap(), 1);
}

#[test]
fn a_panic_does_not_poison() {
    block_on(async {
        let mutex = Rc::new(Mutex::new(1));
        let other = mutex.clone();
        let child = spawn(async move {
            *other.lock().await = 2;
            let _guard = other.lock().await;
            panic!("with the lock");
        });
        assert!(child.await.unwrap_err().is_panic());
        assert_eq!(*mutex.lock().await, 2);
    });
}

#[test]
fn a_holder_that_is_aborted_unlocks() {
    block_on(async {
        let mutex = Rc::new(Mutex::new(0));
        let other = mutex.clone();
        let holder = spawn(async move {
            let _guard = other.lock().await;
            std::future::pending::<()>().await;
        });
        yield_now().await;
        holder.abort();
        *mutex.lock().await += 1;
    });
}

#[test]
fn an_explicit_unlock_has_a_line() {
    let line = line!() + 4;
    let records = crate::support::records(|| {
        block_on(async {
            let mutex = Mutex::new(0);
            Mutex::unlock(mutex.lock().await);
            drop(mutex.lock().await);
        });
    });
    let unlocked = records.iter().filter(|record| record.name == "unlocked");
    let places: Vec<_> = unlocked.map(|record| record.get("at")).collect();
    let here = format!("runtime/tests/sync/mutex.rs:{line}");
    assert_eq!(places, [Some(here.as_str()), None]);
}

#[test]
fn a_mutex_may_hold_a_trait_object() {
    let mutex: Rc<Mutex<dyn Fn() -> u8>> = Rc::new(Mutex::new(|| 7));
    assert_eq!(mutex.try_lock().unwrap()(), 7);
}

#[test]
fn the_value_is_given_up_before_the_next_is_woken() {
    /// Looks whether the mutex can be had when the guard's holder is over.
    struct Look(Rc<Mutex<()>>, Rc<RefCell<Vec<bool>>>);
    impl Drop for Look {
        fn drop(&mut self) {
            self.1.borrow_mut().push(self.0.try_lock().is_some());
        }
    }
    block_on(async {
        let seen = Rc::new(RefCell::new(Vec::new()));
        let mutex = Rc::new(Mutex::new(()));
        let (own, list) = (mutex.clone(), seen.clone());
        let task = spawn(async move {
            let _after = Look(own.clone(), list.clone());
            let _guard = own.lock().await;
            let _before = Look(own.clone(), list);
        });
        task.await.unwrap();
        assert_eq!(*seen.borrow(), [false, true]);
    });
}

#[test]
fn a_task_that_locks_twice_waits_for_itself() {
    block_on(async {
        let mutex = Mutex::new(());
        let _guard = mutex.lock().await;
        let again = timeout(Duration::from_secs(1), mutex.lock()).await;
        assert!(again.is_err());
    });
}
