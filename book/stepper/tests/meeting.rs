//! Where units meet and what is their own: locks, semaphores, notifications,
//! barriers, classes, local values, and calls on the pool.

#![expect(
    clippy::format_push_string,
    clippy::format_collect,
    reason = "a trace of a test reads best as the text that it is"
)]

mod common;

use common::{side, sound_side};
use proptest::prelude::*;
use std::collections::VecDeque;
use stepper::{
    Side, State,
    fold::{Driver, JobState, Lock, UnitId},
    sentence,
    trace::{Reference, Thing},
    why,
};

/// Tasks 1 to `count`, spawned and queued in the class `normal`.
fn spawned(count: u32) -> String {
    spawned_as(&(1..=count).collect::<Vec<_>>())
}

/// These tasks, spawned and queued in this order.
fn spawned_as(tasks: &[u32]) -> String {
    tasks
        .iter()
        .map(|task| {
            format!(
                "spawned t=0 loop=0 task={task} name=\"\" class=normal src=a.rs:1
                 woken t=0 loop=0 task={task} by=outside class=normal src=a.rs:1\n"
            )
        })
        .collect()
}

/// A poll of `task` that ends in a wait for `on`, with `records` in it.
fn waits(task: u32, records: &str, on: &str) -> String {
    format!(
        "polled t=0 loop=0 task={task} src=a.rs:1
         {records}
         waiting t=0 loop=0 task={task} on={on} src=a.rs:1
         pending t=0 loop=0 task={task} ran=0 src=a.rs:1\n"
    )
}

/// What is asked of the driver after the last step.
fn last<T>(side: &Side, ask: impl Fn(&Driver) -> T) -> T {
    ask(side.last_state().driver().expect("a loop"))
}

/// Who waits for a thing, longest first.
fn line(state: &State, thing: Thing, number: u32) -> Vec<u32> {
    let driver = state.driver().expect("a loop");
    let waiters = driver.waiters(Reference { thing, number });
    waiters.map(|unit| unit.number).collect()
}

/// The last sentence.
fn said(side: &Side) -> String {
    sentence(side, side.len())
}

#[test]
fn a_mutex_has_a_holder_and_a_line_and_the_sentences_name_them_in_order() {
    let contended = |task| format!("contended t=0 loop=0 mutex=1 task={task} src=a.rs:1");
    let text = spawned_as(&[3, 2, 4])
        + &waits(
            3,
            "locked t=0 loop=0 mutex=1 task=3 at=m.rs:7 src=a.rs:1",
            "timer:1",
        )
        + &waits(2, &contended(2), "mutex:1")
        + &waits(4, &contended(4), "mutex:1");
    let held = sound_side("runtime", &text);
    assert_eq!(line(held.last_state(), Thing::Mutex, 1), [2, 4]);
    assert_eq!(
        last(&held, |it| it.mutexes.get(1).and_then(Lock::owner)).map(|unit| unit.number),
        Some(3)
    );
    let contention = sentence(&held, held.len() - 2);
    assert_eq!(
        contention,
        "Task 4 wants mutex 1, which task 3 holds: it will wait, behind task 2."
    );
    assert_eq!(
        sentence(&held, held.len() - 1),
        "Task 4 asked for mutex 1, which task 3 holds, and left its waker there."
    );
    let text = text
        + "woken t=1 loop=0 task=3 by=timer:1 class=normal src=a.rs:1
           polled t=1 loop=0 task=3 src=a.rs:1
           unlocked t=1 loop=0 mutex=1 task=3 src=a.rs:1\n";
    let free = sound_side("runtime", &text);
    assert_eq!(
        said(&free),
        "Task 3 let go of mutex 1, for which task 2 waits, then task 4."
    );
    let text = text
        + "woken t=1 loop=0 task=2 by=task:3 class=normal src=a.rs:1
           completed t=1 loop=0 task=3 ran=0 src=a.rs:1
           polled t=1 loop=0 task=2 src=a.rs:1
           locked t=1 loop=0 mutex=1 task=2 src=a.rs:1\n";
    let passed_on = sound_side("runtime", &text);
    assert_eq!(
        said(&passed_on),
        "Task 2 holds mutex 1; task 4 waits for it."
    );
    assert_eq!(line(passed_on.last_state(), Thing::Mutex, 1), [4]);
    let two = UnitId {
        driver: 0,
        number: 2,
    };
    let step = free.len() + 1;
    let chain: Vec<usize> = why(&passed_on, step, two)
        .iter()
        .map(|link| link.0)
        .collect();
    assert_eq!(chain[..2], [step, step - 1], "woken by whoever unlocked");
}

