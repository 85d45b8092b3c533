//! Each kind of failure is found, with a schedule that leads there again.

use scheduler::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use scheduler::sync::{Condvar, Mutex, RwLock, channel};
use scheduler::{Explore, Found, Search, Shared, Trouble, explore, outcome, park, replay, spawn};
use std::collections::VecDeque;
use std::fmt::Debug;
use std::sync::Arc;

/// The only failure of `found`, after its schedule was followed again, as a text.
fn only_failure<T: Debug>(found: &Found, program: impl Fn() -> T) -> String {
    assert!(found.exhausted(), "{:?}", found.stopped());
    let [failure] = found.failures() else {
        panic!("one failure was expected: {:?}", found.failures());
    };
    let schedule = failure.schedule.to_string().parse().unwrap();
    for _ in 0..3 {
        let replayed = replay(&schedule, &program).unwrap();
        assert_eq!(replayed.trouble.as_ref(), Some(&failure.trouble));
    }
    failure.trouble.to_string()
}

/// Two threads add to a variable, and main expects both additions.
fn lost_update() {
    let total = Arc::new(Shared::new("total", 0));
    let threads = [(); 2].map(|()| {
        let total = Arc::clone(&total);
        spawn(move || total.store(total.load() + 1))
    });
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(total.load(), 2, "an update was lost");
}

#[test]
fn a_lost_update_is_found_with_its_message_and_line() {
    let found = explore(lost_update);
    let told = only_failure(&found, lost_update);
    assert!(told.starts_with("thread 0 panicked at "), "{told}");
    assert!(told.contains("failures.rs:"), "{told}");
    assert!(told.contains("an update was lost"), "{told}");
    assert_eq!((found.explored(), found.of()), (4, Some(6)));
    let failing = found.shortest().unwrap();
    assert_eq!((failing.preemptions, failing.executions), (1, 2));
}

#[test]
fn a_data_race_is_told_with_both_lines_and_is_no_failure_unless_told_so() {
    let program = || {
        let flag = Arc::new(Shared::new("flag", false));
        let other = Arc::clone(&flag);
        let thread = spawn(move || other.store(true));
        let _ = flag.load();
        thread.join().unwrap();
        flag.load() // after the join: no race
    };
    let line = line!() - 4;
    let found = explore(program);
    assert_eq!(found.failures(), []);
    let mut lines: Vec<String> = found
        .races()
        .flat_map(|(one, other)| [one, other])
        .collect();
    lines.sort();
    lines.dedup();
    let place = |line: u32| format!("{}:{line}", file!());
    assert_eq!(lines, [place(line - 1), place(line)]);
    let found = Explore::new().races_fail(true).run(program);
    let told = only_failure_of_race(&found);
    assert!(told.contains("nothing orders them"), "{told}");
}

/// The first failure, as a text.
fn only_failure_of_race(found: &Found) -> String {
    found.failures()[0].trouble.to_string()
}

#[test]
fn what_a_mutex_an_rwlock_a_channel_or_an_atomic_orders_does_not_race() {
    let found = Explore::new().races_fail(true).run(|| {
        let shared = Arc::new([(); 4].map(|()| Shared::new("value", 0)));
        let (mutex, rwlock) = (Arc::new(Mutex::new(())), Arc::new(RwLock::new(())));
        let is_set = Arc::new(AtomicBool::new(false));
        let (sender, receiver) = channel(1);
        let (its, lock, other_rwlock, flag) = (
            Arc::clone(&shared),
            Arc::clone(&mutex),
            Arc::clone(&rwlock),
            Arc::clone(&is_set),
        );
        let thread = spawn(move || {
            let guard = lock.lock();
            its[0].store(its[0].load() + 1);
            drop(guard);
            its[1].store(1);
            sender.send(()).unwrap();
            its[2].store(1);
            flag.store(true, Ordering::Release);
            let guard = other_rwlock.write();
            its[3].store(1);
            drop(guard);
        });
        let guard = mutex.lock();
        shared[0].store(shared[0].load() + 1);
        drop(guard);
        receiver.recv().unwrap();
        let _ = shared[1].load();
        if is_set.load(Ordering::Acquire) {
            let _ = shared[2].load();
        }
        let guard = rwlock.read();
        let _ = shared[3].load();
        drop(guard);
        thread.join().unwrap();
    });
    assert_eq!(found.failures(), []);
    assert!(found.exhausted());
}

