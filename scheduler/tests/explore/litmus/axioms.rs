//! What C++20 lets a litmus test come to, from its axioms: every way in which loads could
//! read and stores could be ordered is made, and held against them.
//!
//! Written without a look at how the search does it: it shares no code with it, and knows
//! no execution step by step. It follows ISO C++20, \[intro.races\] and \[atomics.order\].

use super::program::{Does, Program, text};
use scheduler::sync::atomic::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// A set of events, a bit for each.
type Set = u64;

/// One access or fence.
#[derive(Clone, Debug)]
struct Event {
    does: Does,
    /// None for what an atomic is worth at first.
    thread: Option<usize>,
}

/// One candidate: who reads what, and in which order stores come.
struct Candidate<'a> {
    events: &'a [Event],
    /// The store that each load reads.
    from: BTreeMap<usize, usize>,
    /// The stores of each atomic, in order.
    orders: &'a BTreeMap<String, Vec<usize>>,
    /// Exchanges that fail are loads.
    failed: Set,
}

/// Whether `relation` leads from some event to itself, and what it leads to in all.
fn closure(mut relation: Vec<Set>) -> (bool, Vec<Set>) {
    for middle in 0..relation.len() {
        let row = relation[middle];
        for set in &mut relation {
            if *set >> middle & 1 == 1 {
                *set |= row;
            }
        }
    }
    let cycles = relation
        .iter()
        .enumerate()
        .any(|(at, set)| set >> at & 1 == 1);
    (cycles, relation)
}

