//! Priority inheritance: who lends what to whom, and who runs therefore.

mod chains;
mod modes;

use crate::support::{Trace, alone, join_all, ms};
use scheduler::policy::StaticPriority;
use scheduler::sync::{Mutex, MutexGuard};
use scheduler::{Builder, JoinHandle, Preemption, Scheduler, checkpoint, current, sleep};
use std::sync::Arc;

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
