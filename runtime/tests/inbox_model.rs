//! The inbox, checked in every order in which OS threads can take its steps.
//!
//! `cargo test -p runtime --features model --test inbox_model --release`
//!
//! The file that is checked is the one that runs: it is included here, with the
//! model checker's primitives in place of those of `std`. Each test is run again
//! and again until no order of steps, and no value that the memory model lets a
//! load return, is left. A loop that sleeps for ever is a deadlock, and found.

use inbox::{Inbox, TaskWaker};
use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use loom::thread::{self, JoinHandle};
use numbers::TaskId;
use reactor::Notifier;
use std::sync::Arc;

#[path = "../src/inbox.rs"]
mod inbox;

/// What the crate takes from `std`.
mod primitives {
    pub(crate) use loom::sync::atomic::{AtomicBool, Ordering};
    pub(crate) use loom::sync::{Mutex, MutexGuard};
}

/// Stands in for the numbers of tasks.
mod numbers {
    /// A task's number.
    #[derive(Clone, Copy, Debug)]
    pub(crate) struct TaskId(pub(crate) u64);
}

/// Stands in for the OS.
mod reactor {
    use loom::sync::{Condvar, Mutex};
    use std::sync::Arc;

    /// Wakes a loop that sleeps in this OS: any clone of it.
    #[derive(Clone, Debug, Default)]
    pub(crate) struct Notifier(Arc<Os>);

    /// As the OS has it: one notification is kept, if nobody sleeps yet.
    #[derive(Debug, Default)]
    struct Os {
        /// Whether there was a notification since the last sleep.
        notified: Mutex<bool>,
        /// Where the loop sleeps.
        sleeping: Condvar,
    }

    impl Notifier {
        /// Ends the current or the next sleep.
        pub(crate) fn notify(&self) {
            let mut notified = self.0.notified.lock().expect("no thread panics");
            assert!(
                !*notified,
                "one notification is enough, and costs a system call"
            );
            *notified = true;
            self.0.sleeping.notify_one();
        }

        /// Sleeps until there is a notification, as the loop does.
        pub(crate) fn sleep(&self) {
            let mut notified = self.0.notified.lock().expect("no thread panics");
            while !*notified {
                notified = self.0.sleeping.wait(notified).expect("no thread panics");
            }
            *notified = false;
        }
    }
}

/// The key that every task has, since the inbox only passes it on.
const KEY: usize = 7;

/// The loop, as far as the inbox knows it.
struct Loop {
    /// What posters have.
    inbox: Arc<Inbox>,
    /// What it sleeps in.
    os: Notifier,
}

impl Loop {
    /// A loop with nothing in its inbox.
    fn new() -> Self {
        let os = Notifier::default();
        let inbox = Arc::new(Inbox::new(os.clone()));
        Loop { inbox, os }
    }

    /// The waker of the task of this number.
    fn waker(&self, number: u64) -> Arc<TaskWaker> {
        Arc::new(TaskWaker::new(self.inbox.clone(), KEY, TaskId(number)))
    }

    /// A turn in which no task is ready. Returns the tasks that were woken.
    fn turn(&self) -> Vec<u64> {
        if self.inbox.fall_asleep() {
            self.os.sleep();
            self.inbox.wake_up();
        }
        self.take()
    }

    /// The part of every turn that looks into the inbox.
    fn take(&self) -> Vec<u64> {
        if !self.inbox.may_have_posts() {
            return Vec::new();
        }
        let taken = self.inbox.take();
        let numbers = taken.map(|waker| {
            assert!(waker.belongs_to(&self.inbox));
            assert_eq!(waker.key(), KEY);
            waker.id.0
        });
        numbers.collect()
    }
}

/// An OS thread that says what there is to see, and then wakes the task.
fn poster(seen: &Arc<AtomicUsize>, waker: &Arc<TaskWaker>) -> JoinHandle<()> {
    let (seen, waker) = (seen.clone(), waker.clone());
    thread::spawn(move || {
        seen.fetch_add(1, Ordering::Relaxed); // the inbox must see to the order
        waker.post();
    })
}

/// Waits for the end of an OS thread.
fn join(thread: JoinHandle<()>) {
    thread.join().expect("a poster does not panic");
}

#[test]
fn no_wake_is_lost_to_a_loop_that_falls_asleep() {
    loom::model(|| {
        let event_loop = Loop::new();
        let seen = Arc::new(AtomicUsize::new(0));
        let poster = poster(&seen, &event_loop.waker(1));
        while event_loop.turn().is_empty() {}
        assert_eq!(
            seen.load(Ordering::Relaxed),
            1,
            "the poll sees why it was woken"
        );
        join(poster);
    });
}

