//! The crew: OS threads that are used again, from one execution to the next.
//!
//! An execution of a few steps takes less time than to start an OS thread. So a
//! thread whose body is over waits at its gate for another body.
//!
//! Invariants: (1) a member of the crew is idle, or has one job; (2) its gate is
//! opened for the first time when its job is dispatched first: a new thread costs
//! no hand-over of its own; (3) the crew ends with the search.
//!
//! careful: what a program keeps in std's thread-locals stays from one execution
//! to the next. [`Local`](crate::Local) is emptied.
//!
//! Mirror: the pool in `runtime::blocking`.

use crate::preempt::futex::Gate;
use std::io;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// What a member does once.
pub(crate) type Job = Box<dyn FnOnce() + Send>;

/// One OS thread that waits for jobs.
#[derive(Default)]
struct Member {
    /// Where it waits: for its job, and inside of it for its turns.
    gate: Arc<Gate>,
    /// What it does when the gate opens next; None ends it.
    job: Mutex<Option<Job>>,
}

/// All of them.
#[derive(Default)]
pub(super) struct Crew {
    /// Everybody, idle or not.
    members: Vec<Arc<Member>>,
    /// Their OS threads.
    threads: Vec<thread::JoinHandle<()>>,
    /// How many of the first `members` have a job in this execution.
    busy: usize,
}

impl Crew {
    /// A new execution begins: everybody is idle.
    pub(super) fn reset(&mut self) {
        self.busy = 0;
    }

    /// Gives `job` to somebody idle, and returns the gate at which it waits to be
    /// dispatched first.
    ///
    /// # Errors
    ///
    /// If nobody is idle, and the system has no thread left.
    pub(super) fn employ(&mut self, job: Job) -> io::Result<Arc<Gate>> {
        if self.busy == self.members.len() {
            let member = Arc::new(Member::default());
            let its = Arc::clone(&member);
            let builder = thread::Builder::new().name("explored".to_owned());
            self.threads.push(builder.spawn(move || its.work())?);
            self.members.push(member);
        }
        let member = &self.members[self.busy];
        self.busy += 1;
        *member.lock() = Some(job); // (1)
        Ok(Arc::clone(&member.gate))
    }

    /// Ends all OS threads, and waits for that. Not to be called by one of them.
    pub(super) fn dismiss(mut self) {
        self.open_gates();
        for thread in self.threads.drain(..) {
            let _ = thread.join(); // a job's panic was caught inside of it
        }
    }

    /// Lets everybody go who is idle (3).
    fn open_gates(&self) {
        for member in &self.members {
            member.gate.open(); // without a job
        }
    }

    /// Whoever cannot come to an end is left behind: the next execution begins
    /// with a crew of its own.
    pub(super) fn abandon(&mut self) {
        mem::forget(mem::take(self));
    }
}

impl Member {
    /// The job that is to be done next.
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Job>> {
        self.job.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does one job after another.
    fn work(&self) {
        loop {
            self.gate.wait(); // (2)
            let job = self.lock().take();
            match job {
                Some(job) => job(),
                None => return,
            }
        }
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.open_gates(); // perhaps on one of their own threads: nobody is waited for
    }
}

impl std::fmt::Debug for Crew {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Crew")
            .field("members", &self.members.len())
            .field("busy", &self.busy)
            .finish_non_exhaustive()
    }
}
