//! The arms of the fold for the driver itself, and for the life of its units:
//! what is the same for tasks and for threads.

use std::sync::Arc;

use super::{End, Phase, Settings, UnitState, Wait, apply::Step, queue::class_name};
use crate::trace::{EventKind, Key};

impl Step<'_> {
    /// `started`: what the loop or scheduler is.
    pub(super) fn started(&mut self) {
        if self.driver.phase != Phase::Unknown {
            self.complain(format_args!("It has started before."));
        }
        self.driver.phase = Phase::Going;
        self.driver.settings = Settings {
            clock: self.word(Key::Clock),
            mode: self.word(Key::Mode),
            policy: self.word(Key::Policy),
            cpus: self.event.number(Key::Cpus).unwrap_or(1),
            tick: self.event.number(Key::Tick),
            calls: self.word(Key::Calls),
            quantum: self.event.number(Key::Quantum),
        };
    }

    /// `advanced`: virtual time jumps.
    pub(super) fn advanced(&mut self) {
        let Some(to) = self.event.number(Key::To) else {
            return;
        };
        if to < self.driver.time {
            let time = self.driver.time;
            self.complain(format_args!("Time went back, from {time} to {to} ns."));
        }
        self.driver.time = to;
    }

    /// `ended`: the driver is over.
    pub(super) fn ended(&mut self) {
        self.driver.phase = Phase::Ended;
    }

    /// `spawned`: a new unit, which is not queued yet.
    pub(super) fn spawned(&mut self) {
        let Some(number) = self.unit_number() else {
            return;
        };
        if self.driver.units.get(number).is_some() {
            let noun = self.target.unit().word();
            self.complain(format_args!("There is a {noun} {number} already."));
        }
        let (name, class, by) = (
            self.word(Key::Name),
            self.word(Key::Class),
            self.event.by_unit(),
        );
        let (priority, weight) = (self.signed(Key::Priority), self.event.number(Key::Weight));
        let at = self.event.at_id();
        let unit = self.new_unit(number);
        unit.name = name;
        unit.class = class;
        unit.spawned_by = by;
        unit.spawned_at = at;
        unit.at = at;
        unit.priority = priority;
        unit.weight = weight;
        // Its spawner stands on the same line.
        if let Some(spawner) = by.filter(|spawner| spawner.number != number)
            && at.is_some()
            && self.driver.units.get(spawner.number).is_some()
        {
            self.new_unit(spawner.number).at = at;
        }
    }

    /// `completed`, `finished`, `panicked`, `cancelled`: the unit is over.
    pub(super) fn over(&mut self, kind: EventKind) {
        let Some(number) = self.unit_number() else {
            return;
        };
        let was = self.unit(number).state;
        let noun = self.target.unit().word();
        if matches!(was, UnitState::Over(_)) {
            self.complain(format_args!(
                "It is said twice that {noun} {number} is over."
            ));
        } else if kind != EventKind::Cancelled && !matches!(was, UnitState::Running { .. }) {
            self.complain(format_args!(
                "It cannot end: {noun} {number} was not running."
            ));
        }
        self.leave(number);
        self.dequeue(number);
        let message = self.word_if_there(Key::Message);
        self.set_state(
            number,
            UnitState::Over(match kind {
                EventKind::Panicked => End::Panicked,
                EventKind::Cancelled => End::Cancelled,
                _ => End::Done,
            }),
        );
        let unit = self.unit(number);
        let waits = std::mem::take(&mut unit.waits);
        unit.waited.extend(waits);
        unit.loads.clear();
        unit.locals.clear();
        unit.message = message;
        self.leave_lines(number);
    }

    /// `joined`: the result went to whoever held the handle.
    pub(super) fn joined(&mut self) {
        let Some(number) = self.unit_number() else {
            return;
        };
        if !matches!(self.unit(number).state, UnitState::Over(_)) {
            let noun = self.target.unit().word();
            self.complain(format_args!("{noun} {number} is not over yet."));
        }
        self.unit(number).joined = true;
        // The line is that of whoever took the result.
        let at = self.event.at_id();
        if let Some(by) = self.event.by_unit()
            && at.is_some()
            && self.driver.units.get(by.number).is_some()
        {
            self.unit(by.number).at = at;
        }
    }

    /// `changed`: the unit's class, or what a scheduler weighs it by.
    pub(super) fn changed(&mut self) {
        let Some(number) = self.unit_number() else {
            return;
        };
        let (from, to) = (self.word(Key::From), self.word(Key::To));
        let priority = self.signed(Key::To);
        let weight = self.event.number(Key::To);
        let by = self.event.by_unit();
        let what = self.event.text(Key::What);
        let unit = self.unit(number);
        match what.as_deref() {
            Some("class") => {
                let known = std::mem::replace(&mut unit.class, Arc::clone(&to));
                if class_name(&known) != class_name(&from) {
                    let noun = self.target.unit().word();
                    let known = class_name(&known);
                    self.complain(format_args!(
                        "The class of {noun} {number} was {known}, not {from}."
                    ));
                }
                if self.dequeue(number) {
                    self.enqueue(number, &to);
                }
            }
            Some("priority") => unit.priority = priority.or(unit.priority),
            // What is lent counts only while it is more than the thread's own.
            Some("donated") => {
                unit.donated = priority
                    .filter(|&lent| Some(lent) != unit.priority)
                    .map(|lent| (lent, by));
            }
            Some("weight") => unit.weight = weight.or(unit.weight),
            _ => {}
        }
    }

    /// To the tail of a class's queue.
    pub(super) fn enqueue(&mut self, number: u32, class: &Arc<str>) {
        self.driver.queue.push(class, number);
        self.unit(number).queued = true;
    }

    /// Out of the queue; `false` if the unit was not in it.
    pub(super) fn dequeue(&mut self, number: u32) -> bool {
        let queued = std::mem::replace(&mut self.unit(number).queued, false);
        queued && self.driver.queue.remove(number)
    }

    /// Puts a unit on a CPU.
    pub(super) fn enter(&mut self, number: u32, cpu: u32) {
        let noun = self.target.unit().word();
        if let Some(&(_, other)) = self.driver.running.iter().find(|&&(on, _)| on == cpu) {
            self.complain(format_args!("{noun} {other} was still running there."));
            self.driver.running.retain(|&(on, _)| on != cpu);
        }
        // A unit runs on one CPU at a time, whatever the trace says.
        if self.driver.running.iter().any(|&(_, unit)| unit == number) {
            self.complain(format_args!("{noun} {number} was running already."));
            self.driver.running.retain(|&(_, unit)| unit != number);
        }
        let index = self.driver.running.partition_point(|&(on, _)| on < cpu);
        self.driver.running.insert(index, (cpu, number));
        self.set_state(number, UnitState::Running { cpu });
        let unit = self.unit(number);
        unit.runs += 1;
        unit.migrations += u64::from(unit.last_cpu.is_some_and(|last| last != cpu));
        unit.last_cpu = Some(cpu);
        unit.waited = std::mem::take(&mut unit.waits);
        unit.woken = None;
    }

    /// The unit leaves the lines of what it waited for before it ran, and waits
    /// for no more.
    pub(super) fn leave_lines(&mut self, number: u32) {
        let unit = self.unit(number);
        let (id, waited) = (unit.id, std::mem::take(&mut unit.waited));
        for wait in waited {
            if let Wait::Thing(on) = wait
                && !self.unit(number).waits.contains(&wait)
            {
                self.driver.lines.leave(on, id);
            }
        }
    }

    /// Takes a unit off its CPU and charges it for its stay.
    pub(super) fn leave(&mut self, number: u32) {
        self.driver.running.retain(|&(_, unit)| unit != number);
        let (ran, at) = (self.event.number(Key::Ran), self.event.at_id());
        let time = self.driver.time;
        let unit = self.unit(number);
        if unit.is_running() {
            // A record without `ran` leaves the stay to be reckoned.
            unit.ran += ran.unwrap_or_else(|| time.saturating_sub(unit.since));
        }
        if at.is_some() {
            unit.at = at;
        }
    }

    /// Changes what a unit is doing, from now on.
    pub(super) fn set_state(&mut self, number: u32, state: UnitState) {
        let (time, step) = (self.driver.time, self.number);
        let unit = self.unit(number);
        if unit.state != state {
            unit.state = state;
            unit.since = time;
            unit.since_step = step;
        }
    }
}
