//! The endless sleep: a loop that only another OS thread can wake.
//!
//! It may be what the learner wants, but more often the tasks wait for each
//! other. So the loop says it, once, and sleeps.
//!
//! Left out: who waits for whom. The [`dump`](crate::dump()) says that.
//!
//! Book: chapter 3. Mirror: `scheduler::deadlock`, which knows for certain.

use crate::state::LoopState;

impl LoopState {
    /// Warns that nobody here will wake a task, unless it was said before.
    pub(crate) fn warn_of_endless_sleep(&self) {
        if self.reactor.borrow().has_sources()
            || self.blocking.any_out()
            || self.warned_of_sleep.replace(true)
        {
            return;
        }
        log::warn!(
            target: "runtime",
            "nothing is ready, no timer is armed and no source is registered, but {} tasks wait: \
             the loop sleeps until another OS thread wakes one of them, for ever if none does",
            self.alive.get(),
        );
    }
}
