//! Classes: who goes first, who is passed over, and how often at most.

mod support;

use runtime::Class::{Background, Normal, Urgent};
use runtime::{Builder, Class, Clock, EventLoop, JoinHandle, set_class, sleep, spawn, yield_now};
use std::cell::{Cell, RefCell};
use std::future::pending;
use std::rc::Rc;
use std::time::Duration;
use support::{assert_trace, only, trace};

/// A task of this class, which gives way for ever, as far as anybody can see:
/// it ends some day, so that a test fails in which it starves the others.
fn busy(class: Class) -> JoinHandle<()> {
    Builder::new().class(class).spawn(async {
        for _ in 0..300_000 {
            yield_now().await;
        }
    })
}

#[test]
fn the_more_urgent_task_goes_first_though_it_was_spawned_last() {
    let trace = trace(|| {
        EventLoop::new(Clock::Virtual).block_on(async {
            let background = Builder::new().class(Background).spawn(yield_now());
            let normal = spawn(yield_now());
            let urgent = Builder::new().class(Urgent).spawn(yield_now());
            background.await.unwrap();
            drop((normal, urgent));
        });
    });
    assert_trace(
        &trace,
        &[
            "started version=1 clock=virtual",
            "spawned task=0 name=\"main\" class=normal",
            "woken task=0 by=outside class=normal",
            "turn turn=1 ready=1",
            "polled task=0",
            "spawned task=1 name=\"\" class=background by=task:0",
            "woken task=1 by=task:0 class=background",
            "spawned task=2 name=\"\" class=normal by=task:0",
            "woken task=2 by=task:0 class=normal",
            "spawned task=3 name=\"\" class=urgent by=task:0",
            "woken task=3 by=task:0 class=urgent",
            "waiting task=0 on=task:1",
            "pending task=0 ran=0",
            "turn turn=2 ready=3", // three polls, whichever they are
            "polled task=3",
            "woken task=3 by=task:3 class=urgent",
            "pending task=3 ran=0",
            "polled task=3", // woken in this turn, and polled in it
            "completed task=3 ran=0",
            "polled task=2",
            "woken task=2 by=task:2 class=normal",
            "pending task=2 ran=0",
            "turn turn=3 ready=2",
            "polled task=2",
            "completed task=2 ran=0",
            "polled task=1",
            "woken task=1 by=task:1 class=background",
            "pending task=1 ran=0",
            "turn turn=4 ready=1",
            "polled task=1",
            "completed task=1 ran=0",
            "woken task=0 by=task:1 class=normal",
            "turn turn=5 ready=1",
            "polled task=0",
            "joined task=1 by=task:0",
            "completed task=0 ran=0",
            "ended turns=5 polls=8 left=0",
        ],
    );
}

#[test]
fn a_queued_task_that_changes_its_class_goes_to_the_tail_of_the_new_one() {
    let trace = trace(|| {
        EventLoop::new(Clock::Virtual).block_on(async {
            let [first, second, third] = [(); 3].map(|()| spawn(async {}));
            third.set_class(Urgent);
            first.set_class(Urgent);
            second.set_class(Normal); // it is: nothing happens
            second.await.unwrap();
            third.set_class(Background); // it is over: nothing happens
            drop(first);
        });
    });
    assert_trace(
        &only(&trace, &["changed", "polled"]),
        &[
            "polled task=0",
            "changed task=3 what=class from=normal to=urgent by=task:0",
            "changed task=1 what=class from=normal to=urgent by=task:0",
            "polled task=3",
            "polled task=1",
            "polled task=2",
            "polled task=0",
        ],
    );
}

#[test]
fn the_running_task_changes_its_own_class() {
    let trace = trace(|| {
        EventLoop::new(Clock::Virtual).block_on(async {
            let other = spawn(pending::<()>());
            set_class(Background); // it is main, which is a task like the others
            yield_now().await;
            other.set_class(Urgent); // it waits: its next wake says where it goes
            other.abort();
            assert!(other.await.unwrap_err().is_cancelled());
        });
    });
    assert_trace(
        &only(&trace, &["changed", "woken"])[2..],
        &[
            "changed task=0 what=class from=normal to=background by=task:0",
            "woken task=0 by=task:0 class=background",
            "changed task=1 what=class from=normal to=urgent by=task:0",
            "woken task=1 by=task:0 class=urgent",
            "woken task=0 by=task:1 class=background",
        ],
    );
}

