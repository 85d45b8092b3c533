//! Waiting with a time limit: what comes in time, what does not, and who is told.

use crate::support::{Trace, alone, in_time, join_all, ms, round_robin};
use scheduler::policy::RoundRobin;
use scheduler::sync::{
    AcquireTimeoutError, Condvar, Mutex, RecvTimeoutError, Semaphore, channel, unbounded,
};
use scheduler::{
    Preemption, RunError, Scheduler, checkpoint, current, now, park, park_timeout, sleep, spawn,
};
use std::sync::Arc;
use std::time::Duration;

/// Runs `body` in checkpoint mode.
#[track_caller]
fn run<T>(body: impl FnOnce() -> T) -> T {
    let scheduler: Scheduler = Scheduler::new(Preemption::Checkpoint, round_robin(100));
    scheduler.run(body).unwrap()
}

/// The instant, in whole ms.
fn millis() -> u128 {
    now().as_nanos() / 1_000_000
}

#[test]
fn a_park_that_nobody_ends_is_over_in_time() {
    let trace = Trace::begin();
    run(|| {
        park_timeout(ms(5));
        assert_eq!(millis(), 6);
    });
    trace.assert_is(
        r#"
        0 started clock=virtual tick=1000000 mode=checkpoint policy=RoundRobin cpus=1 quantum=100000000 calls=announced
        0 spawned thread=0 name="main" priority=0 weight=1
        0 runnable thread=0 why=new
        0 dispatched thread=0 cpu=0 quantum=100000000 why="it has waited longest"
        1 blocked thread=0 cpu=0 ran=1000000 on=unpark until=6000000
        1 idle cpu=0
        6 advanced to=6000000
        6 runnable thread=0 why=slept
        6 dispatched thread=0 cpu=0 quantum=100000000 why="it has waited longest"
        6 finished thread=0 cpu=0 ran=0
        6 ended dispatches=2 preemptions=0 left=0
        "#,
    );
}

#[test]
fn an_unpark_ends_a_timed_park_early_and_its_time_wakes_nobody_later() {
    let trace = Trace::begin();
    run(|| {
        let main = current();
        let child = spawn(move || main.unpark());
        park_timeout(ms(50));
        assert!(millis() < 10);
        child.join().unwrap();
        sleep(ms(100)); // the old limit lies in between
        assert!(millis() >= 100);
    });
    let slept = trace.only(&["runnable"]);
    let slept = slept.iter().filter(|line| line.ends_with("why=slept"));
    assert_eq!(slept.count(), 1, "the sleep's end alone");
}

#[test]
fn the_time_of_a_park_is_over_in_every_mode() {
    let _turn = alone();
    for mode in [
        Preemption::Checkpoint,
        Preemption::Never,
        Preemption::Signal,
    ] {
        in_time(move || {
            Scheduler::new(mode, round_robin(1))
                .run(|| {
                    let end = now() + ms(7);
                    let busy = spawn(|| (0..100).for_each(|_| checkpoint()));
                    park_timeout(ms(7));
                    assert!(now() >= end, "{mode:?}");
                    busy.join().unwrap();
                })
                .unwrap();
        });
    }
}

#[test]
fn an_unpark_before_a_timed_park_ends_it_at_once() {
    let _turn = alone();
    run(|| {
        current().unpark();
        park_timeout(ms(50));
        assert!(millis() < 10);
        park_timeout(ms(50));
        assert!(millis() > 50, "the unpark counted once");
    });
}

#[test]
fn a_limit_beyond_the_end_of_time_is_none() {
    let _turn = alone();
    let run = Scheduler::new(Preemption::Checkpoint, round_robin(1));
    let error = run.run(|| park_timeout(Duration::MAX)).unwrap_err();
    assert!(matches!(error, RunError::Deadlock(_)), "{error}");
}

#[test]
fn a_wait_with_a_limit_is_no_part_of_a_deadlock() {
    let _turn = alone();
    let text = in_time(|| {
        let run = Scheduler::new(Preemption::Checkpoint, round_robin(1));
        let error = run.run(|| {
            let mutex = Arc::new(Mutex::new(()));
            let other = Arc::clone(&mutex);
            let guard = mutex.lock();
            let child = spawn(move || drop(other.lock()));
            park_timeout(ms(30)); // the other one waits for us meanwhile
            assert!(millis() >= 30);
            drop(guard);
            child.join().unwrap();
            park(); // but this never ends
        });
        error.unwrap_err().to_string()
    });
    assert!(text.contains("unpark"), "{text}");
}

