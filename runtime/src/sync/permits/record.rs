//! What the trace says of permits: a lock's words, or a semaphore's.

use super::{EVERY, Permits};
use crate::context;
use crate::sync::object::Kind;
use crate::trace::{self, Field, Line, Place};

/// What happened to permits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The running task has them now.
    Taken,
    /// The running task will wait for them.
    Contended,
    /// They came back, or are new.
    GivenBack,
}

impl Permits {
    /// Records a step with `count` permits, after which `left` are there.
    #[inline]
    pub(super) fn record(&self, step: Step, counts: (usize, usize), lines: (Line, Option<Place>)) {
        if trace::enabled() {
            self.write(step, counts, lines);
        }
    }

    /// Writes the record, unless there is no word for it.
    #[cold]
    fn write(
        &self,
        step: Step,
        (count, left): (usize, usize),
        (line, place): (Line, Option<Place>),
    ) {
        let kind = self.kind();
        let is_lock = kind != Kind::Semaphore;
        let name = match step {
            Step::Taken if is_lock => "locked",
            Step::Taken => "acquired",
            Step::Contended if is_lock => "contended",
            Step::Contended => return,
            Step::GivenBack if is_lock => "unlocked",
            Step::GivenBack => "released",
        };
        let Some(state) = context::current() else {
            return;
        };
        let task = state.running_task();
        if task.is_none() && step != Step::GivenBack {
            return; // it is no task that has them
        }
        let number = self.number(&state);
        let how = (kind == Kind::RwLock).then_some(if count == EVERY { "write" } else { "read" });
        let object = Field::new(kind.name()).is(&number);
        let task = Field::new("task").may_be(task.as_ref());
        if is_lock {
            let how = Field::new("how").may_be(how.as_ref());
            state.record(name, line, place, &[object, how, task]);
        } else {
            let permits = Field::new("permits").is(&count);
            let left = Field::new("left").is(&left);
            state.record(name, line, place, &[object, permits, left, task]);
        }
    }
}
