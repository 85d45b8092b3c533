//! Priority inheritance: who lends what to whom, and who runs therefore.

use crate::support::{Trace, alone, in_time, join_all, ms};
use scheduler::policy::StaticPriority;
use scheduler::sync::{Condvar, Mutex, MutexGuard};
use scheduler::{Builder, JoinHandle, Preemption, RunError, Scheduler, checkpoint, current, sleep};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::time::{Duration, Instant};

/// Runs `body` under static priority in checkpoint mode.
#[track_caller]
fn run<T>(body: impl FnOnce() -> T) -> T {
    Scheduler::new(Preemption::Checkpoint, StaticPriority::new())
        .run(body)
        .unwrap()
}

/// A mutex with inheritance, to be shared.
fn inheriting() -> Arc<Mutex<()>> {
    Arc::new(Mutex::inheriting(()))
}

/// A thread of this priority.
fn at(priority: i32, body: impl FnOnce() + Send + 'static) -> JoinHandle<()> {
    Builder::new().priority(priority).spawn(body)
}

/// A thread of this priority that takes `mutexes` in their order.
fn locks(priority: i32, mutexes: &[&Arc<Mutex<()>>]) -> JoinHandle<()> {
    let mutexes: Vec<_> = mutexes.iter().map(|mutex| Arc::clone(mutex)).collect();
    at(priority, move || {
        let _guards: Vec<MutexGuard<'_, ()>> = mutexes.iter().map(|mutex| mutex.lock()).collect();
    })
}

/// What happens to an important thread that needs what an unimportant one holds,
/// while one between them computes: who was done, in order.
fn inversion(mutex: Mutex<()>) -> Vec<&'static str> {
    let done = Arc::new(std::sync::Mutex::new(Vec::new()));
    let say = |what| {
        let done = Arc::clone(&done);
        move || done.lock().unwrap().push(what)
    };
    let mutex = Arc::new(mutex);
    let [held, wanted] = [Arc::clone(&mutex), mutex];
    let (low, mid, high) = (say("low"), say("mid"), say("high"));
    let compute = |steps| (0..steps).for_each(|_| checkpoint());
    current().set_priority(9); // until all are there
    let low = at(1, move || {
        let guard = held.lock();
        compute(5); // the others come meanwhile
        drop(guard);
        low();
    });
    let high = at(3, move || {
        sleep(ms(4));
        drop(wanted.lock());
        high();
    });
    let mid = at(2, move || {
        sleep(ms(4));
        compute(20);
        mid();
    });
    join_all([low, mid, high]);
    Arc::into_inner(done).unwrap().into_inner().unwrap()
}

#[test]
fn without_inheritance_the_middling_thread_keeps_the_important_one_waiting() {
    let _turn = alone();
    assert_eq!(run(|| inversion(Mutex::new(()))), ["mid", "high", "low"]);
}

#[test]
fn with_inheritance_the_important_thread_comes_first() {
    let _turn = alone();
    let order = run(|| inversion(Mutex::inheriting(())));
    assert_eq!(order, ["high", "mid", "low"]);
}

#[test]
fn a_loan_is_told_when_it_is_made_and_when_it_is_returned() {
    let trace = Trace::begin();
    run(|| {
        let mutex = inheriting();
        let guard = mutex.lock();
        let child = locks(2, &[&mutex]);
        drop(guard);
        child.join().unwrap();
    });
    trace.assert_is(
        r#"
        0 started clock=virtual tick=1000000 mode=checkpoint policy=StaticPriority cpus=1 quantum=- calls=announced
        0 spawned thread=0 name="main" priority=0 weight=1
        0 runnable thread=0 why=new
        0 dispatched thread=0 cpu=0 quantum=- why="its priority is highest"
        1 locked mutex=1 thread=0
        2 spawned thread=1 name="thread 1" priority=2 weight=1 by=thread:0
        2 runnable thread=1 why=new by=thread:0
        2 preempted thread=0 cpu=0 ran=2000000
        2 runnable thread=0 why=preempted
        2 dispatched thread=1 cpu=0 quantum=- why="its priority is highest"
        3 contended mutex=1 thread=1
        3 blocked thread=1 cpu=0 ran=1000000 on=mutex:1
        3 changed thread=0 what=donated from=0 to=2 why=lent by=thread:1
        3 dispatched thread=0 cpu=0 quantum=- why="its priority is highest"
        3 unlocked mutex=1 thread=0
        3 changed thread=0 what=donated from=2 to=0 why=returned   // before the other is runnable
        3 runnable thread=1 why=unblocked by=thread:0
        3 preempted thread=0 cpu=0 ran=0
        3 runnable thread=0 why=preempted
        3 dispatched thread=1 cpu=0 quantum=- why="its priority is highest"
        3 locked mutex=1 thread=1
        3 unlocked mutex=1 thread=1
        3 finished thread=1 cpu=0 ran=0
        3 dispatched thread=0 cpu=0 quantum=- why="its priority is highest"
        4 joined thread=1 by=thread:0
        4 finished thread=0 cpu=0 ran=1000000
        4 ended dispatches=5 preemptions=2 left=0
        "#,
    );
}

