//! The arms of the fold for an event loop and the turns of its tasks.

use super::{Phase, UnitState, Wait, apply::Step};
use crate::trace::{Key, Value};

impl Step<'_> {
    /// `turn`: the tasks that are queued now are its batch.
    pub(super) fn turn(&mut self) {
        self.driver.phase = Phase::Going;
        self.driver.turn = self.event.number(Key::Turn).unwrap_or(self.driver.turn + 1);
        let queued = self.driver.queue.len() as u64;
        let batch = self.event.number(Key::Ready).unwrap_or(queued);
        if batch != queued {
            self.complain(format_args!(
                "It says that {batch} are ready, but {queued} are."
            ));
        }
        self.driver.batch = batch;
    }

    /// `parked`: the loop sleeps in the OS.
    pub(super) fn parked(&mut self) {
        if !self.driver.queue.is_empty() {
            let count = self.driver.queue.len();
            self.complain(format_args!("It sleeps although {count} are ready."));
        }
        self.driver.phase = Phase::Parked {
            until: self.event.number(Key::Until),
        };
    }

    /// `unparked`: the OS woke the loop.
    pub(super) fn unparked(&mut self) {
        self.driver.phase = Phase::Going;
    }

    /// `woken`: to the tail of its class's queue, unless it is in a queue.
    pub(super) fn woken(&mut self) {
        let Some(number) = self.unit_number() else {
            return;
        };
        let (by, step) = (self.event.reference(Key::By), self.number);
        let class = self.word_if_there(Key::Class);
        let unit = self.unit(number);
        let class = class.unwrap_or_else(|| unit.class.clone());
        let id = unit.id;
        let (state, queued) = (unit.state, unit.queued);
        if let UnitState::Over(_) = state {
            self.complain(format_args!("Task {number} is over: it cannot be woken."));
            return;
        }
        self.driver.lines.woken(id);
        let already = self.event.flag(Key::Already);
        if already != queued {
            let fact = if queued { "is" } else { "is not" };
            self.complain(format_args!("Task {number} {fact} in the queue already."));
        }
        if !queued {
            self.enqueue(number, &class);
            self.unit(number).woken = Some((step, by));
        }
        // A task that is woken while it runs goes on running, and stays queued.
        if !matches!(state, UnitState::Running { .. }) {
            self.set_state(number, UnitState::Ready);
        }
    }

    /// `polled`: the head of its queue becomes the running task.
    pub(super) fn polled(&mut self) {
        let Some(number) = self.unit_number() else {
            return;
        };
        self.unit(number);
        let heads = &self.driver.queue.classes;
        let is_head = heads
            .iter()
            .any(|class| class.units.front() == Some(&number));
        if !self.dequeue(number) {
            self.complain(format_args!(
                "Task {number} is polled, but it was not ready."
            ));
        } else if !is_head {
            self.complain(format_args!(
                "Task {number} was not at the head of its queue."
            ));
        }
        self.driver.batch = self.driver.batch.saturating_sub(1);
        self.driver.lines.used(None);
        self.enter(number, 0);
        self.touch();
    }

    /// `waiting`: one more thing that the running task waits for.
    pub(super) fn waiting(&mut self) {
        let Some(number) = self.unit_number() else {
            return;
        };
        let wait = self.awaited();
        let unit = self.unit(number);
        let id = unit.id;
        if let Wait::Thing(on) = wait {
            self.driver.lines.join(on, id);
        }
        let unit = self.unit(number);
        let running = unit.is_running();
        if !unit.waits.contains(&wait) {
            unit.waits.push(wait);
        }
        if !running {
            self.complain(format_args!("Task {number} was not running."));
        }
        self.touch();
    }

    /// `pending`: the running task gave way.
    pub(super) fn pending(&mut self) {
        let Some(number) = self.unit_number() else {
            return;
        };
        if !self.unit(number).is_running() {
            self.complain(format_args!("Task {number} was not running."));
        }
        self.leave(number);
        self.leave_lines(number);
        self.driver.lines.used(None);
        let queued = self.unit(number).queued;
        self.set_state(
            number,
            if queued {
                UnitState::Ready
            } else {
                UnitState::Waiting
            },
        );
    }

    /// What `on` and `until` say a unit waits for.
    pub(super) fn awaited(&mut self) -> Wait {
        let until = self.event.number(Key::Until);
        match self.event.get(Key::On) {
            Some(Value::Reference(reference)) => Wait::Thing(reference),
            Some(Value::Word("sleep")) => Wait::Sleep(until),
            Some(other) => Wait::Other(other.to_string().into()),
            None => {
                self.complain(format_args!("It does not say what for."));
                Wait::Other("something".into())
            }
        }
    }
}
