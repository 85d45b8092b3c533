//! Step 4: a free CPU gets a job, if the policy's answer keeps the rules.
//!
//! The rules are those of [`Rule`]; each has its number where it is checked.
//!
//! Book: chapter 2. Mirror: `dispatcher::picks`, the same for real threads.

use super::{Driver, State, Stay, Unit, cpu_id};
use crate::policy::{Instead, Rule, What};
use crate::time::Time;

impl Driver<'_, '_> {
    /// Step 4: asks who runs on `cpu`, checks the answer, and obeys.
    pub(super) fn pick(&mut self, cpu: usize, now: Time) -> Result<(), Rule> {
        let pick = self.policy.0.pick(cpu_id(cpu), now);
        let what = What::Pick {
            cpu: cpu_id(cpu),
            answer: Some(pick.into()),
        };
        self.calls.note(now, what);
        let Some(pick) = pick else {
            return self.check_idle(cpu);
        };
        let thread = pick.thread;
        let index = (thread.0 as usize).wrapping_sub(1);
        let is = match self.units.get(index).map(|unit| unit.state) {
            Some(State::Runnable) => None,
            Some(State::Running) => Some(Instead::Running),
            Some(State::Blocked) => Some(Instead::Blocked),
            Some(State::Finished) => Some(Instead::Finished),
            None => Some(Instead::Unknown),
        };
        let cpu_id = cpu_id(cpu);
        if let Some(is) = is {
            // rule 1
            return Err(Rule::PickedWhatIsNotRunnable {
                cpu: cpu_id,
                thread,
                is,
            });
        }
        let unit = &mut self.units[index];
        if let Some(only) = unit.attributes.affinity
            && only != cpu_id
        {
            // rule 3
            return Err(Rule::WrongCpu {
                cpu: cpu_id,
                thread,
                only,
            });
        }
        if pick.quantum.is_some_and(|quantum| quantum.is_zero()) {
            return Err(Rule::ZeroQuantum { thread }); // rule 4
        }
        unit.state = State::Running;
        self.stored -= 1; // invariant 1
        self.dispatches += 1;
        let moved = unit.last_cpu.replace(cpu).is_some_and(|last| last != cpu);
        self.migrations += u64::from(moved);
        let burst_ends = pick.quantum.is_none_or(|quantum| unit.burst <= quantum);
        let stay = if burst_ends {
            unit.burst
        } else {
            pick.quantum.unwrap_or_default()
        };
        let start = match self.loaded[cpu].replace(index) {
            Some(last) if last == index => now,
            _ => now + self.switch_cost,
        };
        self.cpus[cpu] = Some(Stay {
            unit: index,
            start,
            charged: start,
            end: start + stay,
            burst_ends,
        });
        Ok(())
    }

    /// Rule 2: `cpu` may idle only if no runnable job may run there.
    fn check_idle(&self, cpu: usize) -> Result<(), Rule> {
        if self.stored == 0 {
            return Ok(());
        }
        let cpu = cpu_id(cpu);
        let may_run = |unit: &&Unit<'_>| {
            unit.state == State::Runnable && unit.attributes.affinity.is_none_or(|only| only == cpu)
        };
        match self
            .units
            .iter()
            .filter(may_run)
            .min_by_key(|unit| unit.since)
        {
            None => Ok(()),
            Some(unit) => Err(Rule::IdleBesideRunnable {
                cpu,
                thread: unit.attributes.id,
                since: unit.since,
                told: unit.told,
            }),
        }
    }
}