#[test]
fn two_threads_that_wake_one_task_are_both_seen_by_it() {
    loom::model(|| {
        let event_loop = Loop::new();
        let seen = Arc::new(AtomicUsize::new(0));
        let waker = event_loop.waker(1);
        let posters = [poster(&seen, &waker), poster(&seen, &waker)];
        // What the task would do: go on when both have been there, else wait.
        loop {
            let woken = event_loop.turn();
            assert!(woken.len() <= 1, "a waker is posted at most once");
            if !woken.is_empty() && seen.load(Ordering::Relaxed) == 2 {
                break;
            }
        }
        posters.into_iter().for_each(join);
    });
}

#[test]
fn two_threads_may_wake_two_tasks() {
    loom::model(|| {
        let event_loop = Loop::new();
        let seen = [1, 2].map(|_| Arc::new(AtomicUsize::new(0)));
        let posters = [1, 2].map(|n| poster(&seen[n - 1], &event_loop.waker(n as u64)));
        let mut woken = Vec::new();
        while woken.len() < 2 {
            for number in event_loop.turn() {
                let index = usize::try_from(number).unwrap() - 1;
                assert_eq!(seen[index].load(Ordering::Relaxed), 1);
                woken.push(number);
            }
        }
        woken.sort_unstable();
        assert_eq!(woken, [1, 2]);
        posters.into_iter().for_each(join);
    });
}

#[test]
fn a_wake_while_the_loop_takes_is_taken_now_or_in_the_next_turn() {
    loom::model(|| {
        let event_loop = Loop::new();
        let seen = Arc::new(AtomicUsize::new(0));
        let waker = event_loop.waker(1);
        let poster = {
            let (seen, waker) = (seen.clone(), waker.clone());
            thread::spawn(move || {
                for _ in 0..2 {
                    seen.fetch_add(1, Ordering::Relaxed);
                    waker.post();
                }
            })
        };
        // A loop with something to do looks in passing, and does not sleep.
        let woken = event_loop.take().len();
        assert!(woken <= 1);
        join(poster);
        // Whatever it has not seen yet it will be told of.
        let told = event_loop.take().len();
        assert!(woken + told >= 1);
        assert_eq!(seen.load(Ordering::Relaxed), 2);
        assert!(event_loop.take().is_empty());
    });
}

#[test]
fn a_loop_that_is_awake_is_not_notified() {
    loom::model(|| {
        let event_loop = Loop::new();
        let seen = Arc::new(AtomicUsize::new(0));
        let first = poster(&seen, &event_loop.waker(1));
        while event_loop.turn().is_empty() {}
        join(first);
        // A second one comes while the loop polls: it finds the loop awake, and
        // what it posted keeps the loop from sleeping.
        join(poster(&seen, &event_loop.waker(2)));
        assert!(!event_loop.inbox.fall_asleep());
        assert_eq!(event_loop.take(), [2]);
        assert!(event_loop.inbox.fall_asleep(), "nothing is left of either");
    });
}

#[test]
fn a_nudge_ends_the_sleep_or_keeps_the_loop_from_it() {
    loom::model(|| {
        let event_loop = Loop::new();
        let said = Arc::new(AtomicUsize::new(0));
        let (saying, inbox) = (said.clone(), event_loop.inbox.clone());
        let nudging = thread::spawn(move || {
            saying.fetch_add(1, Ordering::Relaxed);
            inbox.nudge();
        });
        let posting = poster(&said, &event_loop.waker(1));
        let (mut is_nudged, mut is_woken) = (false, false);
        while !(is_nudged && is_woken) {
            is_woken |= !event_loop.turn().is_empty();
            is_nudged |= event_loop.inbox.take_nudge();
        }
        assert_eq!(said.load(Ordering::Relaxed), 2);
        assert!(event_loop.inbox.fall_asleep(), "nothing is left of either");
        join(nudging);
        join(posting);
    });
}

#[test]
fn after_the_loop_is_gone_a_wake_leaves_nothing_behind() {
    loom::model(|| {
        let event_loop = Loop::new();
        let seen = Arc::new(AtomicUsize::new(0));
        let posters = [1, 2].map(|number| poster(&seen, &event_loop.waker(number)));
        event_loop.inbox.close();
        posters.into_iter().for_each(join);
        // Wakers hold the inbox: it is free only if it holds no waker.
        assert_eq!(Arc::strong_count(&event_loop.inbox), 1);
    });
}

#[test]
#[should_panic(expected = "deadlock")]
fn a_loop_that_sleeps_without_a_look_is_found_asleep() {
    loom::model(|| {
        let event_loop = Loop::new();
        let is_done = Arc::new(AtomicBool::new(false));
        let (flag, waker) = (is_done.clone(), event_loop.waker(1));
        let poster = thread::spawn(move || {
            flag.store(true, Ordering::Relaxed);
            waker.post();
        });
        while !is_done.load(Ordering::Relaxed) {
            event_loop.inbox.fall_asleep(); // whatever it says
            event_loop.os.sleep();
            event_loop.inbox.wake_up();
            drop(event_loop.take());
        }
        join(poster);
    });
}
