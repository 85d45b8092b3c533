//! Lanes: what each unit did over a window of steps, for the pane 'over time'.

use std::{collections::BTreeMap, ops::Range};

use super::{State, Unit, UnitId, UnitState};
use crate::trace::{Event, EventKind, Key, Side};

/// What a unit does at one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It does not exist yet.
    Absent,
    /// It runs.
    Running,
    /// It is ready or runnable.
    Ready,
    /// It waits, is blocked, or is in a blocking call.
    Waiting,
    /// It is over.
    Over,
    /// The CPU was taken away from it at this very step.
    Preempted,
    /// It went on at this very step, on another CPU than it was on last.
    Moved,
}

impl Mark {
    /// The mark as the screen draws it; shapes differ, not colours alone.
    pub const fn symbol(self) -> char {
        match self {
            Self::Absent => ' ',
            Self::Running => '█',
            Self::Ready => '·',
            Self::Waiting => '─',
            Self::Over => '╳',
            Self::Preempted => '↯',
            Self::Moved => '»',
        }
    }

    /// What a unit does in a state.
    const fn of(unit: &Unit) -> Self {
        match unit.state {
            UnitState::New | UnitState::Ready => Self::Ready,
            UnitState::Running { .. } => Self::Running,
            UnitState::Waiting | UnitState::InCall => Self::Waiting,
            UnitState::Over(_) => Self::Over,
        }
    }
}

/// One mark that lasts from one step to before another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// What the unit does.
    pub mark: Mark,
    /// The steps at which it does.
    pub steps: Range<usize>,
}

/// One unit over time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Which unit.
    pub unit: UnitId,
    /// What it does, without a gap from the first step of the window to its
    /// last.
    pub runs: Vec<Run>,
}

impl Lane {
    /// The mark at a step.
    pub fn mark_at(&self, step: usize) -> Mark {
        let index = self.runs.partition_point(|run| run.steps.end <= step);
        match self.runs.get(index) {
            Some(run) if run.steps.contains(&step) => run.mark,
            _ => Mark::Absent,
        }
    }

    /// The unit does `mark` from `step` on; closes what it did before.
    fn turn(&mut self, mark: Mark, step: usize) {
        if let Some(last) = self.runs.last_mut() {
            if last.mark == mark {
                return;
            }
            last.steps.end = step;
            if last.steps.is_empty() {
                self.runs.pop();
            }
        }
        self.runs.push(Run {
            mark,
            steps: step..usize::MAX,
        });
    }
}

/// The lanes of every unit that exists at the last of `steps`, by number. Costs
/// one fold over the window, and a little for each unit.
pub fn lanes(side: &Side, steps: Range<usize>) -> Vec<Lane> {
    lanes_of(side, steps, |_| true)
}

/// The lanes of those units that `wanted` names: cheaper where there are
/// thousands, of which the screen has room for a few.
pub fn lanes_of(side: &Side, steps: Range<usize>, wanted: impl Fn(UnitId) -> bool) -> Vec<Lane> {
    let end = steps.end.min(side.len() + 1);
    let start = steps.start.min(end);
    let mut state = side.state_at(start);
    let mut lanes: BTreeMap<UnitId, Lane> = BTreeMap::new();
    let mark = |lanes: &mut BTreeMap<UnitId, Lane>, unit, mark, step| {
        if !wanted(unit) {
            return;
        }
        let lane = lanes.entry(unit).or_insert_with(|| {
            let runs = vec![Run {
                mark: Mark::Absent,
                steps: start..usize::MAX,
            }];
            Lane { unit, runs }
        });
        lane.turn(mark, step);
    };
    for unit in state
        .drivers
        .iter()
        .flat_map(|driver| driver.units.values())
    {
        mark(&mut lanes, unit.id, Mark::of(unit), start);
    }
    // Some marks last for one step: at the next the unit is what it then is.
    let mut passing = None;
    if let Some(event) = side.event_of_step(start) {
        let before = side.state_at(start - 1);
        let moves = moves(&event, &before);
        passing = passing_mark(&event, moves);
        if let Some((unit, passing)) = passing {
            mark(&mut lanes, unit, passing, start);
        }
    }
    for step in start + 1..end {
        let Some(event) = side.event_of_step(step) else {
            break;
        };
        let moves = moves(&event, &state);
        state.apply(&event);
        let was_passing = passing.take().map(|(unit, _)| unit);
        let changed = state.changed.iter().copied().chain(was_passing);
        for unit in changed.filter_map(|id| state.unit(id)) {
            mark(&mut lanes, unit.id, Mark::of(unit), step);
        }
        passing = passing_mark(&event, moves);
        if let Some((unit, passing)) = passing {
            mark(&mut lanes, unit, passing, step);
        }
    }
    for lane in lanes.values_mut() {
        if let Some(last) = lane.runs.last_mut() {
            last.steps.end = end.max(last.steps.start);
        }
    }
    lanes.into_values().collect()
}

/// Whether an event puts its unit on another CPU than `before` it was on last.
fn moves(event: &Event<'_>, before: &State) -> bool {
    event.kind() == Some(EventKind::Dispatched)
        && event
            .unit()
            .and_then(|unit| before.unit(unit)?.last_cpu)
            .is_some_and(|last| event.number32(Key::Cpu).is_some_and(|cpu| cpu != last))
}

/// The mark of an event that its unit bears for one step alone.
fn passing_mark(event: &Event<'_>, moves: bool) -> Option<(UnitId, Mark)> {
    let mark = match event.kind() {
        Some(EventKind::Preempted) => Mark::Preempted,
        Some(EventKind::Dispatched) if moves => Mark::Moved,
        _ => return None,
    };
    Some((event.unit()?, mark))
}
