//! What a search finds, and that it fails again along the schedule that is told.

use crate::latch::Latch;
use runtime::sync::{Mutex, Notify, channel};
use runtime::{
    Diverged, Explore, Found, Schedule, Search, Stopped, Trouble, explore, replay, sleep, spawn,
    yield_now,
};
use std::cell::Cell;
use std::fmt::Debug;
use std::rc::Rc;
use std::time::Duration;

/// Each failure of `program` is the same again along its schedule, and each outcome.
fn replays<F: Future<Output: Debug>>(found: &Found, program: impl Fn() -> F) {
    for failure in found.failures() {
        let schedule: Schedule = failure.schedule.to_string().parse().unwrap();
        let again = replay(&schedule, &program).unwrap();
        assert_eq!(again.trouble.as_ref(), Some(&failure.trouble));
    }
    for outcome in found.outcomes() {
        let again = replay(&outcome.schedule, &program).unwrap();
        assert!(again.trouble.is_some() || again.outcome == outcome.text);
    }
}

/// Two tasks add 1, with an `.await` between the look and the deed.
async fn lost_update() {
    let total = Rc::new(Cell::new(0));
    let tasks = [(); 2].map(|()| {
        let total = Rc::clone(&total);
        spawn(async move {
            let seen = total.get();
            yield_now().await;
            total.set(seen + 1);
        })
    });
    for task in tasks {
        task.await.unwrap();
    }
    assert!(total.get() == 2, "an update is lost");
}

#[test]
fn an_assertion_that_fails_in_some_orders_is_found_with_its_line() {
    let found = explore(lost_update);
    assert!(found.exhausted());
    let [failure] = found.failures() else {
        panic!("{found}");
    };
    let Trouble::Panicked { task, message, at } = &failure.trouble else {
        panic!("{found}");
    };
    assert_eq!(
        (task.to_string(), &**message),
        ("0".to_owned(), "an update is lost")
    );
    assert!(
        at.as_ref()
            .unwrap()
            .starts_with("runtime/tests/explore/failures.rs:")
    );
    // It is lost by itself, if nobody leads.
    assert_eq!((failure.deviations, failure.is_fewest), (0, true));
    assert_eq!(found.outcomes().len(), 2);
    replays(&found, lost_update);
}

/// As it should be: nobody gets in between.
async fn no_update_is_lost() {
    let total = Rc::new(Mutex::new(0));
    let tasks = [(); 3].map(|()| {
        let total = Rc::clone(&total);
        spawn(async move {
            let mut total = total.lock().await;
            let seen = *total;
            yield_now().await;
            *total = seen + 1;
        })
    });
    for task in tasks {
        task.await.unwrap();
    }
    assert!(*total.lock().await == 3, "an update is lost");
}

#[test]
fn a_program_that_is_right_is_exhausted_and_does_not_fail() {
    let found = explore(no_update_is_lost);
    assert!(found.exhausted() && found.failures().is_empty(), "{found}");
    assert_eq!(found.outcomes().len(), 1);
    assert!(
        found.to_string().contains(", one of each kind\n"),
        "{found}"
    );
}

/// One task takes two locks, and the other the same in the other order.
async fn embrace() {
    let locks = Rc::new([Mutex::new(()), Mutex::new(())]);
    let tasks = [[0, 1], [1, 0]].map(|order| {
        let locks = Rc::clone(&locks);
        spawn(async move {
            let _first = locks[order[0]].lock().await;
            yield_now().await;
            let _second = locks[order[1]].lock().await;
        })
    });
    for task in tasks {
        task.await.unwrap();
    }
}

