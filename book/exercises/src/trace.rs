//! A trace: what threads did to what they share, in the order in which they did it.
//!
//! Small enough to be read on a page: who starts and joins whom, loads and stores of
//! plain variables, and what is acquired and released. A mutex is acquired when it is
//! locked and released when it is unlocked; a send is a release, too, and a receive an
//! acquire.
//!
//! Invariants of a trace that makes sense: (1) a thread does nothing before it was
//! spawned, but for thread 0, nor after it was joined; (2) it is spawned once, and joined
//! once at most. Whether who acquires a mutex could have it is not asked.
//!
//! Book: chapter 20. What records such a thing: `scheduler::trace`.

use crate::search::Dice;
use std::fmt::{self, Write as _};

/// What a thread does in one step; the number says to which thread, variable or object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Does {
    /// Starts a thread.
    Spawn(usize),
    /// Waits for the end of a thread; that has come.
    Join(usize),
    /// Reads a variable.
    Load(usize),
    /// Writes a variable.
    Store(usize),
    /// Takes what others may have left with an object.
    Acquire(usize),
    /// Leaves something with an object.
    Release(usize),
}

/// One step of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Step {
    /// Whose it is.
    pub thread: usize,
    /// What it does.
    pub does: Does,
}

/// Steps from pairs of who and what.
pub fn trace(steps: &[(usize, Does)]) -> Vec<Step> {
    let step = |&(thread, does)| Step { thread, does };
    steps.iter().map(step).collect()
}

impl fmt::Display for Does {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Does::Spawn(it) => write!(f, "spawn {it}"),
            Does::Join(it) => write!(f, "join {it}"),
            Does::Load(it) => write!(f, "load x{it}"),
            Does::Store(it) => write!(f, "store x{it}"),
            Does::Acquire(it) => write!(f, "acquire m{it}"),
            Does::Release(it) => write!(f, "release m{it}"),
        }
    }
}

/// A trace as a table: a line for each step, a column for each thread.
pub fn drawn(trace: &[Step]) -> String {
    const WIDTH: usize = 12;
    let threads = trace.iter().map(|step| step.thread + 1).max().unwrap_or(1);
    let mut text = "step  ".to_owned();
    for thread in 0..threads {
        // A String takes all that is written to it.
        let _ = write!(text, "{:WIDTH$}", format!("thread {thread}"));
    }
    for (number, step) in trace.iter().enumerate() {
        text.truncate(text.trim_end().len());
        let column = step.thread * WIDTH;
        let _ = write!(text, "\n{number:4}  {:column$}{}", "", step.does);
    }
    text
}

/// The random trace of this seed, of at most `longest` steps, which makes sense.
pub fn random(seed: u64, longest: u64) -> Vec<Step> {
    let mut dice = Dice(seed);
    let mut pick = |count: usize| {
        let last = u64::try_from(count.saturating_sub(1)).unwrap_or(0);
        usize::try_from(dice.up_to(last)).unwrap_or(0)
    };
    let mut alive = vec![0];
    let mut threads = 1;
    let mut trace = Vec::new();
    for _ in 0..longest {
        let thread = alive[pick(alive.len())];
        let does = match pick(9) {
            0 | 1 if threads < 4 => {
                alive.push(threads);
                threads += 1;
                Does::Spawn(threads - 1)
            }
            2 => {
                let others = alive.iter().filter(|&&it| it != thread && it != 0);
                let others: Vec<usize> = others.copied().collect();
                if others.is_empty() {
                    continue;
                }
                let over = others[pick(others.len())];
                alive.retain(|it| *it != over);
                Does::Join(over)
            }
            3 | 4 => Does::Load(pick(2)),
            5 => Does::Acquire(pick(2)),
            6 => Does::Release(pick(2)),
            _ => Does::Store(pick(2)),
        };
        trace.push(Step { thread, does });
    }
    trace
}

/// Traces that are smaller than this one: by a step, or by a thread that spawns nobody.
pub fn smaller(trace: &[Step]) -> Vec<Vec<Step>> {
    let mut found = Vec::new();
    for (at, step) in trace.iter().enumerate() {
        let without: Vec<Step> = match step.does {
            Does::Spawn(child) => {
                let spawns = |it: &Step| it.thread == child && matches!(it.does, Does::Spawn(_));
                if trace.iter().any(spawns) {
                    continue;
                }
                let its = |it: &&Step| {
                    let about = [Does::Spawn(child), Does::Join(child)].contains(&it.does);
                    it.thread != child && !about
                };
                trace.iter().filter(its).copied().collect()
            }
            _ => [&trace[..at], &trace[at + 1..]].concat(),
        };
        found.push(without);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Whether a trace makes sense (1, 2).
    fn makes_sense(trace: &[Step]) -> bool {
        let (mut alive, mut known) = (BTreeSet::from([0]), BTreeSet::from([0]));
        trace.iter().all(|step| {
            let is_alive = alive.contains(&step.thread);
            is_alive
                && match step.does {
                    Does::Spawn(child) => known.insert(child) && alive.insert(child),
                    Does::Join(child) => child != step.thread && alive.remove(&child),
                    _ => true,
                }
        })
    }

    #[test]
    fn random_traces_make_sense_and_so_do_smaller_ones() {
        for seed in 0..200 {
            let trace = random(seed, 20);
            assert!(makes_sense(&trace), "{}", drawn(&trace));
            for smaller in smaller(&trace) {
                assert!(smaller.len() < trace.len());
                assert!(makes_sense(&smaller), "{}", drawn(&smaller));
            }
        }
        let does = |wanted: fn(&Does) -> bool| {
            let mut all = (0..200).flat_map(|seed| random(seed, 20));
            all.any(|step| wanted(&step.does))
        };
        assert!(does(|it| matches!(it, Does::Join(_))));
        assert!(does(|it| matches!(it, Does::Spawn(3))));
    }

    #[test]
    fn a_trace_is_drawn_with_a_column_for_each_thread() {
        let steps = [(0, Does::Spawn(1)), (1, Does::Store(0)), (0, Does::Load(0))];
        let expected = "\
step  thread 0    thread 1
   0  spawn 1
   1              store x0
   2  load x0";
        assert_eq!(drawn(&trace(&steps)), expected);
    }
}
