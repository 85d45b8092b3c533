//! Sentences about the loop or the scheduler as a whole.

use super::{
    Speech,
    words::{capital, count},
};
use crate::{
    fold::{End, Unit, UnitState},
    time,
    trace::{Key, Reference, Target},
};

impl Speech<'_> {
    /// `started`.
    pub(super) fn started(&self) -> String {
        if self.side.target == Target::Runtime {
            return match self.event.text(Key::Clock).as_deref() {
                Some("virtual") => "The loop starts, on a virtual clock; nothing is ready.",
                _ => "The loop starts; nothing is ready.",
            }
            .to_owned();
        }
        let cpus = match self.event.number(Key::Cpus) {
            Some(1) | None => "One CPU".to_owned(),
            Some(cpus) => count(cpus, "CPU"),
        };
        let policy = spaced(&self.value(Key::Policy));
        let quanta = match self.duration(Key::Quantum) {
            Some(quantum) => format!(", quanta of {quantum}"),
            None => String::new(),
        };
        let mode = match self.event.text(Key::Mode).as_deref() {
            Some("checkpoint") => match self.duration(Key::Tick) {
                Some(tick) => format!(
                    " Threads are taken off the CPU at checkpoints only, and each costs {tick}."
                ),
                None => " Threads are taken off the CPU at checkpoints only.".to_owned(),
            },
            Some("signal") => {
                " Threads are taken off the CPU wherever they are, by a signal.".to_owned()
            }
            Some("never") => " Nothing is ever taken off the CPU.".to_owned(),
            _ => String::new(),
        };
        let calls = match self.event.text(Key::Calls).as_deref() {
            Some("sud") => {
                " A call that blocks gives its CPU up, announced or not: the kernel hands us every \
                 call of a thread before it is made."
            }
            Some("polling") => {
                " A call that blocks gives its CPU up, announced or not: we look at the threads now \
                 and then."
            }
            _ => "",
        };
        format!("{cpus}, {policy}{quanta}.{mode}{calls}")
    }

    /// `faulted`.
    pub(super) fn faulted(&self) -> String {
        let rule = self.value(Key::Rule);
        let rule = rule.trim_end_matches('.');
        let then = match self.event.text(Key::Then).as_deref() {
            Some("round_robin") => " Round robin decides from here on, in its place.",
            Some("ends") => " The run ends here.",
            _ => "",
        };
        format!("The policy broke a rule: {rule}.{then}")
    }

    /// `turn`.
    pub(super) fn turn(&self) -> String {
        let turn = self.value(Key::Turn);
        match self.event.number(Key::Ready).unwrap_or(0) {
            0 => format!("Turn {turn}: no task is ready."),
            1 => format!("Turn {turn}: 1 task is ready."),
            ready => format!(
                "Turn {turn}: {ready} tasks are ready: {ready} polls, then timers and the OS."
            ),
        }
    }

    /// `parked`.
    pub(super) fn parked(&self) -> String {
        let Some(until) = self.event.number(Key::Until) else {
            return "Nothing is ready and no timer is armed: the loop sleeps in the operating \
                    system until a source is, or another thread wakes it."
                .to_owned();
        };
        let timer = self.before.driver().and_then(|driver| {
            let due = driver
                .timers
                .iter()
                .find(|(_, timer)| timer.deadline == until)?;
            Some(format!("timer {}", due.0))
        });
        let what = timer.unwrap_or_else(|| time::show(until));
        match until.saturating_sub(self.event.time()) {
            0 => format!("Nothing is ready, and {what} is due: the loop asks the OS only."),
            left => format!(
                "Nothing is ready: the loop sleeps until {what}, in {}.",
                time::show(left)
            ),
        }
    }

    /// `unparked`.
    pub(super) fn unparked(&self) -> String {
        let waited = match self.duration(Key::Waited) {
            Some(waited) => format!(" after {waited}"),
            None => String::new(),
        };
        match self.event.number(Key::Events) {
            Some(0) => format!(
                "The loop goes on{waited}, without news of a source: its time is up, or \
                 another thread woke it."
            ),
            Some(events) => format!(
                "The OS woke the loop{waited}, with {}.",
                count(events, "event")
            ),
            None => format!("The OS woke the loop{waited}."),
        }
    }

    /// `advanced`.
    pub(super) fn advanced(&self) -> String {
        let to = self.event.number(Key::To).unwrap_or(0);
        let to = time::show(to);
        format!("Nothing else can happen, so virtual time jumps to {to}.")
    }

    /// `ended`.
    pub(super) fn ended(&self) -> String {
        let left = self.event.number(Key::Left).unwrap_or(0);
        let left = count(left, self.side.target.unit().word());
        let nobody_left = left.starts_with("0 ");
        if self.side.target == Target::Runtime {
            let turns = count(self.event.number(Key::Turns).unwrap_or(0), "turn");
            return if nobody_left {
                format!("All queues are exhausted after {turns}.")
            } else {
                format!("What the loop was to run is over, after {turns}. Unfinished: {left}.")
            };
        }
        let number = |key| self.event.number(key).unwrap_or(0);
        let dispatches = match number(Key::Dispatches) {
            1 => "1 dispatch".to_owned(),
            dispatches => format!("{dispatches} dispatches"),
        };
        let preemptions = count(number(Key::Preemptions), "preemption");
        if nobody_left {
            format!("Every thread is over, after {dispatches} and {preemptions}.")
        } else {
            format!("The run ends after {dispatches} and {preemptions}. Unfinished: {left}.")
        }
    }

    /// `idle`.
    pub(super) fn idle(&self) -> String {
        format!("CPU {} has nothing to do.", self.value(Key::Cpu))
    }

    /// `deadlock`: the cycle alternates threads and objects. With `others` it is
    /// among some threads, and the run goes on.
    pub(super) fn deadlock(&self) -> String {
        let cycle = self.value(Key::Cycle);
        let links: Vec<&str> = cycle.split('>').collect();
        let name = |link: &str| match (link.parse(), Reference::parse(link)) {
            (Ok(number), _) => self.unit_name(Some(self.id(number))),
            (_, Some(reference)) => self.thing(reference),
            _ => link.to_owned(),
        };
        let links = links.chunks(2).enumerate().map(|(index, pair)| {
            // Who is joined is the object itself, and so is not named again.
            let joined = |link: &str| Reference::parse(link).is_some_and(|it| it.thing.is_unit());
            let is_joined = index > 0 && joined(links[2 * index - 1]);
            let held = if index > 0 { "held by " } else { "" };
            let waits = if index > 0 { ", which waits" } else { " waits" };
            match pair {
                [_, object] if is_joined => format!("which waits for {}", name(object)),
                [_] if is_joined => "which closes the circle".to_owned(),
                [unit, object] => format!("{held}{}{waits} for {}", name(unit), name(object)),
                [unit] => format!("{held}{}", name(unit)),
                _ => String::new(),
            }
        });
        let links: Vec<String> = links.collect();
        let links = links.join(", ");
        match self.event.number(Key::Others) {
            None => format!("Nobody can ever go on: {links}."),
            Some(others) => format!(
                "These can never go on: {links}. The run does, with {} left.",
                count(others, "other thread")
            ),
        }
    }

    /// `resolved`.
    pub(super) fn resolved(&self) -> String {
        let place = self
            .event
            .at()
            .map_or_else(|| "a line".to_owned(), ToString::to_string);
        format!(
            "Looked up afterwards: the program counter {} is in `{}`, at {place}.",
            self.value(Key::Pc),
            self.value(Key::Function)
        )
    }

    /// `lost`.
    pub(super) fn lost(&self) -> String {
        match self.event.number(Key::Count).unwrap_or(0) {
            1 => "1 step is missing here.".to_owned(),
            count => format!("{count} steps are missing here."),
        }
    }

    /// `spawned`.
    pub(super) fn spawned(&self) -> String {
        let unit = self.unit_name(self.event.unit());
        match self.event.by_unit() {
            Some(by) => {
                let later = match (self.side.target, by.number) {
                    (Target::Scheduler, _) => "It will run when the scheduler picks it",
                    (_, 0) => "It will run later: main goes on first",
                    _ => "It will run later: its spawner goes on first",
                };
                let by = capital(&self.unit_name(Some(by)));
                format!("{by} spawned {unit}. {later}.")
            }
            None if self.event.unit().is_some_and(|unit| unit.number == 0) => {
                let noun = self.side.target.unit().word();
                format!("The code that started it all is {noun} 0, called main.")
            }
            None => format!("{} was spawned from outside.", capital(&unit)),
        }
    }

    /// `joined`.
    pub(super) fn joined(&self) -> String {
        let by = capital(&self.unit_name(self.event.by_unit()));
        let unit = self.unit_name(self.event.unit());
        let joined = self.unit_after();
        match joined.map(|unit| (unit.state, unit.message.as_deref())) {
            Some((UnitState::Over(End::Cancelled), _)) => {
                format!("{by} learns that {unit} was cancelled.")
            }
            Some((_, Some(message))) => format!("{by} learns that {unit} panicked: {message}."),
            _ => format!("{by} has the result of {unit}."),
        }
    }

    /// `completed`, `finished`.
    pub(super) fn finished(&self) -> String {
        let word = match self.side.target {
            Target::Runtime => "complete",
            Target::Scheduler | Target::Process => "finished",
        };
        let mut text = format!("{} is {word}", self.subject());
        if let Some(unit) = self.unit_after() {
            text.push_str(&self.effort(unit));
        }
        text.push('.');
        text
    }

    /// `panicked`.
    pub(super) fn panicked(&self) -> String {
        format!(
            "{} panicked: {}. It is over; the others go on.",
            self.subject(),
            self.value(Key::Message)
        )
    }

    /// `cancelled`.
    pub(super) fn cancelled(&self) -> String {
        let by = match self.event.by_unit() {
            Some(by) => format!(" by {}", self.unit_name(Some(by))),
            None => String::new(),
        };
        format!(
            "{} was cancelled{by}: its future is dropped where it stood.",
            self.subject()
        )
    }

    /// `marked`.
    pub(super) fn marked(&self) -> String {
        format!(
            "{} is at the place that the program calls '{}'.",
            self.subject(),
            self.value(Key::Name)
        )
    }

    /// How often a unit that is over has run: `, after 4 polls`.
    fn effort(&self, unit: &Unit) -> String {
        let runs = match (self.side.target, unit.runs) {
            (Target::Runtime, runs) => count(runs, "poll"),
            (Target::Process, runs) => count(runs, "job"),
            (Target::Scheduler, 1) => "1 dispatch".to_owned(),
            (Target::Scheduler, runs) => format!("{runs} dispatches"),
        };
        match unit.ran {
            0 => format!(", after {runs}"),
            ran => format!(", after {runs} and {} on the CPU", time::show(ran)),
        }
    }
}

/// A name of the code in words: `RoundRobin` is round robin.
fn spaced(name: &str) -> String {
    let mut words = String::new();
    for character in name.chars() {
        if (character.is_uppercase() || character == '_') && !words.is_empty() {
            words.push(' ');
        }
        if character != '_' {
            words.extend(character.to_lowercase());
        }
    }
    words
}