#[test]
fn a_task_woken_in_its_poll_stands_in_the_queue_of_its_new_class() {
    let order = Rc::new(RefCell::new(Vec::new()));
    let mut event_loop = EventLoop::new(Clock::Virtual);
    for (name, class) in [("first", Urgent), ("second", Normal)] {
        let order = order.clone();
        drop(event_loop.spawn(async move {
            let again = yield_now();
            set_class(class);
            again.await;
            order.borrow_mut().push(name);
        }));
    }
    event_loop.run();
    assert_eq!(*order.borrow(), ["first", "second"]);
}

#[test]
#[should_panic(expected = "set_class() was called outside of an event loop")]
fn nobody_has_a_class_outside_of_a_loop() {
    set_class(Urgent);
}

#[test]
fn a_class_set_from_outside_of_the_loop_has_no_cause() {
    let trace = trace(|| {
        let mut event_loop = EventLoop::new(Clock::Virtual);
        let task = event_loop.spawn(async {});
        task.set_class(Background);
        event_loop.run();
    });
    let changed = only(&trace, &["changed"]);
    assert_trace(
        &changed,
        &["changed task=1 what=class from=normal to=background"],
    );
}

/// How many polls a task of class `watched` waits for its own, while tasks of
/// the `others` are always ready, if it is not for ever: the most of many.
fn longest_wait(watched: Class, others: &[Class]) -> u64 {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    let polls = Rc::new(Cell::new(0));
    event_loop.block_on(async {
        for &class in others {
            let polls = polls.clone();
            drop(Builder::new().class(class).spawn(async move {
                while polls.get() < 100_000 {
                    polls.set(polls.get() + 1);
                    yield_now().await;
                }
            }));
        }
        let watched = Builder::new().class(watched).spawn(async move {
            let mut longest = 0;
            for _ in 0..1_000 {
                let before = polls.get();
                yield_now().await;
                longest = longest.max(polls.get() - before);
            }
            longest
        });
        watched.await.expect("it does not panic")
    })
}

#[test]
fn nobody_starves_however_busy_the_others_are() {
    assert_eq!(longest_wait(Background, &[Urgent]), 16);
    // 17 if both are due at one pick, which happens at most once: then they take turns.
    assert_eq!(longest_wait(Background, &[Urgent, Normal]), 16);
    assert_eq!(longest_wait(Background, &[Urgent; 100]), 16);
    assert_eq!(longest_wait(Normal, &[Urgent]), 16);
    assert_eq!(longest_wait(Normal, &[Urgent, Background]), 16);
}

#[test]
fn the_urgent_wait_for_no_more_than_one_task_of_each_other_class() {
    assert_eq!(longest_wait(Urgent, &[Normal]), 1);
    assert_eq!(longest_wait(Urgent, &[Normal, Background]), 2);
    assert_eq!(longest_wait(Urgent, &[Normal; 1_000]), 1);
    assert_eq!(longest_wait(Urgent, &[Background; 1_000]), 1);
}

#[test]
fn a_busy_urgent_task_starves_no_timer() {
    let mut event_loop = EventLoop::new(Clock::Real);
    event_loop.block_on(async {
        let busy = busy(Urgent);
        sleep(Duration::from_millis(2)).await;
        assert!(!busy.is_finished());
    });
}

#[test]
fn an_aborted_task_of_the_background_is_over_within_the_bound() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    event_loop.block_on(async {
        let (urgent, background) = (busy(Urgent), busy(Background));
        background.abort();
        assert!(background.await.unwrap_err().is_cancelled());
        assert!(!urgent.is_finished());
    });
}

#[test]
fn an_ended_loop_drops_the_tasks_of_every_class() {
    let mut event_loop = EventLoop::new(Clock::Virtual);
    let handles = event_loop.block_on(async { Class::ALL.map(busy) });
    drop(event_loop);
    assert!(handles.iter().all(JoinHandle::is_finished));
}
