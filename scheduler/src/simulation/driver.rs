//! The simulation's loop: from one instant at which something happens to the next.
//!
//! At each instant, in this order (the order of `Policy`'s documentation):
//!
//! 1. stays on a CPU that end now, in the order of the CPUs;
//! 2. the policy's timer, if it is due;
//! 3. jobs that become runnable now, in the order in which that was settled,
//!    each followed by the question whether it preempts;
//! 4. a pick for each free CPU, in the order of the CPUs.
//!
//! [`Tie::ArrivalFirst`] puts step 3 before step 1.
//!
//! Invariants: (1) `stored` is the number of jobs in state Runnable. (2) Each
//! step of a job is consumed once, so the loop ends. Costs: O(log jobs) for an
//! arrival or unblocking, O(CPUs) for any other event.

mod ending;
mod picks;
mod turns;

use super::chart::{Chart, Segment};
use super::job::Step;
use super::outcome::{Failure, Outcome, Release};
use super::unit::{State, Unit};
use super::{Simulation, Tie};
use crate::policy::calls::Calls;
use crate::policy::{Attributes, CpuId, Policy, Rule, StopReason, ThreadId, What};
use crate::time::Time;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;
use turns::Turns;

/// A stay on a CPU that goes on.
#[derive(Clone, Copy, Debug)]
struct Stay {
    /// Who: an index of [`Driver::units`].
    unit: usize,
    /// Since when it runs; before that the CPU is busy with the switch to it.
    start: Time,
    /// Until when it is charged for already.
    charged: Time,
    /// When it will end if nobody preempts.
    end: Time,
    /// Whether it will end because the burst does, not the quantum.
    burst_ends: bool,
}

/// One simulation under way.
#[derive(Debug)]
pub(super) struct Driver<'a, 'p> {
    /// Who is asked.
    policy: Asked<'p>,
    /// What it was asked last.
    calls: Calls,
    /// Whose turn does not come, if that has a limit.
    turns: Option<Turns>,
    /// The jobs, that of thread n at n - 1.
    units: Vec<Unit<'a>>,
    /// The CPUs, with the stay that goes on there.
    cpus: Vec<Option<Stay>>,
    /// Whose registers each CPU holds: who ran there last.
    loaded: Vec<Option<usize>>,
    /// How long a CPU takes to switch to another thread.
    switch_cost: Duration,
    /// When blocked jobs become runnable, the soonest on top; those of the same
    /// instant in the order of the second number.
    wakes: BinaryHeap<Reverse<(Time, u64, usize)>>,
    /// How many wakes were ever pushed.
    wakes_pushed: u64,
    /// How many jobs are runnable.
    stored: usize,
    /// How many jobs are not finished.
    unfinished: usize,
    /// When the policy's timer is due.
    timer: Option<Time>,
    /// What goes first.
    tie: Tie,
    /// Whether segments are recorded.
    record: bool,
    /// What has happened.
    chart: Chart,
    /// What was done that had a deadline.
    releases: Vec<Release>,
    /// How often a CPU was given to a job.
    dispatches: u64,
    /// How often a job went on on another CPU than it ran on last.
    migrations: u64,
    /// How long each CPU ran jobs.
    busy: Vec<Duration>,
    /// Whether any job may run on one CPU only.
    some_are_bound: bool,
}

/// A policy, shown as its name: not every policy can show more.
struct Asked<'p>(&'p mut dyn Policy);

impl std::fmt::Debug for Asked<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.name())
    }
}

/// The thread of the job at `index`.
fn thread_at(index: usize) -> ThreadId {
    ThreadId(u32::try_from(index + 1).expect("there are fewer than 2^32 jobs"))
}

impl<'a, 'p> Driver<'a, 'p> {
    /// Everything blocked until its arrival.
    pub(super) fn new(simulation: &'a Simulation, policy: &'p mut dyn Policy) -> Self {
        let mut driver = Driver {
            policy: Asked(policy),
            calls: Calls::new(),
            turns: simulation.starvation_limit.map(Turns::new),
            units: Vec::with_capacity(simulation.jobs.len()),
            cpus: vec![None; simulation.cpus as usize],
            loaded: vec![None; simulation.cpus as usize],
            switch_cost: simulation.switch_cost,
            wakes: BinaryHeap::with_capacity(simulation.jobs.len()),
            wakes_pushed: 0,
            stored: 0,
            unfinished: simulation.jobs.len(),
            timer: None,
            tie: simulation.tie,
            record: simulation.chart,
            chart: Chart::default(),
            releases: Vec::new(),
            dispatches: 0,
            migrations: 0,
            busy: vec![Duration::ZERO; simulation.cpus as usize],
            some_are_bound: simulation.jobs.iter().any(|job| job.affinity.is_some()),
        };
        for (index, job) in simulation.jobs.iter().enumerate() {
            driver.units.push(Unit::new(thread_at(index), job));
            driver.wake_at(job.arrival, index);
        }
        driver
    }

