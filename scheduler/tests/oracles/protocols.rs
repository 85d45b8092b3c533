//! How often an important job is kept waiting by unimportant ones: two protocols.
//!
//! Scheduled threads in checkpoint mode under [`StaticPriority`] run programs of
//! critical sections at random moments; the important one counts in how many
//! sections of lower threads it found itself stopped.
//!
//! Source: Sha, Rajkumar and Lehoczky 1990.
//!
//! 1. Priority inheritance is [`Mutex::inheriting`]: at most min(n, m) sections,
//!    of n lower threads and m mutexes. Sections may chain, and may deadlock.
//! 2. Priority ceiling is not shipped; here it is made of the same mutexes. A
//!    mutex's ceiling is the highest priority of its users. A thread may enter a
//!    section only if its priority is above the ceilings of all mutexes that
//!    others hold; otherwise it waits for the one with the highest ceiling, which
//!    lends its priority to the holder. At most one section, and no deadlock.

use crate::theorems::Random;
use scheduler::policy::StaticPriority;
use scheduler::sync::{Mutex, MutexGuard};
use scheduler::{Builder, Preemption, RunError, Scheduler, checkpoint, current, sleep};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex as Cell, MutexGuard as Guard};
use std::time::Duration;

/// Which protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    /// Rule 1.
    Inheritance,
    /// Rule 2.
    Ceiling,
}

/// A thread's priority, and the number of its outermost section.
type Section = (i32, u32);

/// Mutexes under a protocol. What is behind a cell is locked between two
/// checkpoints only.
#[derive(Debug)]
struct Mutexes {
    /// How they are taken.
    protocol: Protocol,
    /// Each with its ceiling.
    all: Vec<(Mutex<()>, i32)>,
    /// Who holds each, and in which section.
    holders: Cell<Vec<Option<Section>>>,
    /// The priority of the important thread.
    important: i32,
    /// Whether it has come and is not done.
    is_there: AtomicBool,
    /// In which sections lower threads computed meanwhile.
    kept_by: Cell<BTreeSet<Section>>,
}

impl Mutexes {
    /// Who holds what.
    fn holders(&self) -> Guard<'_, Vec<Option<Section>>> {
        self.holders.lock().expect("nobody panics")
    }

    /// The mutex with the highest ceiling of those that another one holds than
    /// the thread of this priority.
    fn in_the_way_of(&self, priority: i32) -> Option<&(Mutex<()>, i32)> {
        let holders = self.holders();
        let held = self
            .all
            .iter()
            .zip(&*holders)
            .filter_map(|(mutex, holder)| {
                let by_another = holder.is_some_and(|holder| holder.0 != priority);
                by_another.then_some(mutex)
            });
        held.max_by_key(|mutex| mutex.1)
    }

    /// Takes mutex `index` in this section.
    fn lock(&self, index: usize, section: Section) -> MutexGuard<'_, ()> {
        if self.protocol == Protocol::Ceiling {
            while let Some((mutex, ceiling)) = self.in_the_way_of(section.0)
                && *ceiling >= current().priority()
            {
                drop(mutex.lock()); // lends, and gives it back at once
            }
        }
        let guard = self.all[index].0.lock();
        self.holders()[index] = Some(section);
        guard
    }

    /// Computes for a tick, in this section.
    fn compute(&self, section: Section) {
        checkpoint();
        if section.0 < self.important && self.is_there.load(Ordering::Relaxed) {
            self.kept_by.lock().expect("nobody panics").insert(section);
        }
    }

    /// Runs one outermost section: takes the mutexes in their order, each inside
    /// the one before, and computes a little after each.
    fn run(&self, indices: &[usize], section: Section) {
        let mut guards = Vec::new();
        for &index in indices {
            guards.push((index, self.lock(index, section)));
            (0..4).for_each(|_| self.compute(section));
        }
        while let Some((index, guard)) = guards.pop() {
            self.holders()[index] = None;
            drop(guard);
        }
    }

    /// What a thread of this priority does.
    fn live(&self, priority: i32, sections: &[Vec<usize>]) {
        let is_important = priority == self.important;
        self.is_there.fetch_or(is_important, Ordering::Relaxed);
        for (number, indices) in (0..).zip(sections) {
            self.run(indices, (priority, number));
            // Outside every tick counts as a section of its own: none may be.
            (0..3).for_each(|tick| self.compute((priority, 1_000 + 3 * number + tick)));
        }
        self.is_there.fetch_and(!is_important, Ordering::Relaxed);
    }
}

/// A program: when the thread comes, and its outermost sections.
type Program = (u32, Vec<Vec<usize>>);

