//! A driver: one event loop, or one scheduler, with everything it drives.

use std::sync::Arc;

use super::{
    Barrier, Channel, Job, Lines, Lock, Notify, Queue, Semaphore, Shared, Source, Table, Timer,
    Unit, UnitId,
};
use crate::trace::Reference;

/// Where a driver is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// A record came before its `started`.
    Unknown,
    /// Between `started` and `ended`, and not parked.
    Going,
    /// The loop sleeps in the OS, until an instant (ns) or for ever.
    Parked {
        /// The instant, if there is one.
        until: Option<u64>,
    },
    /// It is over.
    Ended,
}

/// What `started` said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// `virtual` or `real`.
    pub clock: Arc<str>,
    /// The scheduler's mode: `signal`, `checkpoint`, `never`.
    pub mode: Arc<str>,
    /// The scheduler's policy.
    pub policy: Arc<str>,
    /// How many virtual CPUs there are.
    pub cpus: u64,
    /// How much time a checkpoint costs (ns).
    pub tick: Option<u64>,
    /// How calls that nobody announced are noticed: `sud`, `polling`, or not at
    /// all (`announced`).
    pub calls: Arc<str>,
    /// The quantum (ns), where the policy has one.
    pub quantum: Option<u64>,
}

/// One event loop or one scheduler.
#[derive(Clone, Debug, PartialEq)]
pub struct Driver {
    /// Its number in the process, from 0.
    pub number: u32,
    /// Where it is in its life.
    pub phase: Phase,
    /// What `started` said of it.
    pub settings: Settings,
    /// ns since it started, on its own clock.
    pub time: u64,
    /// The loop's turn, from 1; 0 before the first.
    pub turn: u64,
    /// How many tasks of this turn's batch are still to be polled.
    pub batch: u64,
    /// The units that run: CPU and unit, by CPU.
    pub running: Vec<(u32, u32)>,
    /// The units that can run.
    pub queue: Queue,
    /// Every unit that was ever spawned, over ones included.
    pub units: Table<Unit>,
    /// The timers that are armed.
    pub timers: Table<Timer>,
    /// The sources that are registered.
    pub sources: Table<Source>,
    /// Every channel.
    pub channels: Table<Channel>,
    /// Every mutex.
    pub mutexes: Table<Lock>,
    /// Every lock for reading and writing.
    pub rwlocks: Table<Lock>,
    /// Every semaphore.
    pub semaphores: Table<Semaphore>,
    /// Everything to be notified of.
    pub notifies: Table<Notify>,
    /// Condition variables by number.
    pub condvars: Table<Notify>,
    /// Every barrier.
    pub barriers: Table<Barrier>,
    /// Every call that was handed to the pool.
    pub jobs: Table<Job>,
    /// Those who wait, by what they wait for.
    pub lines: Lines,
    /// Every shared variable.
    pub shared: Table<Shared>,
    /// The rule that the policy broke, once it did.
    pub fault: Option<Arc<str>>,
    /// The cycle of the deadlock that was told last, among some threads or of all.
    pub deadlock: Option<Arc<str>>,
    /// How many records are known to be missing.
    pub lost: u64,
    /// The place that the program named last.
    pub marked: Option<Arc<str>>,
}

impl Driver {
    /// A driver of which nothing is known yet.
    pub(super) fn new(number: u32) -> Self {
        Self {
            number,
            phase: Phase::Unknown,
            settings: Settings::default(),
            time: 0,
            turn: 0,
            batch: 0,
            running: Vec::new(),
            queue: Queue::default(),
            units: Table::default(),
            timers: Table::default(),
            sources: Table::default(),
            channels: Table::default(),
            mutexes: Table::default(),
            rwlocks: Table::default(),
            semaphores: Table::default(),
            notifies: Table::default(),
            condvars: Table::default(),
            barriers: Table::default(),
            jobs: Table::default(),
            lines: Lines::default(),
            shared: Table::default(),
            fault: None,
            deadlock: None,
            lost: 0,
            marked: None,
        }
    }

    /// The unit on a CPU.
    pub fn running_on(&self, cpu: u32) -> Option<&Unit> {
        let &(_, unit) = self.running.iter().find(|&&(on, _)| on == cpu)?;
        self.units.get(unit)
    }

    /// As lists show a unit: `2 pong`.
    pub fn label(&self, unit: u32) -> String {
        self.units
            .get(unit)
            .map_or_else(|| unit.to_string(), Unit::label)
    }

    /// Those who wait for a thing of which several may, in the order in which
    /// they came. One that is being polled may be about to get it: it is left out.
    pub fn waiters(&self, on: Reference) -> impl Iterator<Item = UnitId> {
        self.lines.of(on).iter().copied().filter(|waiter| {
            let unit = self.units.get(waiter.number);
            !unit.is_some_and(Unit::is_running)
        })
    }

    /// The units that wait, sleep or are in a call, by number.
    pub fn waiting(&self) -> impl Iterator<Item = &Unit> {
        use super::UnitState::{InCall, Waiting};
        self.units
            .values()
            .filter(|unit| matches!(unit.state, Waiting | InCall))
    }
}