#[test]
fn a_lock_has_several_readers_or_one_writer() {
    let read = |task| format!("locked t=0 loop=0 rwlock=1 how=read task={task} src=a.rs:1");
    let text = spawned(3)
        + &waits(1, &read(1), "timer:1")
        + &waits(2, &read(2), "timer:2")
        + &waits(
            3,
            "contended t=0 loop=0 rwlock=1 how=write task=3 src=a.rs:1",
            "rwlock:1",
        );
    let side = sound_side("runtime", &text);
    let holders = last(&side, |it| {
        it.rwlocks.get(1).expect("it was locked").holders.len()
    });
    assert_eq!(holders, 2);
    assert_eq!(
        sentence(&side, side.len() - 2),
        "Task 3 wants rwlock 1 for writing, which task 1 and task 2 hold for reading: it will wait."
    );
    let second = side.len() - 6;
    assert_eq!(
        sentence(&side, second),
        "Task 2 holds rwlock 1 for reading, as task 1 does."
    );
    let text = text + "locked t=0 loop=0 rwlock=1 how=write task=3 src=a.rs:1";
    let wrong = common::side("runtime", &text);
    assert!(
        said(&wrong).contains("⚠ Rwlock 1 was held by task 1."),
        "{}",
        said(&wrong)
    );
}

#[test]
fn a_semaphore_counts_and_a_barrier_opens_for_the_last() {
    let text = spawned(3)
        + &waits(
            1,
            "acquired t=0 loop=0 semaphore=1 permits=2 left=0 task=1 src=a.rs:1",
            "timer:1",
        )
        + &waits(
            2,
            "arrived t=0 loop=0 barrier=1 count=1 of=2 task=2 src=a.rs:1",
            "barrier:1",
        )
        + &waits(3, "", "semaphore:1")
        + "released t=0 loop=0 semaphore=1 permits=2 left=2 task=1 src=a.rs:1\n";
    let side = sound_side("runtime", &text);
    assert_eq!(
        last(&side, |it| it
            .semaphores
            .get(1)
            .map(|it| (it.left, it.held.len()))),
        Some((2, 0))
    );
    assert_eq!(
        said(&side),
        "Task 1 gave 2 permits back to semaphore 1: 2 are left; task 3 waits for it."
    );
    let text = text
        + "woken t=0 loop=0 task=1 by=timer:1 class=normal src=a.rs:1
           polled t=0 loop=0 task=1 src=a.rs:1
           arrived t=0 loop=0 barrier=1 count=2 of=2 task=1 src=a.rs:1\n";
    let side = sound_side("runtime", &text);
    assert_eq!(
        said(&side),
        "Task 1 is at barrier 1, the last of 2: it opens for all."
    );
    assert_eq!(
        last(&side, |it| it
            .barriers
            .get(1)
            .map(|it| (it.count, it.opened))),
        Some((0, 1))
    );
}

#[test]
fn notified_tasks_are_named_in_the_order_of_their_line() {
    let text = spawned_as(&[2, 1, 3])
        + &waits(2, "", "notify:1")
        + &waits(1, "", "notify:1")
        + "notified t=0 loop=0 notify=1 woke=2 task=3 src=a.rs:1";
    assert_eq!(
        said(&sound_side("runtime", &text)),
        "Task 3 notified notify 1: task 2 and task 1 were waiting for it."
    );
    let none = sound_side("runtime", "notified t=0 loop=0 notify=1 woke=0 src=a.rs:1");
    assert_eq!(
        said(&none),
        "Somebody notified notify 1: nobody was waiting for it."
    );
}

