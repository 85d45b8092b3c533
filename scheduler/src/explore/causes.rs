//! What comes before what in an execution, and which two steps race.
//!
//! A step comes before another one if a chain of steps leads there, each of which
//! depends on the one before. Every step has a vector clock: how many steps of each
//! thread come before it, or are it.
//!
//! Two steps race if they depend on each other, and the later one might as well have
//! been done first: its thread was ready for it whatever the earlier did, and it was
//! possible just before the earlier. As rules, for a later step `b`:
//!
//! 1. nothing that came before `b`'s thread was ready races with `b`; who waits with a
//!    limit is ready without being woken;
//! 2. nor does what `b` was not possible before: who unlocks does not race with who
//!    locks, but the one that locked before does;
//! 3. nor does what comes before another step that races with `b`;
//! 4. what a thread still wants to do at the end, and cannot, counts as a step there.
//!
//! Invariant: all operations that decide whether `b` is possible are on one object,
//! and come in one order: so how the object stood just before a step is the same in
//! every execution of the kind.
//!
//! Source: the journal version of the paper of [`optimal`](super::optimal), "Source
//! Sets: A Foundation for Optimal Dynamic Partial Order Reduction", JACM 64(4), 2017,
//! which has the reversible races of programs with locks.

use super::execution::{Ending, Execution};
use super::objects::RANKED;
use super::operation::{Access, Event, Op};

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Causes {
    /// How many threads there are.
    width: usize,
    /// The clock of each step, one after the other.
    clocks: Vec<u32>,
    /// The so manyth step of its thread each is, from 1.
    turns: Vec<u32>,
    /// Of each thread, the clock that it is ready with: its last step's and its
    /// waker's.
    ready: Vec<u32>,
    /// The same without its waker's: who waits with a limit is ready with that.
    alone: Vec<u32>,
    /// The steps on each object, by name.
    objects: Vec<Vec<u32>>,
    /// The races: the earlier step, and what would come in its place.
    races: Vec<(u32, Event)>,
    /// Who took each step.
    found: Vec<u32>,
    /// Room for the steps that one is compared with.
    met: Vec<u32>,
}

impl Causes {
    /// Whether step `first` comes before `later`, or is it.
    pub(super) fn comes_before(&self, first: usize, later: usize) -> bool {
        self.clocks[later * self.width + self.thread(first)] >= self.turns[first]
    }

    /// Who took step `step`.
    fn thread(&self, step: usize) -> usize {
        self.found[step] as usize
    }

    /// How many steps of `thread` come before step `step`, or are it.
    pub(super) fn known(&self, step: usize, thread: usize) -> u32 {
        self.clocks[step * self.width + thread]
    }

    /// Of which kind `execution` is, which was learned: the same for all of one kind.
    #[cfg(test)]
    pub(super) fn kind(&self, execution: &Execution) -> Vec<u64> {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let events = execution.events.iter().enumerate();
        let steps = events.map(|(step, event)| {
            let mut hasher = DefaultHasher::new();
            let clock = &self.clocks[step * self.width..(step + 1) * self.width];
            (event.thread, event.op, event.option, clock).hash(&mut hasher);
            hasher.finish()
        });
        let mut kind: Vec<u64> = steps.collect();
        kind.sort_unstable();
        kind
    }

    /// Learns `execution`.
    pub(super) fn of(&mut self, execution: &Execution) {
        let events = &execution.events;
        let highest = events.iter().map(|event| event.thread);
        let wanted = execution.wanted.iter().map(|&(thread, _)| thread);
        self.width = highest
            .chain(wanted)
            .max()
            .map_or(0, |most| most as usize + 1);
        self.clocks.clear();
        self.turns.clear();
        self.found.clear();
        self.races.clear();
        self.ready.clear();
        self.ready.resize(self.width * self.width, 0);
        self.alone.clear();
        self.alone.resize(self.width * self.width, 0);
        for steps in &mut self.objects {
            steps.clear();
        }
        for (step, event) in events.iter().enumerate() {
            self.add(step, event, events);
        }
        if matches!(execution.ending, Ending::Stuck(_)) {
            let waits = |&&(_, op): &&(u32, Op)| !op.access.only_goes_on();
            for &(thread, op) in execution.wanted.iter().filter(waits) {
                let event = Event {
                    thread,
                    op,
                    wakes: 0,
                    levels: super::objects::Levels::default(),
                    option: None,
                };
                self.find_races(&event, events); // rule 4
            }
        }
    }

