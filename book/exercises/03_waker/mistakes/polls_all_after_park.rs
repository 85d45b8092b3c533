//! A planted mistake: whoever ends the park, every task is polled.

use exercises::parking::{self as thread, Thread}; // as `std::thread`, but counted
use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Wake, Waker};

/// A future that nobody waits for: a task's.
type Task = Pin<Box<dyn Future<Output = ()>>>;

/// Runs tasks on the thread that made it.
pub(crate) struct Executor {
    /// The tasks that are not over, each with its waker. No number is used
    /// twice, so an old waker finds nobody.
    tasks: BTreeMap<u64, (Task, Arc<TaskWaker>)>,
    /// The number that the next task will get.
    next: u64,
    /// The tasks that were woken and are not polled yet.
    queue: Arc<Queue>,
}

/// Who has been woken, and the thread to be told.
struct Queue {
    /// The numbers of tasks, in the order of their wakes.
    woken: Mutex<VecDeque<u64>>,
    /// The thread that may be parked.
    thread: Thread,
}

/// What a task leaves behind: calling it makes the executor poll the task.
struct TaskWaker {
    /// The task's number.
    task: u64,
    /// Whether it is in the queue.
    queued: AtomicBool,
    /// Where it goes.
    queue: Arc<Queue>,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        if !self.queued.swap(true, Ordering::AcqRel) {
            let mut woken = self.queue.woken.lock().expect("nobody panics here");
            woken.push_back(self.task);
            drop(woken);
            self.queue.thread.unpark();
        }
    }
}

impl Executor {
    /// An executor without tasks.
    pub(crate) fn new() -> Executor {
        Executor {
            tasks: BTreeMap::new(),
            next: 0,
            queue: Arc::new(Queue {
                woken: Mutex::default(),
                thread: thread::current(),
            }),
        }
    }

    /// Adds a task, to be polled when the executor runs.
    pub(crate) fn spawn(&mut self, future: impl Future<Output = ()> + 'static) {
        let waker = Arc::new(TaskWaker {
            task: self.next,
            queued: AtomicBool::new(false),
            queue: self.queue.clone(),
        });
        self.next += 1;
        self.tasks
            .insert(waker.task, (Box::pin(future), waker.clone()));
        waker.queued.store(true, Ordering::Release);
        let mut woken = self.queue.woken.lock().expect("nobody panics here");
        woken.push_back(waker.task);
    }

    /// Runs until every task is over.
    pub(crate) fn run(&mut self) {
        while !self.tasks.is_empty() {
            let next = self
                .queue
                .woken
                .lock()
                .expect("nobody panics here")
                .pop_front();
            let Some(number) = next else {
                thread::park();
                let mut woken = self.queue.woken.lock().expect("nobody panics here");
                if woken.is_empty() {
                    woken.extend(self.tasks.keys());
                }
                continue;
            };
            let Some((task, handle)) = self.tasks.get_mut(&number) else {
                continue; // over since it was woken
            };
            // Before the poll: a wake that comes during it counts.
            handle.queued.store(false, Ordering::Release);
            let waker = Waker::from(handle.clone());
            if task
                .as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_ready()
            {
                self.tasks.remove(&number);
            }
        }
    }
}