#[test]
fn a_queued_task_that_changes_its_class_goes_to_the_tail_of_the_new_one() {
    let text = spawned(3)
        + "changed t=0 loop=0 task=3 what=class from=normal to=urgent by=task:1 src=a.rs:1
           changed t=0 loop=0 task=1 what=class from=normal to=urgent by=task:1 src=a.rs:1\n";
    let side = sound_side("runtime", &text);
    let account = last(&side, |it| it.account(side.target));
    assert!(
        account.starts_with("running=- urgent=3,1 normal=2 background=- "),
        "{account}"
    );
    assert_eq!(
        said(&side),
        "The class of task 1 was changed by itself: it was normal and is urgent. It is 2nd in the urgent queue now."
    );
    let polled = sound_side("runtime", &(text + "polled t=0 loop=0 task=2 src=a.rs:1"));
    assert_eq!(
        said(&polled),
        "The loop polls task 2, for the first time. Nobody else can run until it returns. It goes before 2 tasks of a more urgent class, so that its own does not starve."
    );
}

#[test]
fn a_value_of_its_own_is_kept_by_unit_in_both_halves() {
    for (target, unit, driver) in [
        ("runtime", "task", "loop"),
        ("scheduler", "thread", "sched"),
    ] {
        let set = |number, value: &str| {
            format!(
                "local_set t=0 {driver}=0 name=\"request\" value={value:?} {unit}={number} src=a.rs:1\n"
            )
        };
        let text = set(1, "7") + &set(2, "8") + &set(1, "9");
        let side = side(target, &text);
        let of = |number| {
            last(&side, |it| {
                it.units.get(number).expect("a unit").locals[0]
                    .1
                    .to_string()
            })
        };
        assert_eq!((of(1), of(2)), ("9".to_owned(), "8".to_owned()));
        assert!(
            said(&side).contains("set its own `request`: it is 9 now, it was 7."),
            "{}",
            said(&side)
        );
    }
}

#[test]
fn a_call_is_queued_runs_on_a_thread_of_the_pool_and_wakes_who_waits() {
    let text = spawned(1)
        + &waits(
            1,
            "blocking_queued t=0 loop=0 job=1 task=1 src=a.rs:1",
            "job:1",
        )
        + "blocking_started t=0 loop=0 job=1 thread=2 src=a.rs:1
           blocking_finished t=5 loop=0 job=1 thread=2 src=a.rs:1
           woken t=5 loop=0 task=1 by=job:1 class=normal src=a.rs:1";
    let side = sound_side("runtime", &text);
    let job = |step| {
        let state = side.state_at(step);
        state
            .driver()
            .and_then(|it| it.jobs.get(1).map(|job| job.state))
    };
    let finished = side.len() - 1;
    assert_eq!(job(finished - 2), Some(JobState::Queued));
    assert_eq!(job(finished - 1), Some(JobState::Running { thread: 2 }));
    assert_eq!(job(finished), Some(JobState::Over));
    assert_eq!(
        sentence(&side, finished),
        "Job 1 is over, and thread 2 of the pool is free. Task 1 waits for it."
    );
    // Woken: the job finished, was started, and was queued there.
    let chain = why(
        &side,
        side.len(),
        UnitId {
            driver: 0,
            number: 1,
        },
    );
    let steps: Vec<usize> = chain.iter().map(|link| link.0).collect();
    assert_eq!(steps[..4], [finished + 1, finished, finished - 1, 4]);
    assert!(
        chain[3]
            .1
            .starts_with("Task 1 handed a call that blocks to the pool")
    );
}