    /// Step `step` follows.
    fn add(&mut self, step: usize, event: &Event, events: &[Event]) {
        let (width, thread) = (self.width, event.thread as usize);
        if event.op.object != 0 {
            self.find_races(event, events);
        }
        self.found.push(event.thread);
        let row = thread * width;
        let clock = self.clocks.len();
        self.clocks.extend_from_slice(&self.ready[row..row + width]);
        self.clocks[clock + thread] += 1;
        self.turns.push(self.clocks[clock + thread]);
        let object = event.op.object as usize;
        if object != 0 {
            if self.objects.len() <= object {
                self.objects.resize_with(object + 1, Vec::new);
            }
            let met = self.meets(event.op);
            for &before in &met {
                let before = before as usize;
                let is_known =
                    self.clocks[clock + self.found[before] as usize] >= self.turns[before];
                if !is_known && events[before].op.depends_on(event.op) {
                    let (earlier, now) = self.clocks.split_at_mut(clock);
                    let earlier = &earlier[before * width..(before + 1) * width];
                    for (now, &earlier) in now.iter_mut().zip(earlier) {
                        *now = (*now).max(earlier);
                    }
                }
            }
            self.met = met;
            let step = u32::try_from(step).unwrap_or(u32::MAX);
            self.objects[object].push(step);
            if event.op.is_ranked && !event.op.is_ranked_fence() {
                self.objects[RANKED as usize].push(step);
            }
        }
        self.ready[row..row + width].copy_from_slice(&self.clocks[clock..clock + width]);
        self.alone[row..row + width].copy_from_slice(&self.clocks[clock..clock + width]);
        for woken in super::guide::bits(event.wakes) {
            let row = woken as usize * width;
            if row >= self.ready.len() {
                continue; // it never took a step
            }
            for (known, &now) in self.ready[row..row + width]
                .iter_mut()
                .zip(&self.clocks[clock..])
            {
                *known = (*known).max(now);
            }
        }
    }

    /// The steps until now that `op` may depend on, the latest first. Who has looked at
    /// them puts their room back.
    fn meets(&mut self, op: Op) -> Vec<u32> {
        let mut steps = std::mem::take(&mut self.met);
        steps.clear();
        let on = |object: u32| self.objects.get(object as usize).into_iter().flatten();
        steps.extend(on(op.object).rev());
        if op.is_ranked && !op.is_ranked_fence() {
            steps.extend(on(RANKED));
            steps.sort_unstable_by(|one, other| other.cmp(one));
            steps.dedup();
        }
        steps
    }

    /// Finds the steps that race with `later`, which comes after all that were added.
    fn find_races(&mut self, later: &Event, events: &[Event]) {
        let steps = self.meets(later.op);
        let row = later.thread as usize * self.width;
        let begin = self.races.len();
        // careful: to go on late takes no waker, so it races with one, too.
        let ready = match later.op.access {
            Access::ResumeOrLate => &self.alone,
            _ => &self.ready,
        };
        for &first in &steps {
            let step = first as usize;
            let event = &events[step];
            let is_ready_after = ready[row + event.thread as usize] >= self.turns[step]; // rule 1
            if event.thread == later.thread
                || is_ready_after
                || !event.op.depends_on(later.op)
                || !later.op.access.is_possible(event.levels, later.thread)
            // rule 2
            {
                continue;
            }
            let leads_to = |&(other, _): &(u32, Event)| self.comes_before(step, other as usize);
            if !self.races[begin..].iter().any(leads_to) {
                // Done first, memory may do anything in it.
                let later = Event {
                    option: None,
                    ..*later
                };
                self.races.push((first, later)); // rule 3
            }
        }
        self.met = steps;
    }

    /// Calls `look` with each race: the earlier step, and the later one.
    pub(super) fn races(&self, mut look: impl FnMut(usize, Event)) {
        for &(first, later) in &self.races {
            look(first as usize, later);
        }
    }
}
