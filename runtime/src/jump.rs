//! The jump: how virtual time passes.
//!
//! Where a loop in real time would sleep until the next deadline, one in virtual
//! time moves its clock there. That is all the difference between the two.
//!
//! Invariant: what the OS knows already, and what other OS threads have posted,
//! comes before any deadline: then the clock stays, and the turn goes on.
//!
//! Book: chapter 6. Mirror: the ticks of checkpoint mode, in `scheduler`.

use crate::state::LoopState;
use crate::statistics::Counters;
use crate::trace::{nanoseconds, record};
use std::time::Duration;

impl LoopState {
    /// Step 3 in virtual time, while no task is ready and none can become ready
    /// before `deadline` by itself.
    pub(crate) fn jump(&self, deadline: Duration) {
        let has_sources = self.reactor.borrow().has_sources();
        let has_answers = has_sources && self.ask(Some(Duration::ZERO)) > 0;
        if has_answers || self.inbox.may_have_posts() {
            return;
        }
        let jump = deadline.saturating_sub(self.time.seen());
        Counters::add(&self.counters.parked, jump);
        self.time.advance(deadline);
        record!(self, "advanced"; to = nanoseconds(deadline));
    }
}
