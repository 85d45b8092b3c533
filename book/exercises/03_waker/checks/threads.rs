//! Real threads: one that has nothing to do must sleep, others may wake it.

use super::NewExecutor;
use exercises::check::{Check, Complaint, Part};
use exercises::parking::{self, current, helper};
use std::future::poll_fn;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};
use std::thread;
use std::time::Duration;

/// How long a thread that never parks is let spin before it is woken after all.
/// One that parks is woken as soon as it has.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many wakes come from each of the other threads.
const WAKES: u32 = 1_000;

/// How many other threads there are.
const THREADS: usize = 4;

/// A waker that another thread can reach.
type Slot = Arc<Mutex<Option<Waker>>>;

/// The check of the thread that must sleep.
pub(crate) fn parks() -> Vec<Check<NewExecutor>> {
    vec![Check {
        name: "idle_thread_parks",
        rule: "a thread whose tasks all wait parks: it does not ask again and again",
        part: Part::Premise,
        run: Box::new(|subject| idle_thread_parks(*subject)),
        step: None,
    }]
}

/// The check of wakes that come at any moment.
pub(crate) fn wakes() -> Vec<Check<NewExecutor>> {
    vec![Check {
        name: "threads_wake_at_any_moment",
        rule: "no wake from another thread is lost, whenever it comes",
        part: Part::Threads,
        run: Box::new(|subject| threads_wake(*subject)),
        step: None,
    }]
}

/// Leaves a waker in a slot.
fn leave(slot: &Slot, waker: &Waker) {
    let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
    let old = slot.replace(waker.clone());
    drop(slot);
    drop(old); // while nothing is locked
}

/// Calls the waker in a slot, if there is one.
fn wake(slot: &Slot) {
    let waker = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(waker) = waker {
        waker.wake();
    }
}

/// Whether an executor with a task that waits lets its thread sleep. How often it
/// polls, and whether a wake reaches it, are other checks' matter.
fn idle_thread_parks(new: NewExecutor) -> Result<(), Complaint> {
    let polls = Arc::new(AtomicU32::new(0));
    let observation = parking::observe([], || {
        let (slot, seen, sleeper) = (Slot::default(), polls.clone(), current());
        let other = slot.clone();
        helper(move || {
            sleeper.wait_for_park(PATIENCE);
            seen.store(u32::MAX / 2, Ordering::SeqCst);
            wake(&other);
        });
        let polls = polls.clone();
        let mut executor = new();
        executor.spawn(Box::pin(poll_fn(move |context| {
            leave(&slot, context.waker());
            // Asked often enough: this is no sleeper, and need not be waited for.
            match polls.fetch_add(1, Ordering::SeqCst) {
                0..100 => Poll::Pending,
                _ => Poll::Ready(()),
            }
        })));
        executor.run();
    });
    let polls = polls.load(Ordering::SeqCst);
    if observation.parks > 0 || observation.panic.is_some() {
        return Ok(());
    }
    Err(Complaint {
        tried: "one task, which waits to be woken by another thread".to_owned(),
        expected: "the task is polled once, and then the thread parks: it uses no CPU".to_owned(),
        happened: match polls {
            0..1000 => "the thread never parks: the task is polled again and again".to_owned(),
            _ => format!("the thread never parks, for {} s", PATIENCE.as_secs()),
        },
        ..Complaint::default()
    })
}

/// Whether tasks that other threads wake come to their ends.
fn threads_wake(new: NewExecutor) -> Result<(), Complaint> {
    let done: Arc<[AtomicU32; THREADS]> = Arc::default();
    let observation = parking::observe([], || {
        let mut executor = new();
        for index in 0..THREADS {
            let (slot, counts) = (Slot::default(), done.clone());
            let other = slot.clone();
            helper(move || {
                for _ in 0..WAKES {
                    counts[index].fetch_add(1, Ordering::SeqCst);
                    wake(&other);
                    thread::yield_now();
                }
            });
            let counts = done.clone();
            executor.spawn(Box::pin(poll_fn(move |context| {
                leave(&slot, context.waker());
                match counts[index].load(Ordering::SeqCst) {
                    WAKES => Poll::Ready(()),
                    _ => Poll::Pending,
                }
            })));
        }
        executor.run();
    });
    let happened = match observation.panic {
        None => return Ok(()),
        Some(_) if observation.standstill => {
            "the thread parks although a task was woken: that wake-up was lost".to_owned()
        }
        Some(panic) => format!("your code panicked: {panic}"),
    };
    Err(Complaint {
        tried: format!("{THREADS} tasks, and as many threads that wake one {WAKES} times each"),
        expected: "every task comes to its end".to_owned(),
        happened,
        ..Complaint::default()
    })
}
