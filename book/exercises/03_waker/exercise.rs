//! An executor of one's own: it polls tasks, and parks while none can go on.
//!
//! The task is in `README.md` beside this file. To see what works so far:
//! `cargo run -- exercise check waker`.

use exercises::parking::{self as thread, Thread}; // as `std::thread`, but counted
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

/// A future that nobody waits for: a task's.
type Task = Pin<Box<dyn Future<Output = ()>>>;

/// Runs tasks on the thread that made it.
pub(crate) struct Executor {
    /// The tasks that are not over.
    tasks: Vec<Task>,
    // Who has been woken must be kept somewhere that other threads can reach.
}

/// What a task leaves behind: calling it makes the executor poll the task.
struct TaskWaker {
    /// The thread that may be parked.
    thread: Thread,
    // Which task is it for?
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        let _: &Thread = &self.thread; // what is to be done with it, and what before?
    }
}

impl Executor {
    /// An executor without tasks.
    pub(crate) fn new() -> Executor {
        Executor { tasks: Vec::new() }
    }

    /// Adds a task, to be polled when the executor runs.
    pub(crate) fn spawn(&mut self, future: impl Future<Output = ()> + 'static) {
        self.tasks.push(Box::pin(future));
    }

    /// Runs until every task is over.
    pub(crate) fn run(&mut self) {
        let waker = Waker::from(Arc::new(TaskWaker {
            thread: thread::current(),
        }));
        let mut context = Context::from_waker(&waker);
        // This polls each task once. Who polls it again, and when?
        for mut task in self.tasks.drain(..) {
            let _: Poll<()> = task.as_mut().poll(&mut context);
        }
    }
}