#[test]
fn a_channel_without_a_bound_is_never_full_and_a_watched_value_is_replaced() {
    let sent = |value, len, cap| {
        format!("sent t=0 loop=0 channel=1 len={len} cap={cap} task=1 value={value:?} src=a.rs:1\n")
    };
    let unbounded = side("runtime", &(sent("a", 1, "-") + &sent("b", 2, "-")));
    assert_eq!(unbounded.complaints(), []);
    assert!(said(&unbounded).starts_with("Task 1 put b into channel 1, which holds 2 now."));
    let watched = side("runtime", &(sent("a", 1, "1") + &sent("b", 1, "1")));
    assert_eq!(watched.complaints(), []);
    assert_eq!(
        last(&watched, |it| it
            .channels
            .get(1)
            .map(|it| it.values.clone())),
        Some(vec!["b".into()])
    );
}

/// What a task of the random runs does next.
#[derive(Clone, Copy, Debug)]
enum Deed {
    /// Asks for the lock, or lets go of it if it holds it.
    Lock,
    /// Goes to the next class.
    Change,
}

proptest! {
    #[test]
    fn random_valid_runs_fold_to_what_a_naive_model_says(
        deeds in prop::collection::vec((1_u32..5, prop_oneof![Just(Deed::Lock), Just(Deed::Change)]), 0..60)
    ) {
        const CLASSES: [&str; 3] = ["urgent", "normal", "background"];
        let (mut text, mut holder) = (spawned(4), None);
        let mut waiting: VecDeque<u32> = VecDeque::new();
        let mut class = [1_usize; 5];
        let mut queues: [Vec<u32>; 3] = [vec![], vec![1, 2, 3, 4], vec![]];
        for (task, deed) in deeds {
            if waiting.contains(&task) {
                continue; // it cannot run
            }
            let of = class[task as usize];
            match deed {
                Deed::Change => {
                    let to = (of + 1) % 3;
                    text += &format!("changed t=0 loop=0 task={task} what=class from={} to={} src=a.rs:1\n", CLASSES[of], CLASSES[to]);
                    class[task as usize] = to;
                    queues[of].retain(|queued| *queued != task);
                    queues[to].push(task);
                }
                // It can run once it is the head of its class.
                Deed::Lock if queues[of][0] != task => {}
                Deed::Lock => {
                    queues[of].remove(0);
                    text += &format!("polled t=0 loop=0 task={task} src=a.rs:1\n");
                    let mut wakes_itself = true;
                    if holder == Some(task) {
                        text += &format!("unlocked t=0 loop=0 mutex=1 task={task} src=a.rs:1\n");
                        holder = waiting.pop_front();
                        if let Some(next) = holder {
                            let of = class[next as usize];
                            queues[of].push(next);
                            text += &format!(
                                "locked t=0 loop=0 mutex=1 task={next} src=a.rs:1
                                 woken t=0 loop=0 task={next} by=task:{task} class={} src=a.rs:1\n", CLASSES[of]);
                        }
                    } else if holder.is_none() {
                        holder = Some(task);
                        text += &format!("locked t=0 loop=0 mutex=1 task={task} src=a.rs:1\n");
                    } else {
                        waiting.push_back(task);
                        wakes_itself = false;
                        text += &format!("waiting t=0 loop=0 task={task} on=mutex:1 src=a.rs:1\n");
                    }
                    if wakes_itself {
                        queues[of].push(task);
                        text += &format!("woken t=0 loop=0 task={task} by=task:{task} class={} src=a.rs:1\n", CLASSES[of]);
                    }
                    text += &format!("pending t=0 loop=0 task={task} ran=0 src=a.rs:1\n");
                }
            }
        }
        let side = side("runtime", &text);
        prop_assert_eq!(side.complaints(), &[]);
        let driver = side.last_state().driver().expect("a loop");
        for (class, expected) in CLASSES.iter().zip(&queues) {
            prop_assert_eq!(&driver.queue.of_class(class).collect::<Vec<_>>(), expected);
        }
        let owner = driver.mutexes.get(1).and_then(Lock::owner);
        prop_assert_eq!(owner.map(|unit| unit.number), holder);
        prop_assert_eq!(line(side.last_state(), Thing::Mutex, 1), Vec::from(waiting));
    }
}
