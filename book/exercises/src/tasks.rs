//! Tasks under observation: polls and wakes are counted, and no loop hangs.
//!
//! What an exercise's code does as a task can be counted: how often it is
//! polled, whether it is polled after it was over, how often it wakes. A wake-up
//! that is lost leaves a loop that would sleep for ever; in virtual time
//! [`drive`] notices, since a timer of its own is then the next thing that can
//! happen.
//!
//! Invariant: (1) nothing here depends on real time.
//!
//! Book: "Exercises" in the introduction.

use runtime::{EventLoop, TaskDump, TaskState, sleep};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::mem::ManuallyDrop;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

/// A future as a check passes it on: of one type, whatever is in it.
pub type LocalFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// How a loop that was driven came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Every task is over.
    All,
    /// Nothing is ready and no timer is armed: these tasks wait for ever.
    Standstill(Vec<String>),
    /// These tasks were polled again and again while no time passed.
    Busy(Vec<String>),
}

/// When the watchman looks whether everybody is gone: later than any check lasts.
const WATCH: Duration = Duration::from_hours(1_000);

/// How many turns a loop may take while its time stands still.
const TURNS: u32 = 10_000;

/// Takes turns of a loop in virtual time until no task is left, or none can go
/// on. What is left stays in the loop. The loop's time afterwards says nothing.
///
/// # Panics
///
/// If it is called inside of an event loop.
pub fn drive(event_loop: &mut EventLoop) -> Ended {
    let watchman = event_loop.spawn(sleep(WATCH));
    // The names of all tasks but ours in a certain state.
    let names = |event_loop: &EventLoop, wanted: fn(TaskState) -> bool| -> Vec<String> {
        let dump = event_loop.dump();
        let others = dump
            .tasks()
            .iter()
            .filter(|task| task.id() != watchman.id());
        let tasks = others.filter(|task| wanted(task.state()));
        let name = |task: &TaskDump| match task.name() {
            Some(name) => name.to_owned(),
            None => format!("task {}", task.id()),
        };
        tasks.map(name).collect()
    };
    let mut time = event_loop.dump().now();
    let end = time + WATCH;
    let mut turns = 0;
    loop {
        event_loop.turn();
        let now = event_loop.dump().now();
        if names(event_loop, |_| true).is_empty() {
            watchman.abort();
            while event_loop.turn() {}
            return Ended::All;
        }
        if now >= end {
            return Ended::Standstill(names(event_loop, |_| true));
        }
        turns = if now == time { turns + 1 } else { 0 };
        time = now;
        if turns == TURNS {
            return Ended::Busy(names(event_loop, |state| state != TaskState::Waiting));
        }
    }
}

/// What was counted of a future in an [`Observed`].
#[derive(Debug, Default)]
pub struct Tally {
    /// How often it was polled.
    pub polls: Cell<u32>,
    /// How often it was polled after it was ready, in which case it was not asked.
    pub polls_after_ready: Cell<u32>,
    /// Whether it was ready.
    pub ready: Cell<bool>,
    /// Whether it was dropped.
    pub dropped: Cell<bool>,
}

/// A future whose polls are counted.
///
/// Polled after it was ready it notes that, and waits for ever.
pub struct Observed<'a, T> {
    /// The future.
    future: LocalFuture<'a, T>,
    /// What was counted.
    tally: Rc<Tally>,
}

impl<'a, T> Observed<'a, T> {
    /// Observes `future`, and also returns where to read the count.
    pub fn new(future: impl Future<Output = T> + 'a) -> (Self, Rc<Tally>) {
        let tally = Rc::<Tally>::default();
        let observed = Observed {
            future: Box::pin(future),
            tally: tally.clone(),
        };
        (observed, tally)
    }
}

impl<T> std::fmt::Debug for Observed<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Observed").field(&self.tally).finish()
    }
}

impl<T> Future for Observed<'_, T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let tally = self.tally.clone();
        if tally.ready.get() {
            tally.polls_after_ready.update(|polls| polls + 1);
            return Poll::Pending;
        }
        tally.polls.update(|polls| polls + 1);
        let polled = self.future.as_mut().poll(context);
        tally.ready.set(polled.is_ready());
        polled
    }
}

impl<T> Drop for Observed<'_, T> {
    fn drop(&mut self) {
        self.tally.dropped.set(true);
    }
}

