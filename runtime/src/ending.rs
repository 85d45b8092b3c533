//! The end of a loop: what becomes of those that are left.
//!
//! Invariants: (1) every task that is left is dropped, as if it were aborted, in
//! the order of spawning, inside of the loop, since destructors wake and drop
//! other tasks' things; so are the tasks that destructors spawn, those of the
//! results of calls too; (2) calls that block have their time to end; (3)
//! afterwards nobody is kept who waits for the loop: not other OS threads, not
//! observers.
//!
//! careful: a destructor that spawns a task whose destructor does the same keeps
//! the end of the loop for ever.
//!
//! Book: chapter 2. Mirror: the end of `Scheduler::run`.

use crate::context;
use crate::event_loop::EventLoop;
use crate::outcome::Outcome;
use crate::state::LoopState;
use crate::task::State;
use crate::trace::{Reference, record};

impl Drop for EventLoop {
    fn drop(&mut self) {
        // Destructors wake and drop other tasks' things: they belong inside.
        let _entered = context::enter(&self.state);
        self.state.time.now(); // time has passed outside
        let mut left = self.state.cancel_all();
        self.state.end_jobs();
        left += self.state.cancel_all(); // what the results' destructors have spawned
        #[cfg(all(feature = "process", unix))]
        self.state.leave_orphans();
        self.state.inbox.close();
        self.state.desk.close();
        self.state.reactor.borrow_mut().close();
        self.state.give_account();
        record!(self.state, "ended";
            turns = self.state.turns.get(), polls = self.state.polls.get(), left = left);
    }
}

impl LoopState {
    /// Cancels every task, and those that their destructors spawn, in the order
    /// of spawning. Returns how many.
    fn cancel_all(&self) -> usize {
        let mut count = 0;
        loop {
            let mut left: Vec<_> = self
                .tasks
                .borrow()
                .iter()
                .filter(|(_, task)| task.state != State::Over)
                .map(|(key, task)| (task.id, key))
                .collect();
            if left.is_empty() {
                // Nobody was polled: out of the queue all at once, since to
                // look for each of n tasks among n would cost n².
                self.ready.borrow_mut().clear();
                return count;
            }
            left.sort_unstable();
            self.time.now(); // which took the loop's time, and not the first task's
            for (_, key) in left {
                count += 1;
                self.cancel(key);
            }
        }
    }

    /// Drops a task that is not over, at the end of the loop, which then empties the queue.
    pub(crate) fn cancel(&self, key: usize) {
        let (id, runnable) = {
            let task = &mut self.tasks.borrow_mut()[key];
            (task.id, task.leave())
        };
        self.running.set(key);
        self.caused_by(Reference::Task(id), || {
            self.begin_poll();
            self.finish(key, id, runnable, Outcome::Cancelled);
            self.measure_polls();
        });
    }
}