impl Candidate<'_> {
    fn writes(&self, event: usize) -> bool {
        let could = !matches!(self.events[event].does, Does::Load(..) | Does::Fence(_));
        could && self.failed >> event & 1 == 0
    }

    fn reads(&self, event: usize) -> bool {
        self.from.contains_key(&event)
    }

    fn ordering(&self, event: usize) -> Ordering {
        match self.events[event].does {
            Does::Load(_, _, how)
            | Does::Store(_, _, how)
            | Does::Add(_, _, how)
            | Does::Fence(how) => how,
            Does::Exchange(_, _, _, (succeeds, fails)) => {
                if self.failed >> event & 1 == 1 {
                    fails
                } else {
                    succeeds
                }
            }
        }
    }

    fn is_fence(&self, event: usize) -> bool {
        matches!(self.events[event].does, Does::Fence(_))
    }

    /// What a load reads, and what a store writes.
    fn values(&self, event: usize, depth: usize) -> Option<(u32, u32)> {
        if depth > self.events.len() {
            return None; // out of thin air
        }
        let read = match self.from.get(&event) {
            Some(&from) => self.values(from, depth + 1)?.1,
            None => 0,
        };
        let written = match self.events[event].does {
            Does::Store(_, value, _) => value,
            Does::Add(_, more, _) => read + more,
            Does::Exchange(_, _, (_, to), _) => to,
            Does::Load(..) | Does::Fence(_) => 0,
        };
        Some((read, written))
    }

    /// Whether `one` is sequenced before `other`; the first values before everything.
    fn sequenced(&self, one: usize, other: usize) -> bool {
        let (first, second) = (self.events[one].thread, self.events[other].thread);
        one < other && (first.is_none() || first == second) && second.is_some()
    }

    /// Whether the axioms allow it. With `acyclic` no load reads a store that depends on
    /// what comes after it, and the one order is not against the order of execution.
    fn is_allowed(&self, acyclic: bool) -> bool {
        // Modification order, and an update reads just what it comes behind.
        let mut place = BTreeMap::new();
        for order in self.orders.values() {
            let order = order.iter().filter(|&&it| self.writes(it));
            place.extend(order.enumerate().map(|(at, &event)| (event, at)));
        }
        for (&load, &from) in &self.from {
            if self.writes(load) && place[&load] != place[&from] + 1 {
                return false;
            }
        }
        let (_, before) = closure(self.coherence(&place));
        let (cycles, happens) = closure(self.happens());
        if cycles {
            return false;
        }
        let all = 0..self.events.len();
        let is_against = |one: usize| {
            let mut others = all.clone();
            others.any(|other| leads(&happens, one, other) && leads(&before, other, one))
        };
        if all.clone().any(is_against) {
            return false;
        }
        !closure(self.ranks(acyclic, &before, &happens)).0
    }

    /// What is coherence-ordered before what, at once; `place` is the modification order.
    fn coherence(&self, place: &BTreeMap<usize, usize>) -> Vec<Set> {
        let is_about = |one: usize, other: usize| {
            self.events[one].does.atomic() == self.events[other].does.atomic()
        };
        self.relation(|one, other| {
            let reads_from = self.from.get(&other) == Some(&one);
            let stored_before =
                || self.writes(one) && self.writes(other) && place[&one] < place[&other];
            let read_before =
                || self.reads(one) && self.writes(other) && place[&self.from[&one]] < place[&other];
            other != one && is_about(one, other) && (reads_from || stored_before() || read_before())
        })
    }

    /// What happens before what, at once: it is sequenced before it, or synchronizes with
    /// it.
    fn happens(&self) -> Vec<Set> {
        let all = self.events.len();
        let releases =
            |event| !matches!(self.ordering(event), Ordering::Relaxed | Ordering::Acquire);
        let acquires =
            |event| !matches!(self.ordering(event), Ordering::Relaxed | Ordering::Release);
        let mut happens = self.relation(|one, other| self.sequenced(one, other));
        for (&load, &from) in &self.from {
            // The heads of the release sequences that it reads.
            let mut heads = vec![from];
            let mut head = from;
            while let Some(&earlier) = self.from.get(&head).filter(|_| self.writes(head)) {
                head = earlier;
                heads.push(head);
            }
            for head in heads {
                let givers = (0..all).filter(|&it| {
                    releases(it) && (it == head || self.is_fence(it) && self.sequenced(it, head))
                });
                for giver in givers {
                    let takers = (0..all).filter(|&it| {
                        acquires(it)
                            && (it == load || self.is_fence(it) && self.sequenced(load, it))
                    });
                    let is_store = self.is_fence(giver) || self.writes(giver);
                    if is_store && self.events[giver].thread.is_some() {
                        happens[giver] |= takers.fold(0, |takers, it| takers | 1 << it);
                    }
                }
            }
        }
        happens
    }

    /// What the one order of `SeqCst` operations has before what.
    fn ranks(&self, acyclic: bool, before: &[Set], happens: &[Set]) -> Vec<Set> {
        let all = self.events.len();
        let is_ranked = |event: usize| {
            self.ordering(event) == Ordering::SeqCst && self.events[event].thread.is_some()
        };
        let mut ranks = self.relation(|one, other| {
            let is_executed =
                acyclic && (self.sequenced(one, other) || self.from.get(&other) == Some(&one));
            let is_known = is_ranked(one) && is_ranked(other) && leads(happens, one, other);
            is_executed || is_known
        });
        for one in 0..all {
            for other in (0..all).filter(|&other| leads(before, one, other)) {
                let begins = (0..all).filter(|&it| {
                    is_ranked(it) && (it == one || self.is_fence(it) && leads(happens, it, one))
                });
                for begin in begins {
                    let ends = (0..all).filter(|&it| {
                        is_ranked(it)
                            && (it == other || self.is_fence(it) && leads(happens, other, it))
                    });
                    ranks[begin] |= ends.fold(0, |ends, end| ends | 1 << end);
                }
            }
        }
        ranks
    }

    /// The relation that holds where `holds` says so.
    fn relation(&self, holds: impl Fn(usize, usize) -> bool) -> Vec<Set> {
        let all = 0..self.events.len();
        let of = |one| {
            let others = all.clone().filter(|&other| holds(one, other));
            others.fold(0, |others, other| others | 1 << other)
        };
        all.clone().map(of).collect()
    }
}

/// Whether `relation` holds from `one` to `other`.
fn leads(relation: &[Set], one: usize, other: usize) -> bool {
    relation[one] >> other & 1 == 1
}

