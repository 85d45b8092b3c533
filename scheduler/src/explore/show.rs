//! The trace of a run that a conductor leads.
//!
//! Its records are those of the [dispatcher](crate::dispatcher), so that whoever
//! reads a trace needs to know nothing new; and at every choice, `offered` for each
//! thread: what it would do next, and whether it could.
//!
//! Invariants: (1) nothing is written while nobody listens, as in a search; (2) a
//! thread is told to be blocked, runnable or running as its enabledness changes, in
//! the order in which it did.
//!
//! Mirror: none.

use super::execution::Ending;
use super::operation::{Access, Op};
use super::order::Race;
use super::seat::Seat;
use crate::control::{Control, On, Panicked};
use crate::policy::{CpuId, ThreadId};
use crate::run::Run;
use crate::time::Time;
use crate::trace::{Kind, Object, Text, Value, record};
use std::sync::Arc;
use std::time::Duration;

/// The only CPU.
const CPU: CpuId = CpuId(0);

/// What the trace says of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// Nothing yet.
    Nothing,
    /// It can run.
    Runnable,
    /// It holds the CPU.
    Running,
    /// It waits.
    Blocked,
    /// It is over.
    Over,
}

/// What the trace has said.
#[derive(Debug, Default)]
pub(super) struct Show {
    /// The run, if anybody listens to it.
    run: Option<Arc<Run>>,
    /// What was told of each thread.
    told: Vec<Told>,
    /// Who holds the CPU, as told, and since when.
    running: Option<(u32, Time)>,
    /// How often a CPU was given to a thread.
    dispatches: u64,
    /// How often one was taken away.
    preemptions: u64,
    /// How many are over.
    over: usize,
}

impl Show {
    /// Whether anybody listens.
    pub(super) fn listens(&self) -> bool {
        self.run.is_some()
    }

    /// A run begins.
    pub(super) fn begin(&mut self, run: &Arc<Run>) {
        *self = Show {
            run: run.trace.listens().then(|| Arc::clone(run)),
            ..Show::default()
        };
        let Some(run) = &self.run else { return };
        record!(
            run,
            "started",
            [
                env!("CARGO_PKG_VERSION"),
                "virtual",
                run.tick,
                run.mode.word(),
                Value::Bare,
                1_usize,
                run.tick,
                run.unannounced.word(),
            ],
            text Text::of("schedule"),
        );
    }

    /// A choice: new threads are told, who can run again, and what each would do.
    pub(super) fn offer(&mut self, seats: &[Seat], pending: &[Op], enabled: u64) {
        let Some(run) = self.run.clone() else { return };
        for (index, seat) in seats.iter().enumerate() {
            let can = enabled >> index & 1 == 1;
            if self.told.len() <= index {
                self.told.push(Told::Nothing);
                Self::spawned(&run, &seat.control);
            }
            let id = seat.control.id;
            let why = match self.told[index] {
                Told::Nothing => "new",
                Told::Blocked if can => "unblocked",
                _ => continue,
            };
            self.told[index] = Told::Runnable;
            let by = self.running.map(|(by, _)| thread_object(ThreadId(by)));
            let by = if why == "new" {
                seat.control.spawned_by.map(thread_object)
            } else {
                by
            };
            record!(run, "runnable", [id, why], optional[by]);
        }
        for (index, (seat, op)) in seats.iter().zip(pending).enumerate() {
            if !seat.is_over() {
                let can = enabled >> index & 1 == 1;
                let id = seat.control.id;
                record!(
                    run, "offered", at seat.at,
                    [id, op.access.word(), if can { "yes" } else { "no" }],
                    optional [seat.target],
                );
            }
        }
    }

    /// A new thread.
    fn spawned(run: &Run, control: &Control) {
        record!(
            run,
            "spawned",
            at Some(control.spawned_at),
            [control.id, Value::Text, control.attributes.priority, control.attributes.weight],
            optional [
                control.spawned_by.map(thread_object),
                control.attributes.deadline,
                control.attributes.affinity,
            ],
            text Text::of(&control.name),
        );
    }