#[test]
fn tasks_that_wait_for_each_other_are_told_with_what_they_wait_for() {
    let found = explore(embrace);
    let deadlock = found.shortest().unwrap();
    let text = deadlock.trouble.to_string();
    assert!(matches!(&deadlock.trouble, Trouble::Deadlock(waits) if waits.tasks().count() == 3));
    assert!(
        text.starts_with("deadlock: nobody can wake any task: task 0 'main' waits for"),
        "{text}"
    );
    assert!(
        text.contains("; task 1 waits for mutex 2 at runtime/tests/explore/failures.rs:"),
        "{text}"
    );
    assert!(text.contains("; task 2 waits for mutex 1 at "), "{text}");
    replays(&found, embrace);
}

/// Tells whoever waits; nobody may wait yet, and a permit is kept only for one.
async fn two_wait_and_one_is_told() {
    let (notify, flag) = (Rc::new(Notify::new()), Rc::new(Cell::new(false)));
    let waiters = [(); 2].map(|()| {
        let (notify, flag) = (Rc::clone(&notify), Rc::clone(&flag));
        spawn(async move {
            if !flag.get() {
                notify.notified().await;
            }
        })
    });
    spawn(async move {
        flag.set(true);
        notify.notify_one();
    });
    for waiter in waiters {
        waiter.await.unwrap();
    }
}

#[test]
fn a_wake_that_goes_by_is_found() {
    let found = explore(two_wait_and_one_is_told);
    assert!(found.exhausted());
    let [failure, ..] = found.failures() else {
        panic!("{found}");
    };
    assert!(matches!(failure.trouble, Trouble::LostWakeup(_)), "{found}");
    assert!(
        found.outcomes().iter().any(|it| it.text.is_empty()),
        "{found}"
    );
    replays(&found, two_wait_and_one_is_told);
}

/// A task that nobody joins fails if it comes last.
async fn detached() {
    let (first, latch) = (Rc::new(Cell::new(true)), Latch::new(2));
    for _ in 0..2 {
        let (first, latch) = (Rc::clone(&first), latch.clone());
        spawn(async move {
            let is_first = first.replace(false);
            latch.arrive();
            assert!(is_first, "second");
        });
    }
    latch.wait().await;
}

#[test]
fn a_panic_of_a_task_that_nobody_joins_is_found() {
    let found = explore(detached);
    let messages = found.failures().iter().map(|it| it.trouble.to_string());
    let messages: Vec<String> = messages.collect();
    assert_eq!(messages.len(), 2, "{found}");
    assert!(messages[0].starts_with("task 2 panicked at "), "{found}");
    assert!(messages[1].starts_with("task 1 panicked at "), "{found}");
    replays(&found, detached);
}

/// Fails only if the third task comes first.
async fn third_first() {
    let (first, latch) = (Rc::new(Cell::new(0)), Latch::new(3));
    for number in 1..=3 {
        let (first, latch) = (Rc::clone(&first), latch.clone());
        spawn(async move {
            yield_now().await;
            if first.get() == 0 {
                first.set(number);
            }
            latch.arrive();
        });
    }
    latch.wait().await;
    assert!(first.get() != 3, "the third comes first");
}

#[test]
fn a_failure_is_told_with_the_fewest_deviations() {
    let found = explore(third_first);
    let failure = found.shortest().unwrap();
    // Everybody is polled once as usual, and then the third.
    assert_eq!((failure.deviations, failure.is_fewest), (1, true));
    assert_eq!(failure.schedule.to_string(), "t1,4:3/8");
    assert!(
        found
            .to_string()
            .contains("\nfails with 1 deviation: SCHEDULE=t1,4:3/8\n  task 0 ")
    );
    replays(&found, third_first);
}