#[test]
fn a_value_in_time_is_received_and_none_is_a_timeout() {
    let _turn = alone();
    for capacity in [Some(0), Some(1), None] {
        run(|| {
            let (send, receiver): (Box<dyn Fn(u32) + Send>, _) = if let Some(capacity) = capacity {
                let (sender, receiver) = channel(capacity);
                (Box::new(move |n| sender.send(n).unwrap()), receiver)
            } else {
                let (sender, receiver) = unbounded();
                (Box::new(move |n| sender.send(n).unwrap()), receiver)
            };
            let child = spawn(move || {
                sleep(ms(10));
                send(1);
                sleep(ms(10));
            });
            assert_eq!(receiver.recv_timeout(ms(2)), Err(RecvTimeoutError::Timeout));
            assert_eq!(receiver.recv_timeout(ms(20)), Ok(1));
            let end = receiver.recv_timeout(ms(50));
            assert_eq!(end, Err(RecvTimeoutError::Disconnected));
            child.join().unwrap();
        });
    }
}

#[test]
fn a_receiver_whose_time_is_over_does_not_keep_a_sender_of_a_rendezvous_going() {
    let _turn = alone();
    run(|| {
        let (sender, receiver) = channel(0);
        assert_eq!(receiver.recv_timeout(ms(1)), Err(RecvTimeoutError::Timeout));
        assert!(sender.try_send(1).is_err(), "nobody waits any more");
        let other = receiver.clone();
        let child = spawn(move || other.recv());
        sleep(ms(5));
        assert_eq!(receiver.recv_timeout(ms(1)), Err(RecvTimeoutError::Timeout));
        sender.try_send(2).unwrap(); // one still waits
        assert!(sender.try_send(3).is_err(), "and only one");
        assert_eq!(child.join().unwrap(), Ok(2));
    });
}

#[test]
fn a_wake_for_a_receiver_whose_time_is_over_is_not_lost() {
    let _turn = alone();
    // The patient one waits behind the impatient one, whose time ends just when
    // values come.
    for limit in 1..12 {
        run(|| {
            let (sender, receiver) = channel(4);
            let impatient = receiver.clone();
            let impatient = spawn(move || impatient.recv_timeout(ms(limit)).is_ok());
            let patient = spawn(move || receiver.recv().is_ok());
            sleep(ms(2));
            sender.send(()).unwrap();
            sender.send(()).unwrap();
            checkpoint();
            drop(sender);
            impatient.join().unwrap();
            assert!(patient.join().unwrap(), "{limit}");
        });
    }
}

#[test]
fn what_comes_at_the_instant_at_which_the_time_is_over_comes_in_time() {
    let trace = Trace::begin();
    run(|| {
        let (sender, receiver) = channel(1);
        let child = spawn(move || (receiver.recv_timeout(ms(7)), millis()));
        sleep(ms(7)); // lies down first, and awakes at the same instant
        assert_eq!(millis(), 9);
        sender.send(1).unwrap();
        assert_eq!(child.join().unwrap(), (Ok(1), 11)); // the value came at 10
    });
    assert!(
        trace
            .only(&["blocked"])
            .contains(&"blocked thread=1 cpu=0 ran=1000000 on=channel:1 until=10000000".to_owned())
    );
    assert!(
        trace
            .only(&["runnable"])
            .contains(&"runnable thread=1 why=slept".to_owned()),
        "its time was over before the value came, and it had not run"
    );
}

#[test]
fn a_condition_that_is_notified_in_time_did_not_time_out() {
    let _turn = alone();
    run(|| {
        let shared = Arc::new((Mutex::new(0), Condvar::new()));
        let other = Arc::clone(&shared);
        let child = spawn(move || {
            sleep(ms(10));
            *other.0.lock() = 1;
            other.1.notify_one();
        });
        let (value, changed) = &*shared;
        let (guard, result) = changed.wait_timeout(value.lock(), ms(2));
        assert_eq!((*guard, result.timed_out()), (0, true));
        let (guard, result) = changed.wait_timeout(guard, ms(20));
        assert_eq!((*guard, result.timed_out()), (1, false));
        drop(guard);
        child.join().unwrap();
        changed.notify_one(); // nobody waits: forgotten
        let (guard, result) = changed.wait_timeout(value.lock(), ms(5));
        assert!(result.timed_out());
        drop(guard);
    });
}