    /// Goes from instant to instant until every job is finished.
    pub(super) fn run(mut self) -> Result<Outcome, Box<Failure>> {
        while self.unfinished > 0 {
            let now = self.next_instant();
            self.chart.end = now;
            if let Err(rule) = self.instant(now) {
                return Err(Box::new(self.fail(rule, now)));
            }
        }
        Ok(self.outcome())
    }

    /// When something happens next.
    fn next_instant(&mut self) -> Time {
        let turns = self.turns.as_mut();
        let starves = turns.and_then(|turns| turns.starves_at(&self.units));
        let ends = self.cpus.iter().flatten().map(|stay| stay.end);
        let wake = self.wakes.peek().map(|Reverse((time, ..))| *time);
        ends.chain(wake)
            .chain(self.timer)
            .chain(starves)
            .min()
            .expect("an unfinished job is blocked with a wake, on a CPU, or rule 2 was broken")
    }

    /// All that happens at `now`.
    fn instant(&mut self, now: Time) -> Result<(), Rule> {
        if self.tie == Tie::ArrivalFirst {
            self.wake_due(now); // step 3
        }
        for cpu in 0..self.cpus.len() {
            // step 1
            if self.cpus[cpu].is_some_and(|stay| stay.end == now) {
                self.stop_at_end(cpu, now);
            }
        }
        if self.timer.is_some_and(|timer| timer <= now) {
            self.run_timer(now); // step 2
        }
        if self.tie == Tie::ExpiredFirst {
            self.wake_due(now); // step 3
        }
        for cpu in 0..self.cpus.len() {
            // step 4
            if self.cpus[cpu].is_none() {
                self.pick(cpu, now)?;
            }
        }
        if let Some(turns) = &mut self.turns {
            turns.check(&self.units, now)?;
        }
        self.timer = self.policy.0.next_timer(now);
        match self.timer {
            Some(timer) if timer <= now => Err(Rule::TimerNotInFuture { timer }),
            _ => Ok(()),
        }
    }

    /// Step 1: the stay on `cpu` is over by itself.
    fn stop_at_end(&mut self, cpu: usize, now: Time) {
        let stay = self.cpus[cpu].expect("the caller saw it");
        if !stay.burst_ends {
            self.stop(cpu, StopReason::QuantumExpired, now);
            return;
        }
        let unit = &mut self.units[stay.unit];
        let reason = match unit.steps {
            [Step::Wait(wait), rest @ ..] => {
                unit.steps = rest;
                self.wake_at(now + *wait, stay.unit);
                StopReason::Blocked
            }
            [Step::Yield, rest @ ..] => {
                unit.steps = rest;
                StopReason::Yielded
            }
            _ => {
                self.releases.extend(unit.done(now));
                match unit.next_release() {
                    None => StopReason::Finished,
                    Some(due) if due <= now => StopReason::Yielded, // it is late already
                    Some(due) => {
                        self.wake_at(due, stay.unit);
                        StopReason::Blocked
                    }
                }
            }
        };
        self.stop(cpu, reason, now);
    }

    /// Takes the job off `cpu` and tells the policy.
    fn stop(&mut self, cpu: usize, reason: StopReason, now: Time) {
        let stay = self.cpus[cpu]
            .take()
            .expect("only a running job is stopped");
        let unit = &mut self.units[stay.unit];
        unit.charge(now - stay.charged);
        let start = stay.start.min(now);
        self.busy[cpu] += now - start;
        unit.waiting += start - unit.since;
        if stay.start <= now {
            unit.first_run.get_or_insert(start);
        } else {
            self.loaded[cpu] = None; // stopped while the CPU still switched to it
        }
        if self.record {
            self.chart.segments.push(Segment {
                thread: unit.attributes.id,
                cpu: cpu_id(cpu),
                runnable_since: unit.since,
                start,
                end: now,
                stop: reason,
            });
        }
        match reason {
            StopReason::Blocked => unit.state = State::Blocked,
            StopReason::Finished => {
                unit.state = State::Finished;
                unit.finish = now;
                self.unfinished -= 1;
            }
            StopReason::QuantumExpired | StopReason::Preempted | StopReason::Yielded => {
                unit.give_way(reason, now);
                self.stored += 1; // invariant 1
                if let Some(turns) = &mut self.turns {
                    turns.begin(now, stay.unit);
                }
            }
        }
        let ran = now - stay.start;
        let what = What::Stopped {
            thread: unit.attributes.id,
            ran,
            why: reason,
        };
        self.calls.note(now, what);
        self.policy.0.stopped(&unit.attributes, ran, reason, now);
    }