#[test]
fn of_several_lenders_the_highest_counts_and_is_served_first() {
    let _turn = alone();
    let order = run(|| {
        let mutex = Arc::new(Mutex::inheriting(Vec::new()));
        let guard = mutex.lock();
        let threads = [2, 4, 3, 4].map(|priority| {
            let mutex = Arc::clone(&mutex);
            let child = Builder::new().priority(priority).spawn(move || {
                let id = current().id().0;
                mutex.lock().push(id);
            });
            sleep(ms(1)); // it waits now
            let expected = if priority == 2 { 2 } else { 4 };
            assert_eq!(current().priority(), expected);
            assert_eq!(current().own_priority(), 0);
            child
        });
        drop(guard);
        assert_eq!(current().priority(), 0);
        join_all(threads);
        Arc::into_inner(mutex).unwrap().into_inner()
    });
    assert_eq!(order, [2, 4, 3, 1], "equals in the order of their coming");
}

#[test]
fn who_gives_one_of_several_mutexes_up_keeps_what_is_lent_for_the_others() {
    let _turn = alone();
    for inner_first in [true, false] {
        run(|| {
            let [outer, inner] = [inheriting(), inheriting()];
            let [outer_guard, inner_guard] = [outer.lock(), inner.lock()];
            let threads = [locks(2, &[&outer]), locks(3, &[&inner])];
            assert_eq!(current().priority(), 3);
            if inner_first {
                drop(inner_guard);
                assert_eq!(current().priority(), 2, "lent for the outer one");
                drop(outer_guard);
            } else {
                drop(outer_guard);
                assert_eq!(current().priority(), 3, "lent for the inner one");
                drop(inner_guard);
            }
            assert_eq!(current().priority(), 0);
            join_all(threads);
        });
    }
}

#[test]
fn a_mutex_out_of_the_middle_leaves_the_others_held() {
    let _turn = alone();
    run(|| {
        let mutexes = [(); 3].map(|()| inheriting());
        let [first, second, third] = [0, 1, 2].map(|index: usize| mutexes[index].lock());
        drop(second);
        let threads = [locks(1, &[&mutexes[0]]), locks(2, &[&mutexes[1]])];
        assert_eq!(current().priority(), 1, "nobody waits for the second");
        let last = locks(3, &[&mutexes[2]]);
        assert_eq!(current().priority(), 3);
        drop(third);
        assert_eq!(current().priority(), 1);
        drop(first);
        join_all(threads);
        last.join().unwrap();
    });
}

#[test]
fn what_is_lent_is_lent_on_to_the_end_of_the_chain() {
    let _turn = alone();
    run(|| {
        let mutexes: Vec<_> = std::iter::repeat_with(inheriting).take(7).collect();
        let guard = mutexes[0].lock();
        let mut threads = Vec::new();
        // Each holds one, and waits for the one before.
        for (index, pair) in mutexes.windows(2).enumerate() {
            let priority = i32::try_from(index).unwrap() + 1;
            threads.push(locks(priority, &[&pair[1], &pair[0]]));
            assert_eq!(current().priority(), priority);
        }
        threads.push(locks(20, &[&mutexes[6]]));
        assert_eq!(current().priority(), 20);
        for thread in &threads {
            assert_eq!(thread.thread().priority(), 20, "{thread:?}");
        }
        drop(guard);
        assert_eq!(current().priority(), 0);
        join_all(threads);
    });
}