    /// `thread` takes the step that it announced.
    pub(super) fn commit(&mut self, seats: &[Seat], pending: &[Op], thread: u32, enabled: u64) {
        let Some(run) = self.run.clone() else { return };
        match self.running {
            Some((before, since)) if before != thread => {
                let index = before as usize;
                let id = ThreadId(before);
                let ran = run.stamp() - since;
                let at = seats[index].at;
                if enabled >> before & 1 == 0 {
                    self.told[index] = Told::Blocked;
                    let on = seats[index].on.as_ref().map(On::object);
                    record!(run, "blocked", at at, [id, CPU, ran, on], optional [Value::Absent]);
                } else if pending[index].access == Access::Yield {
                    self.told[index] = Told::Runnable;
                    record!(run, "yielded", at at, [id, CPU, ran]);
                    record!(run, "runnable", [id, "yielded"], optional[Value::Absent]);
                } else {
                    self.told[index] = Told::Runnable;
                    self.preemptions += 1;
                    record!(run, "preempted", at at, [id, CPU, ran], optional [Value::Absent]);
                    record!(run, "runnable", [id, "preempted"], optional[Value::Absent]);
                }
                self.running = None;
            }
            _ => {}
        }
        if self.running.is_none() {
            self.running = Some((thread, run.stamp()));
            self.told[thread as usize] = Told::Running;
            self.dispatches += 1;
            record!(
                run,
                "dispatched",
                [ThreadId(thread), CPU, Value::Word("-")],
                optional[Value::Absent]
            );
        }
        run.show_step();
        if pending[thread as usize].access == Access::Local {
            record!(run, "checkpoint", at seats[thread as usize].at, [ThreadId(thread)]);
        }
    }

    /// `control`, which holds the CPU, is over.
    pub(super) fn finished(&mut self, control: &Control, panicked: Option<Panicked>) {
        let Some(run) = &self.run else { return };
        let since = self.running.take().map_or(Time::ZERO, |(_, since)| since);
        let ran: Duration = run.stamp() - since;
        self.told[control.id.0 as usize] = Told::Over;
        self.over += 1;
        match panicked {
            None => record!(run, "finished", [control.id, CPU, ran]),
            Some(Panicked { message, at }) => {
                record!(run, "panicked", at at, [control.id, CPU, ran, Value::Text], text message);
            }
        }
    }

    /// Two accesses are not ordered; `second` is the one that comes now.
    pub(super) fn raced(&self, second: &Seat, race: Race) {
        let Some(run) = &self.run else { return };
        let first = thread_object(ThreadId(race.first));
        record!(
            run, "raced", at Some(race.second_at),
            [second.target.map(|it| it.number), first, Value::Bare, second.control.id],
            text Text::of(race.first_at),
        );
    }

    /// The run ends here, and its threads are unwound.
    pub(super) fn ends(&mut self, seats: &[Seat], ending: &Ending) {
        let Some(run) = self.run.clone() else { return };
        if let Ending::Stuck(deadlock) = ending {
            if let Some((before, since)) = self.running.take() {
                let seat = &seats[before as usize];
                let ran = run.stamp() - since;
                let on = seat.on.as_ref().map(On::object);
                self.told[before as usize] = Told::Blocked;
                record!(
                    run, "blocked", at seat.at, [ThreadId(before), CPU, ran, on],
                    optional [Value::Absent]
                );
            }
            record!(run, "deadlock", [Value::Bare], text Text::of(deadlock.path()));
        }
        run.trace.fall_silent();
    }

    /// How often the CPU was given and taken, and how many threads are left.
    pub(super) fn account(&self) -> (u64, u64, usize) {
        let left = self.told.len().saturating_sub(self.over);
        (self.dispatches, self.preemptions, left)
    }
}

/// `thread:N`.
fn thread_object(id: ThreadId) -> Object {
    Object {
        kind: Kind::Thread,
        number: id.0,
    }
}