#[test]
fn a_relaxed_flag_orders_nothing() {
    let found = explore(|| {
        let (value, is_set) = (
            Arc::new(Shared::new("value", 0)),
            Arc::new(AtomicBool::new(false)),
        );
        let (its, flag) = (Arc::clone(&value), Arc::clone(&is_set));
        let thread = spawn(move || {
            its.store(1);
            flag.store(true, Ordering::Relaxed);
        });
        if is_set.load(Ordering::Acquire) {
            let _ = value.load();
        }
        thread.join().unwrap();
    });
    assert_eq!(found.races().count(), 1);
}

#[test]
fn a_deadlock_is_told_as_its_cycle() {
    let program = || {
        let locks = Arc::new([Mutex::new(()), Mutex::new(())]);
        let other = Arc::clone(&locks);
        let thread = spawn(move || {
            let _one = other[1].lock();
            let _two = other[0].lock();
        });
        let one = locks[0].lock();
        let two = locks[1].lock();
        drop((two, one));
        thread.join().unwrap();
    };
    let found = explore(program);
    let told = only_failure(&found, program);
    assert!(matches!(found.failures()[0].trouble, Trouble::Deadlock(_)));
    assert!(told.contains("thread 0 'main' waits for mutex 2"), "{told}");
    assert!(told.contains("which thread 1 holds since"), "{told}");
    assert_eq!(found.explored(), 3);
}

#[test]
fn a_wakeup_that_comes_too_early_is_lost() {
    let program = || {
        let shared = Arc::new((Mutex::new(()), Condvar::new()));
        let other = Arc::clone(&shared);
        let thread = spawn(move || other.1.notify_one());
        drop(shared.1.wait(shared.0.lock())); // whether it is over already, nobody looks
        thread.join().unwrap();
    };
    let found = explore(program);
    let told = only_failure(&found, program);
    assert!(told.starts_with("lost wake-up: "), "{told}");
    assert!(told.contains("condition variable 1"), "{told}");
}

#[test]
fn a_park_that_nobody_ends_is_a_lost_wakeup() {
    let found = explore(park);
    assert!(matches!(
        found.failures()[0].trouble,
        Trouble::LostWakeup(_)
    ));
}