    /// Step 2: nobody runs while the policy's timer does.
    fn run_timer(&mut self, now: Time) {
        for cpu in 0..self.cpus.len() {
            if self.cpus[cpu].is_some() {
                self.stop(cpu, StopReason::Preempted, now);
            }
        }
        self.calls.note(now, What::Timer);
        self.policy.0.timer(now);
    }

    /// Settles that the job at `index` becomes runnable at `time`.
    fn wake_at(&mut self, time: Time, index: usize) {
        self.wakes.push(Reverse((time, self.wakes_pushed, index)));
        self.wakes_pushed += 1;
    }

    /// Step 3: the jobs that become runnable now.
    fn wake_due(&mut self, now: Time) {
        while let Some(&Reverse((time, _, index))) = self.wakes.peek()
            && time <= now
        {
            self.wakes.pop();
            self.wake(index, now);
        }
    }

    /// Makes the job at `index` runnable; it may preempt another at once.
    fn wake(&mut self, index: usize, now: Time) {
        let unit = &mut self.units[index];
        let why = unit.wake(now);
        self.stored += 1; // invariant 1
        if let Some(turns) = &mut self.turns {
            turns.begin(now, index);
        }
        let thread = unit.attributes.id;
        self.calls.note(now, What::Ready { thread, why });
        self.policy.0.ready(&unit.attributes, why, now);
        if self.finds_no_free_cpu(index)
            && let Some(victim) = self.victim(index, now)
        {
            self.stop(victim, StopReason::Preempted, now);
        }
    }

    /// Whether the job at `index`, which became runnable a moment ago, has to take
    /// a CPU from somebody to run now.
    fn finds_no_free_cpu(&self, index: usize) -> bool {
        if let Some(CpuId(only)) = self.units[index].attributes.affinity {
            return self.cpus[only as usize].is_some();
        }
        let free = self.cpus.iter().filter(|cpu| cpu.is_none()).count();
        if free == 0 || !self.some_are_bound {
            return self.stored > free;
        }
        // Who is bound to a busy CPU is no rival for a free one.
        let is_rival = |unit: &&Unit<'_>| {
            let only = unit.attributes.affinity;
            unit.state == State::Runnable
                && only.is_none_or(|CpuId(only)| self.cpus[only as usize].is_none())
        };
        self.units.iter().filter(is_rival).count() > free
    }

    /// The CPU, if any, that the job at `index` takes from whoever runs there:
    /// of several, from the one that the others would preempt.
    fn victim(&mut self, index: usize, now: Time) -> Option<usize> {
        let mut victim: Option<(usize, usize)> = None;
        for cpu in 0..self.cpus.len() {
            let Some(stay) = &mut self.cpus[cpu] else {
                continue;
            };
            if stay.end <= now {
                continue; // it stops by itself in a moment (the arrival went first)
            }
            self.units[stay.unit].charge(now - stay.charged);
            stay.charged = stay.charged.max(now); // careful: it may still be switched to
            let current = &self.units[stay.unit].attributes;
            let new = &self.units[index].attributes;
            if new.affinity.is_some_and(|only| only != cpu_id(cpu)) {
                continue;
            }
            let mut more_than = |other: &Attributes| {
                let answer = self.policy.0.preempts(other, current, now);
                if answer {
                    let what = What::Preempts {
                        new: other.id,
                        current: current.id,
                        answer: Some(true),
                    };
                    self.calls.note(now, what);
                }
                answer
            };
            if more_than(new)
                && victim.is_none_or(|(_, unit)| more_than(&self.units[unit].attributes))
            {
                victim = Some((cpu, stay.unit));
            }
        }
        victim.map(|(cpu, _)| cpu)
    }
}

/// The name of the CPU at `index`.
fn cpu_id(index: usize) -> CpuId {
    CpuId(u32::try_from(index).expect("CPUs are counted in u32"))
}
