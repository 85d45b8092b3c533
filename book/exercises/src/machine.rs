//! A machine with threads, small enough to be copied: what an explorer explores.
//!
//! Each thread is a list of operations on a few variables and locks, and has one
//! register. A step is one operation of one thread. Nothing else happens: no clock, no
//! OS threads. So to go back is to have kept a copy.
//!
//! Invariants: (1) the same steps lead to the same state; (2) a thread that waits for a
//! lock cannot take a step until the lock is free.
//!
//! Book: chapter 19. What it is small for: `scheduler::explore`.

use crate::search::Dice;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// What a thread does in one step; the number says to which variable or lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// Reads a variable into the thread's register.
    Load(usize),
    /// Writes the register plus 1 to a variable.
    Store(usize),
    /// Takes a lock, once it is free.
    Lock(usize),
    /// Gives it up.
    Unlock(usize),
}

impl Op {
    /// Whether the order of the two makes a difference, done by two threads: they are
    /// on one lock, or on one variable, and not both only read.
    pub fn depends_on(self, other: Op) -> bool {
        match (self, other) {
            (Op::Load(_), Op::Load(_)) => false,
            (Op::Load(one) | Op::Store(one), Op::Load(other) | Op::Store(other))
            | (Op::Lock(one) | Op::Unlock(one), Op::Lock(other) | Op::Unlock(other)) => {
                one == other
            }
            _ => false,
        }
    }
}

/// How an execution ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// All threads are over: what each variable is then.
    Values(Vec<u32>),
    /// Some are not, and cannot take a step.
    Deadlock,
}

/// Outcomes, each with how many executions came to it.
pub type Outcomes = BTreeMap<Outcome, u64>;

/// See the module. A copy goes its own way.
#[derive(Clone, Debug)]
pub struct Machine {
    /// What each thread does, in order; the same for all copies.
    threads: Arc<[Vec<Op>]>,
    /// How many steps each has taken.
    taken: Vec<usize>,
    /// The register of each.
    registers: Vec<u32>,
    /// The variables, from 0.
    values: Vec<u32>,
    /// Who holds each lock.
    holders: Vec<Option<usize>>,
}

impl Machine {
    /// A machine whose threads do this. All registers and variables are 0.
    pub fn new(threads: &[Vec<Op>]) -> Machine {
        let (mut values, mut locks) = (0, 0);
        for op in threads.iter().flatten() {
            match op {
                Op::Load(it) | Op::Store(it) => values = values.max(it + 1),
                Op::Lock(it) | Op::Unlock(it) => locks = locks.max(it + 1),
            }
        }
        Machine {
            threads: threads.into(),
            taken: vec![0; threads.len()],
            registers: vec![0; threads.len()],
            values: vec![0; values],
            holders: vec![None; locks],
        }
    }

    /// How many threads it has; they are numbered from 0.
    pub fn threads(&self) -> usize {
        self.threads.len()
    }

    /// What a thread does next; None if it is over.
    ///
    /// # Panics
    ///
    /// If there is no such thread.
    pub fn next(&self, thread: usize) -> Option<Op> {
        self.threads[thread].get(self.taken[thread]).copied()
    }

    /// Whether a thread can take its next step: it is not over, and does not wait.
    ///
    /// # Panics
    ///
    /// If there is no such thread.
    pub fn can(&self, thread: usize) -> bool {
        match self.next(thread) {
            None => false,
            Some(Op::Lock(lock)) => self.holders[lock].is_none(), // (2)
            Some(_) => true,
        }
    }

    /// A thread takes its next step.
    ///
    /// # Panics
    ///
    /// If it cannot.
    pub fn step(&mut self, thread: usize) {
        let op = self.next(thread).filter(|_| self.can(thread));
        match op {
            None => panic!("thread {thread} cannot take a step, and was told to"),
            Some(Op::Load(from)) => self.registers[thread] = self.values[from],
            Some(Op::Store(to)) => self.values[to] = self.registers[thread] + 1,
            Some(Op::Lock(lock)) => self.holders[lock] = Some(thread),
            Some(Op::Unlock(lock)) => self.holders[lock] = None,
        }
        self.taken[thread] += 1;
    }

