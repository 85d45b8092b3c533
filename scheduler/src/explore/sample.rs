//! Searches by chance: random walks, and random priorities.
//!
//! For programs with too many schedules. A walk gives each step to any thread that
//! could take it. Priorities find what needs a certain order of few events far
//! better: S. Burckhardt, P. Kothari, M. Musuvathi and S. Nagarakatte, "A Randomized
//! Scheduler with Probabilistic Guarantees of Finding Bugs", ASPLOS 2010 (*PCT*). As
//! rules:
//!
//! 1. every thread has a random priority; the highest that could run does;
//! 2. at `depth - 1` random steps whoever would run falls below all others;
//! 3. a failure that takes `depth` ordering constraints, among `n` threads and `k`
//!    steps, is found by one run with a chance of at least `1 / (n * k^(depth - 1))`.
//!
//! Besides, whoever offers its CPU falls below all others, so that a loop that waits
//! for another thread comes to its end.
//!
//! Invariants: (1) the same seed gives the same runs; (2) the number of steps of rule
//! 2 is that of the longest run until then.
//!
//! Book: chapter 18. Mirror: `policy::random`.

use super::execution::{Ending, Execution};
use super::guide::{Choice, Decision, Guide, bits};
use super::operation::Access;
use crate::policy::SplitMix64;

/// A number below `end`, which is not 0.
pub(super) fn below(random: &mut SplitMix64, end: u64) -> u64 {
    random.next().expect("the row has no end") % end
}

/// The share of so many runs that is done, if so many are left.
#[expect(clippy::cast_precision_loss, reason = "nobody sees the difference")]
fn done((all, left): (u64, u64)) -> f64 {
    1.0 - left as f64 / all.max(1) as f64
}

/// `thread` takes the step, and memory does anything that it could.
fn any_option(random: &mut SplitMix64, choice: &Choice<'_>, thread: u32) -> Decision {
    match (choice.options)(thread) {
        0 | 1 => choice.newest(thread),
        options => {
            let option = below(random, options.into());
            Decision::Run(thread, u32::try_from(option).ok())
        }
    }
}

/// Random walks.
#[derive(Debug)]
pub(super) struct Walk {
    /// Where chance comes from.
    random: SplitMix64,
    /// How many runs there are, and how many are left.
    runs: (u64, u64),
}

impl Walk {
    /// So many walks, from `seed`.
    pub(super) fn new(seed: u64, runs: u64) -> Walk {
        Walk {
            random: SplitMix64::new(seed),
            runs: (runs, runs),
        }
    }
}

impl Guide for Walk {
    fn choose(&mut self, choice: &Choice<'_>) -> Decision {
        let count = u64::from(choice.enabled.count_ones());
        let nth = usize::try_from(below(&mut self.random, count)).expect("below 64");
        let thread = bits(choice.enabled).nth(nth).expect("there are so many");
        any_option(&mut self.random, choice, thread)
    }

    fn learn(&mut self, execution: &Execution) -> bool {
        self.runs.1 = self.runs.1.saturating_sub(1);
        self.runs.1 > 0 && !matches!(execution.ending, Ending::Differs(_))
    }

    fn behind(&self) -> Option<f64> {
        Some(done(self.runs))
    }
}

/// Random priorities: see the module.
#[derive(Debug)]
pub(super) struct Priorities {
    /// Where chance comes from.
    random: SplitMix64,
    /// How many ordering constraints a failure may take.
    depth: u32,
    /// How many runs there are, and how many are left.
    runs: (u64, u64),
    /// The priority of each thread, by number; the higher runs.
    ranks: Vec<i64>,
    /// Below all that were given in this run.
    lowest: i64,
    /// The steps of rule 2.
    falls: Vec<u64>,
    /// How many steps the longest run had (2).
    longest: u64,
}

impl Priorities {
    /// So many runs, from `seed`, for failures of so many ordering constraints.
    pub(super) fn new(seed: u64, depth: u32, runs: u64) -> Priorities {
        Priorities {
            random: SplitMix64::new(seed),
            depth,
            runs: (runs, runs),
            ranks: Vec::new(),
            lowest: 0,
            falls: Vec::new(),
            longest: 1,
        }
    }

    /// `thread` falls below all others.
    fn fall(&mut self, thread: u32) {
        self.lowest -= 1;
        self.ranks[thread as usize] = self.lowest;
    }

    /// The highest of those who could run (rule 1).
    fn highest(&self, choice: &Choice<'_>) -> u32 {
        let priority = |thread: &u32| self.ranks[*thread as usize];
        let highest = bits(choice.enabled).max_by_key(priority);
        highest.expect("somebody is enabled")
    }
}

impl Guide for Priorities {
    fn choose(&mut self, choice: &Choice<'_>) -> Decision {
        let step = choice.events.len() as u64;
        if step == 0 {
            self.ranks.clear();
            self.lowest = 0;
            self.falls = (1..self.depth)
                .map(|_| below(&mut self.random, self.longest))
                .collect();
        }
        while self.ranks.len() < choice.pending.len() {
            let priority = i64::try_from(below(&mut self.random, 1 << 40)).expect("it has 40 bits");
            self.ranks.push(priority + 1);
        }
        if self.falls.contains(&step) {
            self.fall(self.highest(choice)); // rule 2
        }
        let thread = self.highest(choice);
        if choice.pending[thread as usize].access == Access::Yield {
            self.fall(thread);
        }
        any_option(&mut self.random, choice, thread)
    }

    fn learn(&mut self, execution: &Execution) -> bool {
        self.longest = self.longest.max(execution.events.len() as u64);
        self.runs.1 = self.runs.1.saturating_sub(1);
        self.runs.1 > 0 && !matches!(execution.ending, Ending::Differs(_))
    }

    fn behind(&self) -> Option<f64> {
        Some(done(self.runs))
    }
}