/// All orders of `items`.
fn orders(items: &[usize]) -> Vec<Vec<usize>> {
    if items.is_empty() {
        return vec![vec![]];
    }
    let mut all = Vec::new();
    for (at, &first) in items.iter().enumerate() {
        let mut rest = items.to_vec();
        rest.remove(at);
        for mut order in orders(&rest) {
            order.insert(0, first);
            all.push(order);
        }
    }
    all
}

/// What `program` can come to; see [`Candidate::is_allowed`].
pub(crate) fn outcomes(program: &Program, acyclic: bool) -> BTreeSet<String> {
    let accesses = program.iter().flatten();
    let atomics: BTreeSet<String> = accesses
        .filter_map(|it| it.atomic().map(str::to_owned))
        .collect();
    let mut events: Vec<Event> = atomics
        .iter()
        .map(|atomic| Event {
            does: Does::Store(atomic.clone(), 0, Ordering::Relaxed),
            thread: None,
        })
        .collect();
    for (thread, its) in program.iter().enumerate() {
        events.extend(its.iter().map(|does| Event {
            does: does.clone(),
            thread: Some(thread),
        }));
    }
    let stores = |atomic: &str| -> Vec<usize> {
        let all = events.iter().enumerate();
        all.filter(|(_, it)| it.does.atomic() == Some(atomic) && !matches!(it.does, Does::Load(..)))
            .map(|(at, _)| at)
            .collect()
    };
    // Every order of every atomic's stores, what it was worth at first being the first.
    let mut all_orders = vec![BTreeMap::new()];
    for atomic in &atomics {
        let stores = stores(atomic);
        let mut next = Vec::new();
        for known in &all_orders {
            for order in orders(&stores[1..]) {
                let mut known: BTreeMap<String, Vec<usize>> = known.clone();
                known.insert(atomic.clone(), [&stores[..1], &order].concat());
                next.push(known);
            }
        }
        all_orders = next;
    }
    // Everything that each load could read.
    let mut all_reads = vec![BTreeMap::new()];
    for (at, event) in events.iter().enumerate() {
        if matches!(event.does, Does::Store(..) | Does::Fence(_)) {
            continue;
        }
        let sources = stores(event.does.atomic().unwrap());
        let mut next = Vec::new();
        for known in &all_reads {
            for &source in sources.iter().filter(|&&source| source != at) {
                let mut known: BTreeMap<usize, usize> = known.clone();
                known.insert(at, source);
                next.push(known);
            }
        }
        all_reads = next;
    }
    let mut found = BTreeSet::new();
    for orders in &all_orders {
        for from in &all_reads {
            let mut candidate = Candidate {
                events: &events,
                from: from.clone(),
                orders,
                failed: 0,
            };
            let Some(ends) = ends(&mut candidate) else {
                continue;
            };
            if !found.contains(&ends) && candidate.is_allowed(acyclic) {
                found.insert(ends);
            }
        }
    }
    found
}

/// What everything is worth in the end, if values agree; which exchanges fail is noted.
fn ends(candidate: &mut Candidate<'_>) -> Option<String> {
    let mut ends = BTreeMap::new();
    for at in 0..candidate.events.len() {
        let (read, _) = candidate.values(at, 0)?;
        match &candidate.events[at].does {
            Does::Load(register, ..) => {
                ends.insert(register.clone(), read);
            }
            Does::Exchange(register, _, (from, _), _) => {
                ends.insert(register.clone(), read);
                if read != *from {
                    candidate.failed |= 1 << at;
                }
            }
            _ => {}
        }
    }
    // Nobody reads what was not written.
    let reads_nothing = |from: &usize| candidate.failed >> from & 1 == 1;
    if candidate.from.values().any(reads_nothing) {
        return None;
    }
    for (atomic, order) in candidate.orders {
        let last = order.iter().rev().find(|&&it| candidate.writes(it))?;
        ends.insert(atomic.clone(), candidate.values(*last, 0)?.1);
    }
    Some(text(&ends))
}