/// How often a [`counting_waker`] was called.
#[derive(Debug, Default)]
pub struct Wakes(AtomicUsize);

impl Wakes {
    /// The number.
    pub fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A waker that wakes nobody and counts, and its count.
pub fn counting_waker() -> (Arc<Wakes>, Waker) {
    let wakes = Arc::<Wakes>::default();
    (wakes.clone(), Waker::from(wakes))
}

/// What the wakers of [`waker_that`] do, by their keys.
type Actions = BTreeMap<usize, Rc<dyn Fn()>>;

thread_local! {
    /// What the wakers of [`waker_that`] do. They hold its key, since a waker
    /// may not hold what cannot be sent between threads. What is left when the
    /// thread ends is not dropped: no foreign code runs so late.
    static ACTIONS: RefCell<ManuallyDrop<Actions>> =
        const { RefCell::new(ManuallyDrop::new(BTreeMap::new())) };
}

/// A key of [`ACTIONS`].
struct Action(usize);

impl Wake for Action {
    fn wake(self: Arc<Self>) {
        let action = ACTIONS.with_borrow(|actions| actions.get(&self.0).cloned());
        if let Some(action) = action {
            action();
        }
    }
}

impl Drop for Action {
    fn drop(&mut self) {
        let action = ACTIONS.with_borrow_mut(|actions| actions.remove(&self.0));
        drop(action); // which may run foreign code: nothing is borrowed
    }
}

/// A waker that does something at once, within the call, as wakers of other
/// loops may: whoever calls it while something is borrowed will notice. Called
/// on another OS thread it does nothing.
pub fn waker_that(acts: impl Fn() + 'static) -> Waker {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let key = NEXT.fetch_add(1, Ordering::Relaxed);
    ACTIONS.with_borrow_mut(|actions| actions.insert(key, Rc::new(acts)));
    Waker::from(Arc::new(Action(key)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime::{Builder, Clock, yield_now};
    use std::future::{pending, poll_fn, ready};

    /// A loop with one task of the name `task`.
    fn with(future: impl Future<Output = ()> + 'static) -> EventLoop {
        let mut event_loop = EventLoop::new(Clock::Virtual);
        event_loop.spawn(async {
            Builder::new().name("task").spawn(future);
        });
        event_loop
    }

    #[test]
    fn a_loop_that_would_sleep_for_ever_is_a_standstill_that_names_who_waits() {
        let mut event_loop = with(pending());
        let waiting = vec!["task".to_owned()];
        assert_eq!(drive(&mut event_loop), Ended::Standstill(waiting));
    }

    #[test]
    fn a_task_that_wakes_itself_for_ever_is_busy() {
        let mut event_loop = with(poll_fn(|context| {
            context.waker().wake_by_ref();
            Poll::Pending
        }));
        assert_eq!(drive(&mut event_loop), Ended::Busy(vec!["task".to_owned()]));
    }

    #[test]
    fn a_loop_whose_tasks_end_is_driven_to_their_end_and_no_further() {
        let mut event_loop = with(async {
            sleep(Duration::from_hours(2)).await;
            yield_now().await;
            assert_eq!(runtime::now(), Duration::from_hours(2));
        });
        assert_eq!(drive(&mut event_loop), Ended::All);
        assert!(event_loop.dump().tasks().is_empty());
    }

    #[test]
    fn a_poll_after_ready_is_counted_apart() {
        let (mut future, tally) = Observed::new(ready(1));
        let mut context = Context::from_waker(Waker::noop());
        assert!(Pin::new(&mut future).poll(&mut context).is_ready());
        assert!(Pin::new(&mut future).poll(&mut context).is_pending());
        assert_eq!((tally.polls.get(), tally.polls_after_ready.get()), (1, 1));
        assert!(!tally.dropped.get());
        drop(future);
        assert!(tally.dropped.get());
    }

    #[test]
    fn wakers_count_or_act() {
        let (count, counting) = counting_waker();
        counting.wake_by_ref();
        counting.wake();
        assert_eq!(count.count(), 2);
        let called = Rc::new(Cell::new(0));
        let times = called.clone();
        let waker = waker_that(move || times.update(|times| times + 1));
        waker.wake_by_ref();
        let other = waker.clone();
        other.wake();
        assert_eq!(called.get(), 2);
        drop(waker);
        assert_eq!(Rc::strong_count(&called), 1);
    }
}
