//! A lost wake-up among tasks: a future that leaves its waker too late.
//!
//! Run it: `cargo run --example 29_lost_wakeup_tasks`
//! Step both twins: `cargo run -- step 29`
//!
//! Predict: a task waits for a flag. If it is not set, the task tells a log so, with an
//! `.await`, and awaits `Changed`, which leaves its waker. Can it wait for ever?
//!   a) no: tasks do not race
//!   b) yes, if the flag is set while it tells the log
//! Answer: b. A future does nothing before it is polled: the waker is left when `Changed`
//! is awaited, not when the task looks. Whoever sets the flag in between wakes nobody.
//!
//! Change: in `repaired`, put a `yield_now().await` into the `if`.
//!
//! Book: chapter 20. Twin: `29_lost_wakeup_threads.rs`.

use runtime::{Clock, EventLoop, explore, spawn, yield_now};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::{cell::Cell, rc::Rc};

/// Whether it is set, and who is to be woken then.
type Flag = (Cell<bool>, Cell<Option<Waker>>);

// ANCHOR: changed
/// Leaves a waker when it is polled first; when it is polled again, it was woken.
struct Changed(Rc<Flag>, bool);

impl Future for Changed {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.1 {
            return Poll::Ready(());
        }
        self.1 = true;
        self.0.1.set(Some(context.waker().clone()));
        Poll::Pending
    }
}
// ANCHOR_END: changed

// ANCHOR: wait
/// Waits for the flag, perhaps for ever.
async fn broken(flag: Rc<Flag>) {
    if !flag.0.get() {
        yield_now().await; // tells a log; it may be set now, and nobody is told
        Changed(flag, false).await;
    }
}

/// The same, and nothing lies between the look and the wait.
async fn repaired(flag: Rc<Flag>) {
    yield_now().await; // tells a log
    if !flag.0.get() {
        Changed(flag, false).await;
    }
}
// ANCHOR_END: wait

/// One task waits for the flag, and another sets it.
async fn meet<F: Future<Output = ()> + 'static>(wait: fn(Rc<Flag>) -> F) {
    let flag: Rc<Flag> = Rc::default();
    let waiter = spawn(wait(Rc::clone(&flag)));
    spawn(async move {
        yield_now().await;
        flag.0.set(true);
        flag.1.take().into_iter().for_each(Waker::wake);
    });
    waiter.await.expect("the waiter does not panic");
}

fn main() {
    env_logger::init();
    let clock = [Clock::Virtual, Clock::Real][usize::from(sidestep::real())];
    EventLoop::new(clock).block_on(meet(broken));
    println!("broken, once: fine");
    println!("broken: {}", explore(|| meet(broken)));
    println!("repaired: {}", explore(|| meet(repaired)));
}

// Prints:
// broken, once: fine
// broken: tried 6 orders, one of each kind
//   4 times: fine
//   2 times: lost wake-up
// fails with 1 deviation: SCHEDULE=t1,3:2/5
//   lost wake-up: nobody can wake any task: task 0 'main' waits for the end of task 1 at examples/29_lost_wakeup_tasks.rs:70
//   task 1 waits for a wake of which the loop knows nothing, since examples/29_lost_wakeup_tasks.rs:47
// repaired: tried 6 orders, one of each kind
//   6 times: fine
