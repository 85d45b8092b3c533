//! The tracks: which process and which thread of the picture is whose.
//!
//! A loop, a scheduler or a pool is a process there; each of its units is a
//! thread, and so is each of its CPUs, and its output.
//!
//! Invariant: a number is given once in a whole file, from 1: viewers take 0 for
//! the idle thread, and one number under two processes for one thread.

use std::collections::HashMap;

use super::row::{Detail, Phase, Row};
use crate::fold::UnitId;

/// What a track shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Shows {
    /// A unit.
    Unit(UnitId),
    /// A CPU of a driver.
    Cpu(u32, u32),
    /// What the program prints.
    Output(u32),
}

impl Shows {
    /// The driver that it belongs to.
    const fn driver(self) -> u32 {
        match self {
            Self::Unit(unit) => unit.driver,
            Self::Cpu(driver, _) | Self::Output(driver) => driver,
        }
    }

    /// Its place under its process: CPUs, then units, then the output.
    const fn place(self) -> u64 {
        match self {
            Self::Cpu(_, cpu) => cpu as u64,
            Self::Unit(unit) => 100_000 + unit.number as u64,
            Self::Output(_) => u32::MAX as u64,
        }
    }
}

/// The numbers given so far.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// The last one given.
    last: u32,
}

impl Numbers {
    /// The next one.
    pub(super) fn next(&mut self) -> u32 {
        self.last = self.last.saturating_add(1);
        self.last
    }
}

/// The tracks of one side.
#[derive(Debug, Default)]
pub(super) struct Tracks {
    /// Of each driver: its process.
    processes: HashMap<u32, u32>,
    /// Of what is shown: its process and its thread.
    threads: HashMap<Shows, (u32, u32)>,
}

impl Tracks {
    /// The process of a driver; `title` names it when it is new.
    pub(super) fn process(
        &mut self,
        driver: u32,
        title: &str,
        numbers: &mut Numbers,
        rows: &mut Vec<Row>,
    ) -> u32 {
        *self.processes.entry(driver).or_insert_with(|| {
            let pid = numbers.next();
            let name = if driver == 0 {
                title.to_owned()
            } else {
                format!("{title} · {driver}")
            };
            rows.push(about(pid, pid, "process_name", "name", Detail::Text(name)));
            let place = Detail::Number(pid.into());
            rows.push(about(pid, pid, "process_sort_index", "sort_index", place));
            pid
        })
    }

    /// The process and the thread of what is shown; `name` names it when it is
    /// new.
    pub(super) fn thread(
        &mut self,
        shows: Shows,
        name: &str,
        title: &str,
        numbers: &mut Numbers,
        rows: &mut Vec<Row>,
    ) -> (u32, u32) {
        if let Some(&known) = self.threads.get(&shows) {
            return known;
        }
        let pid = self.process(shows.driver(), title, numbers, rows);
        let tid = numbers.next();
        let name = Detail::Text(name.to_owned());
        rows.push(about(pid, tid, "thread_name", "name", name));
        let place = Detail::Number(shows.place());
        rows.push(about(pid, tid, "thread_sort_index", "sort_index", place));
        self.threads.insert(shows, (pid, tid));
        (pid, tid)
    }
}

/// What is to be known of a track.
fn about(pid: u32, tid: u32, what: &str, key: &'static str, detail: Detail) -> Row {
    Row {
        phase: Phase::About,
        name: what.to_owned(),
        time: 0,
        pid,
        tid,
        details: vec![(key, detail)],
    }
}