#[test]
fn an_endless_loop_is_broken_off_and_the_search_says_so() {
    let program = || async {
        let flag = Rc::new(Cell::new(false));
        let setter = Rc::clone(&flag);
        spawn(async move { setter.set(true) });
        while !flag.get() {
            yield_now().await; // again and again, if nobody else has a turn
        }
    };
    let found = Explore::new().steps_limit(50).run(program);
    assert_eq!(found.stopped(), Some(Stopped::StepsLimit));
    assert!(!found.exhausted());
    let troubles: Vec<&Trouble> = found.failures().iter().map(|it| &it.trouble).collect();
    assert_eq!(troubles, [&Trouble::TooLong { steps: 50 }]);
    // Along its schedule the run stops there.
    let schedule = &found.failures()[0].schedule;
    assert!(schedule.is_open() && schedule.steps() == 50);
    assert_eq!(replay(schedule, program).unwrap().trouble, None);
}

#[test]
fn a_program_that_is_not_deterministic_is_told_with_the_step() {
    let runs = Cell::new(0);
    let found = explore(|| {
        runs.set(runs.get() + 1);
        let more = runs.get() % 2;
        async move {
            let latch = Latch::new(2 + more);
            for _ in 0..2 + more {
                let latch = latch.clone();
                spawn(async move { latch.arrive() });
            }
            latch.wait().await;
        }
    });
    assert_eq!(found.stopped(), Some(Stopped::NotDeterministic));
    let Trouble::NotDeterministic(Diverged {
        step: 1,
        expected,
        found,
    }) = &found.failures().last().unwrap().trouble
    else {
        panic!("{found}");
    };
    let three = "a choice of task 1 at ";
    assert!(
        expected.starts_with(three) && expected.contains("task 3 at "),
        "{expected}"
    );
    assert!(
        found.starts_with(three) && !found.contains("task 3 at "),
        "{found}"
    );
}

#[test]
fn a_program_that_ends_earlier_than_before_is_not_deterministic() {
    let runs = Cell::new(0);
    let found = explore(|| {
        runs.set(runs.get() + 1);
        let run = runs.get();
        async move {
            spawn(async {});
            if run == 1 {
                yield_now().await;
            }
        }
    });
    assert_eq!(found.stopped(), Some(Stopped::NotDeterministic));
    assert!(
        found.to_string().contains("found the end of the program"),
        "{found}"
    );
}

#[test]
fn a_schedule_of_another_program_says_where_it_does_not_fit() {
    let how = |text: &str| {
        let schedule: Schedule = text.parse().unwrap();
        replay(&schedule, lost_update).unwrap_err().to_string()
    };
    assert!(how("t1,1:9/7").contains("at step 1: expected a step of task 9, found that there is"));
    assert!(how("t1,1:@1/7").contains("at step 1: expected a step of timer 1"));
    assert!(how("t1/3").contains("at step 3: expected the end of the program, found tasks"));
    assert!(how("t1/70").contains("expected 70 steps, found the end of the program"));
}

#[test]
fn a_value_in_a_channel_wakes_its_receiver_in_every_order() {
    let found = explore(|| async {
        let (sender, receiver) = channel(1);
        for number in 1..=2 {
            let sender = sender.clone();
            spawn(async move { sender.send(number).await.unwrap() });
        }
        drop(sender);
        let mut sum = 0;
        while let Ok(number) = receiver.recv().await {
            sleep(Duration::from_secs(1)).await;
            sum = sum * 10 + number;
        }
        sum
    });
    let mut texts: Vec<&str> = found.outcomes().iter().map(|it| &*it.text).collect();
    texts.sort_unstable();
    assert_eq!(texts, ["12", "21"]);
    assert!(found.exhausted() && found.failures().is_empty());
}

#[test]
fn by_chance_a_failure_is_found_too_and_no_end_is_claimed() {
    let walk = Search::Random { seed: 1, runs: 200 };
    let found = Explore::new().search(walk).run(third_first);
    assert_eq!(
        (found.explored(), found.stopped()),
        (200, Some(Stopped::Sampled))
    );
    assert_eq!(found.failures().len(), 1);
    assert!(
        found
            .to_string()
            .contains("and not all: orders by chance have no end")
    );
    let again = Explore::new().search(walk).run(third_first);
    assert_eq!(again.to_string(), found.to_string());
}