#[test]
fn a_lender_whose_own_priority_changes_lends_that() {
    let _turn = alone();
    run(|| {
        let [near, far] = [inheriting(), inheriting()];
        let guard = far.lock();
        let between = locks(1, &[&near, &far]);
        let lender = locks(2, &[&near]);
        assert_eq!(current().priority(), 2);
        lender.thread().set_priority(9);
        assert_eq!(current().priority(), 9);
        assert_eq!(between.thread().priority(), 9);
        lender.thread().set_priority(-5);
        assert_eq!(current().priority(), 1, "the other one's own");
        between.thread().set_priority(-5);
        assert_eq!(current().priority(), 0, "its own");
        drop(guard);
        join_all([between, lender]);
    });
}

#[test]
fn an_own_priority_that_is_set_under_a_loan_counts_when_it_is_returned() {
    let trace = Trace::begin();
    run(|| {
        let mutex = inheriting();
        let guard = mutex.lock();
        let child = locks(5, &[&mutex]);
        current().set_priority(-1);
        assert_eq!((current().priority(), current().own_priority()), (5, -1));
        current().set_priority(7);
        assert_eq!(current().priority(), 7);
        current().set_priority(1);
        assert_eq!(current().priority(), 5, "it still waits");
        drop(guard);
        assert_eq!(current().priority(), 1);
        child.join().unwrap();
    });
    assert_eq!(
        trace.only(&["changed"]),
        [
            "changed thread=0 what=donated from=0 to=5 why=lent by=thread:1",
            "changed thread=0 what=priority from=0 to=-1 why=set by=thread:0",
            "changed thread=0 what=priority from=-1 to=7 why=set by=thread:0",
            "changed thread=0 what=donated from=5 to=7 why=returned",
            "changed thread=0 what=priority from=7 to=1 why=set by=thread:0",
            "changed thread=0 what=donated from=1 to=5 why=lent by=thread:1",
            "changed thread=0 what=donated from=5 to=1 why=returned",
        ]
    );
}

#[test]
fn who_makes_itself_less_important_loses_the_cpu_at_once() {
    let trace = Trace::begin();
    run(|| {
        current().set_priority(5);
        let child = at(3, checkpoint);
        current().set_priority(2);
        assert!(child.is_finished(), "it ran first");
        let child = at(1, checkpoint);
        child.thread().set_priority(4);
        assert!(child.is_finished(), "it ran first");
    });
    assert_eq!(
        trace.only(&["changed", "preempted"]),
        [
            "changed thread=0 what=priority from=0 to=5 why=set by=thread:0",
            "changed thread=0 what=priority from=5 to=2 why=set by=thread:0",
            "preempted thread=0 cpu=0 ran=3000000",
            "changed thread=2 what=priority from=1 to=4 why=set by=thread:0",
            "preempted thread=0 cpu=0 ran=2000000",
        ]
    );
}

#[test]
fn a_runnable_holder_is_raised_where_it_waits() {
    let _turn = alone();
    // On a second CPU a middling thread runs; the holder takes it from that one.
    let order = Scheduler::new(Preemption::Checkpoint, StaticPriority::new())
        .cpus(2)
        .run(|| inversion(Mutex::inheriting(())))
        .unwrap();
    assert_eq!(order[0], "high");
}

#[test]
fn a_thread_that_is_faster_than_the_woken_one_inherits_from_it() {
    let _turn = alone();
    run(|| {
        let mutex = inheriting();
        current().set_priority(5);
        let guard = mutex.lock();
        let lenders = [7, 6].map(|priority| locks(priority, &[&mutex]));
        for lender in &lenders {
            lender.thread().set_priority(3); // below ours
        }
        drop(guard);
        let faster = mutex.lock(); // before the woken one has run
        lenders[1].thread().set_priority(4);
        lenders[1].thread().set_priority(8);
        assert_eq!(current().priority(), 8, "it waits again, and lends");
        drop(faster);
        join_all(lenders);
    });
}

#[test]
fn who_waits_again_after_a_notification_lends() {
    let _turn = alone();
    run(|| {
        let shared = Arc::new((Mutex::inheriting(false), Condvar::new()));
        let other = Arc::clone(&shared);
        let child = at(3, move || {
            drop(other.1.wait_while(other.0.lock(), |is_set| !*is_set));
        });
        let mut guard = shared.0.lock();
        *guard = true;
        assert_eq!(current().priority(), 0, "it waits for a notification");
        shared.1.notify_one();
        assert_eq!(current().priority(), 3, "it waits for the mutex");
        drop(guard);
        assert_eq!(current().priority(), 0);
        child.join().unwrap();
    });
}