    /// How it has ended; None while some thread can take a step.
    pub fn outcome(&self) -> Option<Outcome> {
        let mut threads = 0..self.threads();
        if threads.clone().any(|thread| self.can(thread)) {
            None
        } else if threads.all(|thread| self.next(thread).is_none()) {
            Some(Outcome::Values(self.values.clone()))
        } else {
            Some(Outcome::Deadlock)
        }
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Op::Load(it) => write!(f, "load {it}"),
            Op::Store(it) => write!(f, "store {it}"),
            Op::Lock(it) => write!(f, "lock {it}"),
            Op::Unlock(it) => write!(f, "unlock {it}"),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Deadlock => f.write_str("deadlock"),
            Outcome::Values(values) => {
                let values: Vec<String> = values.iter().map(u32::to_string).collect();
                write!(f, "values {}", values.join(", "))
            }
        }
    }
}

/// The program of a machine, a line for each thread.
pub fn program(threads: &[Vec<Op>]) -> String {
    let lines = threads.iter().enumerate().map(|(number, ops)| {
        let ops: Vec<String> = ops.iter().map(Op::to_string).collect();
        format!("thread {number}: {}", ops.join(", "))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Outcomes, a line for each.
pub fn told(outcomes: &Outcomes) -> String {
    let total: u64 = outcomes.values().sum();
    let lines = outcomes.iter().map(|(outcome, times)| {
        let noun = if *times == 1 { "time" } else { "times" };
        format!("{outcome}: {times} {noun}")
    });
    let all = [format!("{total} in all")].into_iter().chain(lines);
    all.collect::<Vec<_>>().join("\n")
}

/// The random program of this seed: two threads of at most `longest` steps, or three of
/// at most three, whose locks are in pairs.
pub fn random(seed: u64, longest: usize) -> Vec<Vec<Op>> {
    use Op::{Load, Lock, Store, Unlock};
    let mut dice = Dice(seed);
    let threads = 2 + dice.up_to(1);
    let most = if threads == 2 { longest } else { 3 };
    let thread = |_| {
        let mut ops = Vec::new();
        while ops.len() < most {
            let it = usize::try_from(dice.up_to(1)).unwrap_or(0);
            let more = match dice.up_to(3) {
                0 => vec![Lock(it), Store(it), Unlock(it)],
                1 => vec![Lock(it), Lock(1 - it), Unlock(1 - it), Unlock(it)],
                2 => vec![Load(it)],
                _ => vec![Store(it)],
            };
            if ops.len() + more.len() > most {
                break;
            }
            ops.extend(more);
        }
        ops
    };
    (0..threads).map(thread).collect()
}

/// Programs that are smaller than this one by one operation, or by a thread. Locks stay
/// in pairs.
pub fn smaller(threads: &[Vec<Op>]) -> Vec<Vec<Vec<Op>>> {
    let mut found = Vec::new();
    for thread in 0..threads.len() {
        let mut without = threads.to_vec();
        without.remove(thread);
        found.push(without);
        for at in 0..threads[thread].len() {
            let op = threads[thread][at];
            if matches!(op, Op::Unlock(_)) {
                continue;
            }
            let mut without = threads.to_vec();
            without[thread].remove(at);
            if let Op::Lock(lock) = op {
                let its = |op: &Op| *op == Op::Unlock(lock);
                let Some(end) = without[thread][at..].iter().position(its) else {
                    continue;
                };
                without[thread].remove(at + end);
            }
            found.push(without);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_lets_one_in_and_who_waits_in_a_circle_is_a_deadlock() {
        let (one, other) = (
            vec![Op::Lock(0), Op::Lock(1)],
            vec![Op::Lock(1), Op::Lock(0)],
        );
        let mut machine = Machine::new(&[one, other]);
        machine.step(0);
        let mut copy = machine.clone();
        copy.step(0);
        assert!(!copy.can(1));
        machine.step(1);
        assert_eq!(machine.outcome(), Some(Outcome::Deadlock));
        assert_eq!(copy.outcome(), Some(Outcome::Deadlock)); // nobody unlocks
    }

    #[test]
    fn a_lost_update_loses_one() {
        let add = vec![Op::Load(0), Op::Store(0)];
        let mut machine = Machine::new(&[add.clone(), add]);
        for thread in [0, 1, 1, 0] {
            assert_eq!(machine.outcome(), None);
            machine.step(thread);
        }
        assert_eq!(machine.outcome(), Some(Outcome::Values(vec![1])));
    }

    #[test]
    fn smaller_programs_keep_their_locks_in_pairs() {
        let threads = [vec![Op::Lock(0), Op::Load(0), Op::Unlock(0)]];
        let expected = [
            vec![],
            vec![vec![Op::Load(0)]],
            vec![vec![Op::Lock(0), Op::Unlock(0)]],
        ];
        assert_eq!(smaller(&threads), expected);
    }
}
