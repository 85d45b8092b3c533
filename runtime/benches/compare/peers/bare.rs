//! The least that runs tasks: a slab of boxed futures and a queue of keys.
//!
//! No timers, no I/O, no stale wakers, no panics, no trace: what is left is what
//! any loop without `unsafe` must pay. (The echo server of this name is a loop
//! on mio without any future at all.)

use slab::Slab;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

pub(crate) use futures_lite::future::yield_now;

/// What the table calls it.
pub(crate) const NAME: &str = "bare loop";

/// A task: its future, away while it is polled, and its waker.
struct Task {
    /// The future.
    future: Option<Pin<Box<dyn Future<Output = ()>>>>,
    /// Its waker.
    waker: Waker,
}

thread_local! {
    /// The tasks of this thread.
    static TASKS: RefCell<Slab<Task>> = const { RefCell::new(Slab::new()) };
    /// The keys of those that are ready.
    static QUEUE: RefCell<VecDeque<usize>> = const { RefCell::new(VecDeque::new()) };
}

/// Pushes a key to the queue.
struct Push(usize);

impl Wake for Push {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        QUEUE.with_borrow_mut(|queue| queue.push_back(self.0));
    }
}

/// What a task leaves for who joins it.
struct Slot<T> {
    /// The result.
    output: Option<T>,
    /// Who waits for it.
    joiner: Option<Waker>,
}

/// A task's handle.
pub(crate) struct Handle<T>(Rc<RefCell<Slot<T>>>);

/// Starts a task.
pub(crate) fn spawn<T: 'static>(future: impl Future<Output = T> + 'static) -> Handle<T> {
    let slot = Rc::new(RefCell::new(Slot {
        output: None,
        joiner: None,
    }));
    let handle = Handle(slot.clone());
    let future = Box::pin(async move {
        let output = future.await;
        let joiner = {
            let mut slot = slot.borrow_mut();
            slot.output = Some(output);
            slot.joiner.take()
        };
        if let Some(joiner) = joiner {
            joiner.wake();
        }
    });
    let key = TASKS.with_borrow_mut(|tasks| {
        let vacant = tasks.vacant_entry();
        let key = vacant.key();
        vacant.insert(Task {
            future: Some(future),
            waker: Waker::from(Arc::new(Push(key))),
        });
        key
    });
    QUEUE.with_borrow_mut(|queue| queue.push_back(key));
    handle
}

/// Waits for a task.
pub(crate) async fn join<T>(handle: Handle<T>) -> T {
    future::poll_fn(|context| {
        let mut slot = handle.0.borrow_mut();
        if let Some(output) = slot.output.take() {
            return Poll::Ready(output);
        }
        slot.joiner = Some(context.waker().clone());
        Poll::Pending
    })
    .await
}

/// Lets a task go on alone.
pub(crate) fn detach<T>(handle: Handle<T>) {
    drop(handle);
}

/// Runs `future` until it is over, and drops whatever it leaves.
///
/// # Panics
///
/// If `future` waits for ever.
pub(crate) fn run<T: 'static>(future: impl Future<Output = T> + 'static) -> T {
    let main = spawn(future);
    loop {
        if let Some(output) = main.0.borrow_mut().output.take() {
            drop(TASKS.take());
            QUEUE.take();
            return output;
        }
        let key = QUEUE.with_borrow_mut(VecDeque::pop_front);
        poll(key.expect("somebody is ready until the first task is over"));
    }
}

/// Polls one task, if it is still there.
fn poll(key: usize) {
    let taken = TASKS.with_borrow_mut(|tasks| {
        let task = tasks.get_mut(key)?;
        Some((task.future.take()?, task.waker.clone()))
    });
    let Some((mut future, waker)) = taken else {
        return;
    };
    let is_over = future
        .as_mut()
        .poll(&mut Context::from_waker(&waker))
        .is_ready();
    TASKS.with_borrow_mut(|tasks| {
        if is_over {
            tasks.remove(key);
        } else {
            tasks[key].future = Some(future);
        }
    });
}
