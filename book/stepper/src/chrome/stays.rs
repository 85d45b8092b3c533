//! The bars: stays on a CPU, waits, wakes, queues, and what stands out.

use std::collections::HashMap;

use super::{
    Axis,
    row::{Detail, Phase, Row},
    tracks::{Numbers, Shows, Tracks},
};
use crate::{
    fold::{State, Unit, UnitId, UnitState, Wait},
    sentence::words::{label, short},
    time,
    trace::{Event, EventKind, Key, Side, Target},
};

/// Draws one side; returns how many units it has.
pub(super) fn draw(side: &Side, axis: Axis, numbers: &mut Numbers, rows: &mut Vec<Row>) -> usize {
    let mut drawing = Drawing {
        side,
        axis,
        title: title(side),
        numbers,
        rows,
        tracks: Tracks::default(),
        units: HashMap::new(),
        on_cpu: HashMap::new(),
        queues: HashMap::new(),
        times: HashMap::new(),
        printed: 0,
        arrows: 0,
    };
    let mut state = State::new(side.target);
    for event in side.events(0..side.len()) {
        drawing.print_until(event.index(), &state);
        state.apply(&event);
        drawing.take(&event, &state);
    }
    drawing.print_until(usize::MAX, &state);
    drawing.end(&state);
    drawing.units.len()
}

/// What a side is called: `tasks · 01_two_counters_tasks`.
fn title(side: &Side) -> String {
    let units = format!("{}s", side.target.unit().word());
    if side.title.is_empty() {
        units
    } else {
        format!("{units} · {}", side.title)
    }
}

/// What is known of a unit while it is drawn.
#[derive(Debug, Default)]
struct Drawn {
    /// The rows of the stay that is going on: the unit's, and its CPU's, if we
    /// know which it has.
    stay: Option<(usize, Option<usize>)>,
    /// When its last stay was over: its end may wake others.
    left: Option<u64>,
    /// Whether a wait is open.
    waits: bool,
    /// Who woke it since it last ran: on which track, and when.
    woken: Option<(u32, u32, u64)>,
}

/// A side on its way into rows.
struct Drawing<'draw> {
    /// The side.
    side: &'draw Side,
    /// The axis.
    axis: Axis,
    /// What the side is called.
    title: String,
    /// Where numbers come from.
    numbers: &'draw mut Numbers,
    /// Where rows go.
    rows: &'draw mut Vec<Row>,
    /// Whose tracks are which.
    tracks: Tracks,
    /// The units.
    units: HashMap<UnitId, Drawn>,
    /// Who is on which CPU of which driver.
    on_cpu: HashMap<(u32, u32), UnitId>,
    /// How many could run when that was last said, by driver.
    queues: HashMap<u32, usize>,
    /// The latest instant of each driver (`chrome`'s 1).
    times: HashMap<u32, u64>,
    /// How many pieces of output have been drawn.
    printed: usize,
    /// How many arrows have been drawn in this side.
    arrows: u64,
}

