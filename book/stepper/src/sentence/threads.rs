//! Sentences about threads and their stays on a CPU.

use super::Speech;
use crate::{
    fold::{UnitState, Wait},
    time,
    trace::{Key, Thing},
};

impl Speech<'_> {
    /// `runnable`.
    pub(super) fn runnable(&self) -> String {
        let subject = self.subject();
        let by = self.event.reference(Key::By);
        match self.event.text(Key::Why).as_deref() {
            Some("new") => format!("{subject} is new: it can run."),
            Some("preempted") => {
                format!("{subject} can still run: it waits for its next quantum.")
            }
            Some("yielded") => format!("{subject} can still run: it waits for its next turn."),
            Some("slept") => match self.unit_before().map(|unit| &*unit.waits) {
                Some([wait @ Wait::Thing(_)]) => format!(
                    "{subject} can run: the time for its wait is up, and {} has not come.",
                    self.awaited(wait)
                ),
                _ => format!("{subject} can run: it has slept long enough."),
            },
            Some("unblocked") if self.was_in_call() => {
                format!("{subject} can run: it needs a CPU to go on after its call.")
            }
            Some("unblocked") => match by {
                Some(by) if by.thing.is_unit() => {
                    let deed = self.deed(by).unwrap_or_else(|| "unblocked it".to_owned());
                    format!("{subject} can run: {} {deed}.", self.thing(by))
                }
                Some(by) => format!("{subject} can run: {} unblocked it.", self.thing(by)),
                None => format!("{subject} can run: what it waited for is there."),
            },
            Some(why) => format!("{subject} can run: {why}."),
            None => format!("{subject} can run."),
        }
    }

    /// What a thread waited for in vain, within a sentence.
    fn awaited(&self, wait: &Wait) -> String {
        match wait {
            Wait::Thing(on) if on.thing == Thing::Thread => {
                format!("the end of {}", self.thing(*on))
            }
            Wait::Thing(on) => self.thing(*on),
            _ => "what it waited for".to_owned(),
        }
    }

    /// Whether the event's thread was in a blocking call until now.
    fn was_in_call(&self) -> bool {
        self.unit_before()
            .is_some_and(|unit| unit.state == UnitState::InCall)
    }

    /// `dispatched`.
    pub(super) fn dispatched(&self) -> String {
        let cpu = self.value(Key::Cpu);
        let unit = self.unit_name(self.event.unit());
        let runnable = self.before.driver().map_or(0, |driver| driver.queue.len());
        let reason = match self.event.text(Key::Why) {
            Some(why) => format!(": {why}"),
            None if runnable == 1 => ": nobody else can run".to_owned(),
            None => String::new(),
        };
        let quantum = match self.duration(Key::Quantum) {
            Some(quantum) => format!(" It may run for {quantum}."),
            None => " It may run until it stops by itself.".to_owned(),
        };
        let moved = match self.moved_from() {
            Some(last) => format!(" It moved from CPU {last}."),
            None => String::new(),
        };
        format!("The scheduler gives CPU {cpu} to {unit}{reason}.{moved}{quantum}")
    }

    /// The CPU that a dispatched thread was on last, if it goes on on another.
    fn moved_from(&self) -> Option<u32> {
        let last = self.unit_before()?.last_cpu?;
        (Some(last) != self.event.number32(Key::Cpu)).then_some(last)
    }

    /// `preempted`.
    pub(super) fn preempted(&self) -> String {
        let subject = self.subject();
        let reason = self.reason_of_preemption();
        match self.interrupted_update() {
            Some((name, true)) => format!(
                "{subject} was stopped between its load and its store: {reason}. It never asked \
                 for this, and its copy of `{name}` is about to be stale."
            ),
            Some((name, false)) => format!(
                "{subject} was stopped between its load and its store: {reason}. It never asked \
                 for this; its copy of `{name}` stays good only because nobody else stores \
                 meanwhile."
            ),
            None if self.event.get(Key::Pc).is_some() => format!(
                "{subject} was stopped here, in the middle of a statement: {reason}. It never \
                 asked for this."
            ),
            None => format!("{subject} was stopped here: {reason}. It never asked for this."),
        }
    }

    /// Why a thread was taken off its CPU: `its 3 ms are used up`.
    fn reason_of_preemption(&self) -> String {
        let quantum = self.unit_before().and_then(|unit| unit.quantum);
        let ran = self.event.number(Key::Ran);
        // A timer may be a little early: a twentieth less is still all of it.
        let is_less = |ran: u64, quantum: u64| ran < quantum - quantum / 20;
        match (quantum, ran) {
            (Some(quantum), Some(ran)) if is_less(ran, quantum) => format!(
                "its CPU goes to another after {} of its {}",
                time::show(ran),
                time::show(quantum)
            ),
            (Some(quantum), _) if quantum > 0 => format!("its {} are used up", time::show(quantum)),
            _ => "its quantum is over".to_owned(),
        }
    }

    /// `yielded`.
    pub(super) fn yielded(&self) -> String {
        let subject = self.subject();
        let others = self
            .after
            .driver()
            .map_or(0, |driver| driver.queue.len().saturating_sub(1));
        match others {
            0 => format!("{subject} offered its CPU, but nobody else can run."),
            _ => format!("{subject} offered its CPU: it gave way by itself."),
        }
    }

    /// `blocked`.
    pub(super) fn blocked(&self) -> String {
        let subject = self.subject();
        let unit = self.unit_after();
        let at_most = match unit.and_then(|unit| unit.until) {
            Some(until) => format!(", until {} at most", time::show(until)),
            None => String::new(),
        };
        match unit.map_or(&[][..], |unit| &unit.waits) {
            [Wait::Sleep(Some(until))] => {
                let left = until.saturating_sub(self.event.time());
                format!(
                    "{subject} sleeps for {}, until {}: it gives its CPU up.",
                    time::show(left),
                    time::show(*until)
                )
            }
            [Wait::Sleep(None)] => format!("{subject} sleeps: it gives its CPU up."),
            [Wait::Thing(on)] if on.thing == Thing::Thread => format!(
                "{subject} waits for {} to be over{at_most}: it gives its CPU up.",
                self.thing(*on)
            ),
            [wait, ..] => format!("{subject} waits for {}{at_most}.", self.wait(wait)),
            [] => format!("{subject} is blocked."),
        }
    }

    /// `checkpoint`.
    pub(super) fn checkpoint(&self) -> String {
        format!(
            "{} is at a checkpoint: a place at which the CPU may be taken away.",
            self.subject()
        )
    }

    /// `call_entered`.
    pub(super) fn call_entered(&self) -> String {
        let (subject, call) = (self.subject(), self.call());
        // To start a thread is our own call: it is announced, and named too.
        match self.event.text(Key::Call).as_deref() {
            None | Some("spawn") => format!(
                "{subject} is in {call}: it gives its CPU up, and the kernel wakes it, not us."
            ),
            Some(_) => format!(
                "{subject} is in {call}, which nobody announced: its CPU is given to others, and \
                 the kernel wakes it, not us."
            ),
        }
    }

    /// `call_left`.
    pub(super) fn call_left(&self) -> String {
        let call = self.call();
        format!(
            "{} is back from {call}: it needs a CPU again.",
            self.subject()
        )
    }

    /// `changed`, of a thread: its priority, its own or what is lent to it.
    pub(super) fn changed_priority(&self) -> String {
        let subject = self.subject();
        let (from, to) = (self.value(Key::From), self.value(Key::To));
        let why = match self.event.text(Key::Why) {
            Some(why) => format!(" ({})", why.trim_end_matches('.')),
            None => String::new(),
        };
        let by = self
            .event
            .by_unit()
            .filter(|by| Some(*by) != self.event.unit());
        let by = by.map_or_else(String::new, |by| {
            format!(" by {}", self.unit_name(Some(by)))
        });
        let unit = self.unit_after();
        match (self.event.text(Key::What).as_deref(), unit) {
            (Some("donated"), Some(unit)) if unit.donated.is_some() => format!(
                "{subject} is lent the priority {to}{by}{why}: it counts as much as who waits for \
                 it. Before it was {from}."
            ),
            (Some("donated"), _) => format!(
                "{subject} gives back the priority that was lent to it{why}: it was {from}, and \
                 its own is {to}."
            ),
            _ => format!(
                "The priority of {} was set{by}{why}: it was {from} and is {to}.",
                self.unit_name(self.event.unit())
            ),
        }
    }

    /// The blocking call, within a sentence.
    fn call(&self) -> String {
        match self.event.text(Key::Call) {
            Some(call) => format!("`{call}`"),
            None => "a blocking call".to_owned(),
        }
    }
}