/// Dining philosophers: each takes the fork at its left, and then the one at its right.
fn philosophers(how_many: usize) {
    let forks: Arc<Vec<_>> = Arc::new((0..how_many).map(|_| Mutex::new(())).collect());
    let threads: Vec<_> = (0..how_many)
        .map(|left| {
            let forks = Arc::clone(&forks);
            spawn(move || {
                let _left = forks[left].lock();
                let _right = forks[(left + 1) % how_many].lock();
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn a_failure_is_told_with_the_fewest_preemptions_that_lead_there() {
    let fewest = |found: Found| {
        let shortest = found.shortest().expect("it fails");
        (shortest.preemptions, shortest.is_fewest)
    };
    let no_preemption = || panic!("always");
    assert_eq!(fewest(explore(no_preemption)), (0, true));
    assert_eq!(fewest(explore(lost_update)), (1, true));
    assert_eq!(fewest(explore(|| philosophers(2))), (1, true));
    // Of three, too: only the first loses the CPU; the last waits for its fork, and the
    // second for the last's.
    assert_eq!(fewest(explore(|| philosophers(3))), (1, true));
    // The reader comes between the first two stores, and the others between its loads.
    let between = || {
        let shared = Arc::new([(); 2].map(|()| Shared::new("half", 0)));
        let to_write = Arc::clone(&shared);
        let writer = spawn(move || {
            to_write[0].store(1);
            to_write[1].store(1);
            to_write[0].store(2);
        });
        let to_read = Arc::clone(&shared);
        let reader = spawn(move || {
            let halves = (to_read[0].load(), to_read[1].load(), to_read[0].load());
            assert_ne!(halves, (1, 0, 2), "in between");
        });
        writer.join().unwrap();
        reader.join().unwrap();
    };
    let found = explore(between);
    assert_eq!(fewest(found.clone()), (2, true));
    let schedule = &found.shortest().unwrap().schedule;
    let replayed = replay(schedule, between).unwrap();
    assert!(replayed.trouble.is_some());
    // One preemption never leads there.
    let bounded = Explore::new().search(Search::Preemptions(1)).run(between);
    assert_eq!(bounded.failures(), []);
}

#[test]
fn a_search_that_a_limit_has_ended_claims_no_fewest_preemptions() {
    let found = Explore::new().executions_limit(3).run(lost_update);
    let [failure] = found.failures() else {
        panic!("half of its four executions fail: {:?}", found.failures());
    };
    assert!(!failure.is_fewest);
}

/// A buffer of one place: `producers` put one value in each, `consumers` take one each.
fn bounded_buffer(producers: u32, consumers: u32, notifies_all: bool) {
    let shared = Arc::new((Mutex::new(VecDeque::new()), Condvar::new()));
    let tell = move |condvar: &Condvar| {
        if notifies_all {
            condvar.notify_all();
        } else {
            condvar.notify_one();
        }
    };
    let mut threads = Vec::new();
    for value in 0..producers {
        let shared = Arc::clone(&shared);
        threads.push(spawn(move || {
            let mut buffer = shared
                .1
                .wait_while(shared.0.lock(), |buffer| !buffer.is_empty());
            buffer.push_back(value);
            tell(&shared.1);
        }));
    }
    for _ in 0..consumers {
        let shared = Arc::clone(&shared);
        threads.push(spawn(move || {
            let mut buffer = shared
                .1
                .wait_while(shared.0.lock(), |buffer| buffer.is_empty());
            buffer.pop_front();
            tell(&shared.1);
        }));
    }
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn a_buffer_with_one_condition_fails_with_two_producers_and_two_consumers_and_not_with_one_each() {
    let found = explore(|| bounded_buffer(1, 1, false));
    assert_eq!(found.failures(), []);
    assert!(found.exhausted());
    let found = Explore::new()
        .executions_limit(20_000)
        .run(|| bounded_buffer(2, 2, false));
    let lost = found
        .failures()
        .first()
        .expect("both sides share one condition");
    assert!(
        matches!(lost.trouble, Trouble::LostWakeup(_)),
        "{}",
        lost.trouble
    );
    let replayed = replay(&lost.schedule, || bounded_buffer(2, 2, false)).unwrap();
    assert_eq!(replayed.trouble, Some(lost.trouble.clone()));
}

#[test]
fn whoever_waits_for_a_condition_may_be_the_one_that_is_notified() {
    // Thread 1 waits first, always; and yet either may be notified.
    let found = explore(|| {
        let shared = Arc::new((Mutex::new(0), Condvar::new()));
        let waits = |name: u32| {
            let shared = Arc::clone(&shared);
            spawn(move || {
                let mut count = shared.0.lock();
                *count += 1;
                shared.1.notify_all();
                drop(shared.1.wait(count));
                outcome(name);
                shared.1.notify_all();
            })
        };
        let first = waits(1);
        drop(shared.1.wait_while(shared.0.lock(), |count| *count < 1));
        let second = waits(2);
        drop(shared.1.wait_while(shared.0.lock(), |count| *count < 2));
        let guard = shared.0.lock();
        shared.1.notify_one();
        drop(guard);
        first.join().unwrap();
        second.join().unwrap();
    });
    let mut outcomes: Vec<&str> = found.outcomes().iter().map(|it| &*it.text).collect();
    outcomes.retain(|text| !text.contains("lost"));
    outcomes.sort_unstable();
    assert_eq!(outcomes, ["1, 2", "2, 1"]);
}

#[test]
fn a_panic_while_a_lock_is_held_lets_the_others_go_on() {
    let program = || {
        let lock = Arc::new(Mutex::new(0));
        let other = Arc::clone(&lock);
        let thread = spawn(move || {
            let _guard = other.lock();
            panic!("holding it");
        });
        *lock.lock() += 1;
        let panicked = thread.join().is_err();
        assert!(panicked);
    };
    let found = explore(program);
    let told = only_failure(&found, program);
    assert!(told.contains("holding it"), "{told}");
    assert_eq!(found.explored(), 2);
}

#[test]
fn a_destructor_that_panics_is_a_failure_like_any_other() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }
    let program = || {
        let count = Arc::new(AtomicU32::new(0));
        let its = Arc::clone(&count);
        let thread = spawn(move || {
            let _bomb = Bomb;
            its.fetch_add(1, Ordering::SeqCst);
        });
        let _ = thread.join();
        assert_eq!(count.load(Ordering::SeqCst), 1);
    };
    let found = explore(program);
    assert!(only_failure(&found, program).contains("dropped"));
}