impl Drawing<'_> {
    /// Draws what an event has changed.
    fn take(&mut self, event: &Event<'_>, state: &State) {
        let driver = event.driver();
        let said = match self.axis {
            Axis::Time => state.driver_of(driver).map_or(0, |driver| driver.time),
            Axis::Steps => (event.index() as u64 + 1) * 1000,
        };
        let now = self.times.entry(driver).or_default();
        *now = said.max(*now);
        let now = *now;
        self.wake(event, state, now);
        for &id in &state.changed {
            if let Some(unit) = state.unit(id) {
                self.unit(unit, event, state, now);
            }
        }
        self.queue(driver, state, now);
        self.stand_out(event, state, now);
    }

    /// The track of a unit.
    fn track(&mut self, id: UnitId, state: &State) -> (u32, u32) {
        let name = label(state, self.side, Some(id));
        self.thread(Shows::Unit(id), &name)
    }

    /// A track of this side.
    fn thread(&mut self, shows: Shows, name: &str) -> (u32, u32) {
        let (numbers, rows) = (&mut *self.numbers, &mut *self.rows);
        self.tracks.thread(shows, name, &self.title, numbers, rows)
    }

    /// Notes who woke a unit, if a unit did that runs.
    fn wake(&mut self, event: &Event<'_>, state: &State, now: u64) {
        let wakes = matches!(event.kind(), Some(EventKind::Woken | EventKind::Runnable));
        let (Some(unit), Some(by)) = (event.unit(), event.by_unit()) else {
            return;
        };
        let runs = self
            .units
            .get(&by)
            .is_some_and(|by| by.stay.is_some() || by.left == Some(now));
        if wakes && runs && unit != by {
            let (pid, tid) = self.track(by, state);
            self.units.entry(unit).or_default().woken = Some((pid, tid, now));
        }
    }

    /// Brings a unit's bars up to what it does now.
    fn unit(&mut self, unit: &Unit, event: &Event<'_>, state: &State, now: u64) {
        let drawn = self.units.entry(unit.id).or_default();
        let (on_cpu, waits) = (drawn.stay.is_some(), drawn.waits);
        let (runs, must_wait) = match unit.state {
            UnitState::Running { cpu } => (Some(cpu), false),
            UnitState::Waiting | UnitState::InCall => (None, true),
            _ => (None, false),
        };
        // A stay that this very event begins anew is a new one.
        let begins = matches!(
            event.kind(),
            Some(EventKind::Polled | EventKind::Dispatched)
        ) && event.unit() == Some(unit.id);
        if on_cpu && (runs.is_none() || begins) {
            self.leave(unit.id, now, event.name(), Some((unit, event, state)));
        }
        if waits && !must_wait {
            self.end_wait(unit.id, state, now);
        }
        if let Some(cpu) = runs
            && (!on_cpu || begins)
        {
            self.enter(unit, cpu, event, state, now);
        }
        if must_wait && !waits {
            self.begin_wait(unit, state, now);
        }
    }

    /// A stay begins.
    fn enter(&mut self, unit: &Unit, cpu: u32, event: &Event<'_>, state: &State, now: u64) {
        let id = unit.id;
        if let Some(other) = self.on_cpu.insert((id.driver, cpu), id)
            && other != id
        {
            self.leave(other, now, "another runs there", None); // (4)
        }
        let (pid, tid) = self.track(id, state);
        let place = unit.at.and_then(|at| self.side.place(at));
        let name = match (unit.at_work, place) {
            (Some(job), _) => format!("job {job}"), // of a worker process
            (None, Some(place)) => format!("{}:{}", place.file_name(), place.line),
            (None, None) => "runs".to_owned(),
        };
        let mut row = Row {
            phase: Phase::Lasts(0),
            name,
            time: now,
            pid,
            tid,
            details: vec![
                ("t_ns", Detail::Number(event.time())),
                ("first_step", Detail::Number(event.index() as u64 + 1)),
            ],
        };
        row.text("from", place.map(ToString::to_string));
        row.text("why", event.text(Key::Why));
        let stay = self.rows.len();
        self.rows.push(row.clone());
        // Where a process runs, the kernel decides, and tells nobody.
        let on_cpu = (self.side.target != Target::Process).then(|| {
            row.name = label(state, self.side, Some(id));
            let cpu_track = self.thread(Shows::Cpu(id.driver, cpu), &format!("CPU {cpu}"));
            row.tid = cpu_track.1;
            self.rows.push(row);
            self.rows.len() - 1
        });
        let drawn = self.units.entry(id).or_default();
        drawn.stay = Some((stay, on_cpu));
        if let Some((from_pid, from_tid, time)) = drawn.woken.take() {
            // (3) Arrows of several sides in one file must not meet.
            self.arrows += 1;
            let arrow = u64::from(pid) << 32 | self.arrows;
            let name = "wakes";
            self.push(Phase::Starts(arrow), name, time, (from_pid, from_tid));
            self.push(Phase::Arrives(arrow), name, now, (pid, tid));
        }
    }

    /// A stay is over; `why` and where, if an event of the unit's own says so.
    fn leave(&mut self, id: UnitId, now: u64, why: &str, own: Option<(&Unit, &Event<'_>, &State)>) {
        let stay = self.units.get_mut(&id).and_then(|unit| unit.stay.take());
        self.on_cpu.retain(|_, unit| *unit != id);
        let Some((unit_row, cpu_row)) = stay else {
            return;
        };
        if let Some(unit) = self.units.get_mut(&id) {
            unit.left = Some(now);
        }
        for row in std::iter::once(unit_row).chain(cpu_row) {
            let row = &mut self.rows[row];
            row.phase = Phase::Lasts(now.saturating_sub(row.time));
            row.text("stopped", Some(why));
            if let Some((unit, event, state)) = own {
                let at = unit.at.and_then(|at| self.side.place(at));
                row.text("at", at.map(ToString::to_string));
                let last = Detail::Number(event.index() as u64 + 1);
                row.details.push(("last_step", last));
                row.text("waits_for", waits(self.side, state, unit));
                row.text("message", unit.message.as_deref());
            }
        }
    }

    /// A wait begins.
    fn begin_wait(&mut self, unit: &Unit, state: &State, now: u64) {
        self.units.entry(unit.id).or_default().waits = true;
        let (pid, tid) = self.track(unit.id, state);
        let name = format!("{} waits", label(state, self.side, Some(unit.id)));
        self.push(Phase::Begins(tid.into()), &name, now, (pid, tid));
        let what = waits(self.side, state, unit);
        if let Some(row) = self.rows.last_mut() {
            row.text("for", what);
        }
    }

    /// A wait is over (2).
    fn end_wait(&mut self, id: UnitId, state: &State, now: u64) {
        self.units.entry(id).or_default().waits = false;
        let (pid, tid) = self.track(id, state);
        let name = format!("{} waits", label(state, self.side, Some(id)));
        self.push(Phase::Ends(tid.into()), &name, now, (pid, tid));
    }

    /// How many can run, if that has changed.
    fn queue(&mut self, driver: u32, state: &State, now: u64) {
        let long = state.driver_of(driver).map_or(0, |it| it.queue.len());
        let last = self.queues.insert(driver, long);
        if last.unwrap_or(0) == long {
            return;
        }
        let (numbers, rows) = (&mut *self.numbers, &mut *self.rows);
        let pid = self.tracks.process(driver, &self.title, numbers, rows);
        self.push(Phase::Counts, "can run", now, (pid, pid));
        if let Some(row) = self.rows.last_mut() {
            let long = Detail::Number(long as u64);
            row.details.push(("in the queue", long));
        }
    }

    /// What stands out: a race, a deadlock, a fault, a hole, a named place.
    fn stand_out(&mut self, event: &Event<'_>, state: &State, now: u64) {
        let stands_out = match event.kind() {
            Some(kind) => matches!(
                kind,
                EventKind::Deadlock
                    | EventKind::Faulted
                    | EventKind::Lost
                    | EventKind::Marked
                    | EventKind::Panicked
                    | EventKind::SlowPoll
            ),
            None => true,
        } || event.name() == "raced";
        if !stands_out {
            return;
        }
        let track = match event.unit() {
            Some(unit) => self.track(unit, state),
            None => self.thread(Shows::Cpu(event.driver(), 0), "CPU 0"),
        };
        let name = match (event.kind(), event.text(Key::Name)) {
            (Some(EventKind::Marked), Some(name)) => format!("marked {name}"),
            _ => event.name().to_owned(),
        };
        self.push(Phase::Instant, &name, now, track);
        let at = event.at().map(ToString::to_string);
        if let Some(row) = self.rows.last_mut() {
            row.text("says", Some(event.summary()));
            row.text("at", at);
        }
    }

    /// What was printed by the time of `step` events.
    fn print_until(&mut self, step: usize, state: &State) {
        while let Some(piece) = self.side.output.get(self.printed)
            && piece.step <= step
        {
            let driver = state.driver().map_or(0, |driver| driver.number);
            let now = self.times.get(&driver).copied().unwrap_or(0);
            let track = self.thread(Shows::Output(driver), "output");
            self.push(Phase::Instant, piece.text, now, track);
            self.printed += 1;
        }
    }

    /// The trace is over: what still goes on ends here (2).
    fn end(&mut self, state: &State) {
        let mut open: Vec<UnitId> = self.units.keys().copied().collect();
        open.sort_unstable();
        for id in open {
            let now = self.times.get(&id.driver).copied().unwrap_or(0);
            self.leave(id, now, "the trace ends", None);
            if self.units.get(&id).is_some_and(|unit| unit.waits) {
                self.end_wait(id, state, now);
            }
        }
    }

    /// Adds a row without details.
    fn push(&mut self, phase: Phase, name: &str, time: u64, (pid, tid): (u32, u32)) {
        self.rows.push(Row {
            phase,
            name: name.to_owned(),
            time,
            pid,
            tid,
            details: Vec::new(),
        });
    }
}

/// What a unit waits for, in words; nothing if nobody knows.
fn waits(side: &Side, state: &State, unit: &Unit) -> Option<String> {
    let words: Vec<String> = unit
        .waits
        .iter()
        .map(|wait| match wait {
            Wait::Thing(reference) => short(state, side, *reference),
            Wait::Sleep(Some(until)) => format!("the time {}", time::show(*until)),
            Wait::Sleep(None) => "some time to pass".to_owned(),
            Wait::Call(what) | Wait::Other(what) => what.to_string(),
        })
        .collect();
    (!words.is_empty()).then(|| words.join(" or "))
}