#[test]
fn a_notification_is_not_spent_on_a_thread_whose_time_was_over() {
    let _turn = alone();
    run(|| {
        let shared = Arc::new((Mutex::new(()), Condvar::new()));
        let [first, second] = [ms(3), ms(300)].map(|limit| {
            let shared = Arc::clone(&shared);
            spawn(move || shared.1.wait_timeout(shared.0.lock(), limit).1.timed_out())
        });
        sleep(ms(20));
        shared.1.notify_one();
        assert!(first.join().unwrap(), "its time was over long ago");
        assert!(!second.join().unwrap());
    });
}

#[test]
fn waiting_while_a_condition_holds_counts_all_waits_together() {
    let _turn = alone();
    run(|| {
        let shared = Arc::new((Mutex::new(0), Condvar::new()));
        let other = Arc::clone(&shared);
        let child = spawn(move || {
            for _ in 0..10 {
                sleep(ms(5));
                *other.0.lock() += 1;
                other.1.notify_all();
            }
        });
        let (value, changed) = &*shared;
        let before = millis();
        let (guard, result) = changed.wait_timeout_while(value.lock(), ms(20), |n| *n < 100);
        assert!(result.timed_out());
        assert!((20..25).contains(&(millis() - before)), "{}", millis());
        let (guard, result) = changed.wait_timeout_while(guard, ms(200), |n| *n < 10);
        assert_eq!((*guard, result.timed_out()), (10, false));
        drop(guard);
        child.join().unwrap();
    });
}

#[test]
fn permits_in_time_are_acquired_and_whoever_waited_behind_comes_in_its_place() {
    let _turn = alone();
    run(|| {
        let semaphore = Arc::new(Semaphore::new(1));
        let held = semaphore.acquire(1).unwrap();
        let late = semaphore.acquire_timeout(1, ms(5)).unwrap_err();
        assert_eq!(late, AcquireTimeoutError::Timeout);
        let greedy = {
            let semaphore = Arc::clone(&semaphore);
            spawn(move || semaphore.acquire_timeout(2, ms(20)).is_err())
        };
        let modest = {
            let semaphore = Arc::clone(&semaphore);
            spawn(move || {
                let _permit = semaphore.acquire(1).unwrap();
                millis()
            })
        };
        sleep(ms(5));
        let free = millis();
        drop(held); // enough for the modest one, but it is not its turn
        assert!(greedy.join().unwrap());
        assert!(
            modest.join().unwrap() > free + 10,
            "when the other one left"
        );
        assert!(semaphore.acquire_timeout(1, ms(5)).is_ok());
        semaphore.close();
        let closed = semaphore.acquire_timeout(1, ms(5)).unwrap_err();
        assert_eq!(closed, AcquireTimeoutError::Closed);
    });
}

#[test]
fn the_same_program_with_limits_has_the_same_trace() {
    let traces = [(); 2].map(|()| {
        let trace = Trace::begin();
        let scheduler = Scheduler::new(Preemption::Checkpoint, round_robin(2)).cpus(2);
        scheduler.run(wait_for_each_other).unwrap();
        trace.short()
    });
    assert_eq!(traces[0], traces[1]);
}

#[test]
fn in_the_real_modes_no_wake_is_lost_between_a_limit_and_a_value() {
    let _turn = alone();
    for (mode, cpus) in [
        (Preemption::Never, 1),
        (Preemption::Signal, 1),
        (Preemption::Signal, 2),
    ] {
        in_time(move || {
            let policy = RoundRobin::new(Duration::from_micros(200));
            let scheduler = Scheduler::new(mode, policy).cpus(cpus);
            scheduler.run(wait_for_each_other).unwrap();
        });
    }
}

/// Threads send, receive and acquire with limits that are often too short; all
/// that was sent arrives.
fn wait_for_each_other() {
    let (sender, receiver) = channel(2);
    let semaphore = Arc::new(Semaphore::new(2));
    let receivers = [1, 2, 3].map(|limit| {
        let (receiver, semaphore) = (receiver.clone(), Arc::clone(&semaphore));
        spawn(move || {
            let mut sum = 0;
            loop {
                let permit = semaphore.acquire_timeout(1, ms(limit) / 2);
                match receiver.recv_timeout(ms(limit) / 2) {
                    Ok(value) => sum += value,
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return sum,
                }
                drop(permit);
            }
        })
    });
    let senders = [0, 1].map(|offset| {
        let sender = sender.clone();
        spawn(move || {
            for n in 0..40 {
                sender.send(2 * n + offset).unwrap();
                if n % 4 == 0 {
                    park_timeout(ms(1));
                }
            }
        })
    });
    drop(sender);
    join_all(senders);
    let sum: u32 = join_all(receivers).into_iter().sum();
    assert_eq!(sum, (0..80).sum());
    drop(semaphore.acquire(2).unwrap()); // all came back
}