#[test]
fn a_deadlock_through_inheriting_mutexes_is_found() {
    let _turn = alone();
    for mode in [
        Preemption::Checkpoint,
        Preemption::Never,
        Preemption::Signal,
    ] {
        let error = in_time(move || {
            let run = Scheduler::new(mode, StaticPriority::new()).run(|| {
                let [one, two] = [inheriting(), inheriting()];
                let guard = one.lock();
                let child = locks(1, &[&two, &one]);
                sleep(ms(5));
                drop(two.lock());
                drop(guard);
                child.join().unwrap();
            });
            run.unwrap_err()
        });
        let RunError::Deadlock(deadlock) = error else {
            panic!("{error}");
        };
        assert_eq!(deadlock.path(), "0>mutex:2>1>mutex:1>0", "{mode:?}");
    }
}

#[test]
fn an_important_thread_gets_by_a_spinning_one_in_signal_mode() {
    let _turn = alone();
    let run = Scheduler::new(Preemption::Signal, StaticPriority::new());
    run.run(|| {
        let mutex = inheriting();
        let held = Arc::new(AtomicBool::new(false));
        let (is_held, holds) = (Arc::clone(&held), Arc::clone(&mutex));
        current().set_priority(9);
        let low = at(1, move || {
            let guard = holds.lock();
            is_held.store(true, Ordering::Relaxed);
            let begin = Instant::now();
            while begin.elapsed() < ms(20) {}
            drop(guard);
        });
        while !held.load(Ordering::Relaxed) {
            sleep(ms(1));
        }
        let gone = Arc::new(AtomicBool::new(false));
        let is_gone = Arc::clone(&gone);
        let mid = at(5, move || {
            let begin = Instant::now();
            while !is_gone.load(Ordering::Relaxed) {
                assert!(begin.elapsed() < Duration::from_mins(1), "it was shut out");
            }
        });
        drop(mutex.lock()); // lends to the holder, past the spinning one
        gone.store(true, Ordering::Relaxed);
        join_all([low, mid]);
    })
    .unwrap();
}

#[test]
fn in_every_mode_all_loans_are_returned_in_the_end() {
    let _turn = alone();
    for (mode, cpus) in [
        (Preemption::Checkpoint, 1),
        (Preemption::Checkpoint, 3),
        (Preemption::Never, 2),
        (Preemption::Signal, 1),
        (Preemption::Signal, 2),
    ] {
        in_time(move || {
            let policy = StaticPriority::new().quantum(Duration::from_micros(200));
            Scheduler::new(mode, policy)
                .cpus(cpus)
                .run(borrow_at_random)
                .unwrap();
        });
    }
}

/// Threads take random pairs of mutexes, in one order, and set random priorities.
fn borrow_at_random() {
    let mutexes = Arc::new([(); 4].map(|()| (Mutex::inheriting(()), AtomicI32::new(0))));
    let threads: [_; 8] = std::array::from_fn(|index| {
        let mutexes = Arc::clone(&mutexes);
        let mut state = index as u64 + 1;
        let mut random = move |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % below
        };
        Builder::new().spawn(move || {
            for _ in 0..60 {
                let [first, second] = [random(3), 3].map(|index| usize::try_from(index).unwrap());
                let guards = [&mutexes[first].0, &mutexes[second].0].map(Mutex::lock);
                for index in [first, second] {
                    assert_eq!(mutexes[index].1.fetch_add(1, Ordering::Relaxed), 0);
                }
                current().set_priority(i32::try_from(random(9)).unwrap());
                for index in [first, second] {
                    mutexes[index].1.fetch_sub(1, Ordering::Relaxed);
                }
                assert!(current().priority() >= current().own_priority());
                let [first, second] = guards;
                if random(2) == 0 {
                    drop(first);
                    drop(second);
                } else {
                    drop(second);
                    drop(first);
                }
            }
            assert_eq!(current().priority(), current().own_priority());
        })
    });
    join_all(threads);
}