/// Runs `programs`, the least important thread's first, on so many mutexes: by
/// how many lower sections the most important one was kept waiting.
fn run(protocol: Protocol, mutexes: usize, programs: &[Program]) -> Result<usize, RunError> {
    let by_priority = || (1..).zip(programs);
    let ceiling = |index: usize| {
        let takes_it = |program: &Program| program.1.iter().flatten().any(|one| *one == index);
        let users = by_priority().filter(|(_, program)| takes_it(program));
        users.map(|(priority, _)| priority).max().unwrap_or(0)
    };
    let all = (0..mutexes).map(|index| (Mutex::inheriting(()), ceiling(index)));
    let shared = Arc::new(Mutexes {
        protocol,
        all: all.collect(),
        holders: Cell::new(vec![None; mutexes]),
        important: i32::try_from(programs.len()).expect("few threads"),
        is_there: AtomicBool::new(false),
        kept_by: Cell::default(),
    });
    Scheduler::new(Preemption::Checkpoint, StaticPriority::new()).run(|| {
        current().set_priority(i32::MAX); // until all are there
        let start = |(priority, (comes, sections)): (i32, &Program)| {
            let (shared, comes, sections) = (Arc::clone(&shared), *comes, sections.clone());
            Builder::new().priority(priority).spawn(move || {
                sleep(Duration::from_millis(comes.into()));
                shared.live(priority, &sections);
            })
        };
        let threads: Vec<_> = by_priority().map(start).collect();
        for thread in threads {
            thread.join().expect("no thread panics");
        }
    })?;
    let kept_by = shared.kept_by.lock().expect("nobody panics");
    Ok(kept_by.len())
}

/// The programs of `lower` threads with up to four sections each, and of an
/// important thread that uses every mutex, one after the other, and comes last.
fn programs(random: &mut Random, lower: u32, mutexes: u32, nested: bool) -> Vec<Program> {
    let section = |random: &mut Random| {
        let mut section = Vec::new();
        for _ in 0..if nested { random.within(1, 2) } else { 1 } {
            let index = random.within(0, mutexes - 1) as usize;
            if !section.contains(&index) {
                section.push(index);
            }
        }
        section
    };
    let mut programs = Vec::new();
    for place in 0..lower {
        let sections = (0..random.within(1, 4)).map(|_| section(random)).collect();
        // The less important come first, or nobody would be interrupted.
        programs.push((place * 3 + random.within(0, 2), sections));
    }
    let each = (0..mutexes).map(|index| vec![index as usize]);
    programs.push((lower * 3 + random.within(0, 3), each.collect()));
    programs
}

/// What does not agree; None if the sentences are not known here.
pub(crate) fn disagreements(expect: &Value) -> Option<Vec<String>> {
    let says = |key: &str| expect[key].as_str().unwrap_or_default();
    let inheritance = "a job is blocked at most min(n lower-priority jobs, m semaphores) critical \
                       sections; deadlock and chained blocking possible";
    let ceiling = "blocked at most ONE critical section of a lower-priority job; no deadlock";
    if says("PIP") != inheritance || says("PCP") != ceiling {
        return None;
    }
    let mut random = Random::new(1990);
    let (mut lines, mut reached, mut kept_once, mut deadlocks) = (Vec::new(), 0, 0, 0);
    for _ in 0..150 {
        let (lower, mutexes) = (random.within(1, 4), random.within(1, 6));
        let least = lower.min(mutexes) as usize;
        let flat = programs(&mut random, lower, mutexes, false);
        match run(Protocol::Inheritance, mutexes as usize, &flat) {
            Ok(count) if count > least => {
                lines.push(format!("PIP: kept by {count} sections: {flat:?}"));
            }
            Ok(count) => reached += u32::from(count == least && least > 1),
            Err(error) => lines.push(format!("PIP: {error}: {flat:?}")),
        }
        let nested = programs(&mut random, lower, mutexes, true);
        let deadlock = run(Protocol::Inheritance, mutexes as usize, &nested);
        deadlocks += u32::from(matches!(deadlock, Err(RunError::Deadlock(_))));
        match run(Protocol::Ceiling, mutexes as usize, &nested) {
            Ok(count) if count > 1 => {
                lines.push(format!("PCP: kept by {count} sections: {nested:?}"));
            }
            Ok(count) => kept_once += u32::from(count == 1),
            Err(error) => lines.push(format!("PCP: {error}: {nested:?}")),
        }
    }
    for (what, count) in [
        ("PIP: the bound, two or more, was reached", reached),
        ("PIP: a deadlock", deadlocks),
        ("PCP: kept by one section", kept_once),
    ] {
        if count == 0 {
            lines.push(format!(
                "{what}: never in 150 systems, so nothing was tried"
            ));
        }
    }
    Some(lines)
}
